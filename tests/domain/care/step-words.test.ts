import { describe, expect, it } from 'vitest';
import { STEPS, type GateStep, type OpenGateStep } from '#lib/server/domain/care/gate.ts';
import { wordsForPatient, wordsForPractitioner } from '#lib/server/domain/care/step-words.ts';

const people = { prescriber: 'Dr Osei', injector: 'Maya Lind' };
const injector = { isPrescriber: false };

type Reason = readonly [OpenGateStep['code'], OpenGateStep['reason'], OpenGateStep['whose']];

const REASONS: readonly Reason[] = [
  ['consultation', 'consultation_missing', 'prescriber'],
  ['consultation', 'consultation_too_old', 'prescriber'],
  ['consultation', 'consultation_used', 'prescriber'],
  ['consultation', 'prescriber_review_needed', 'prescriber'],
  ['age', 'under_age', 'clock'],
  ['prescription', 'prescription_missing', 'prescriber'],
  ['prescription', 'prescription_used', 'prescriber'],
  ['prescription', 'prescription_expired', 'prescriber'],
  ['time_to_think', 'cooling_off', 'clock'],
  ['time_to_think', 'consultation_missing', 'prescriber'],
  ['consent', 'consent_missing', 'patient'],
  ['consent', 'consent_asked_again', 'patient'],
  ['interval', 'too_soon_after_treatment', 'clock'],
  ['interval', 'top_up_not_open', 'clock'],
  ['answers', 'prescriber_review_needed', 'prescriber'],
  ['answers', 'answers_rule_out', 'prescriber'],
  ['answers', 'health_not_confirmed', 'patient'],
  ['capability', 'practitioner_unavailable', 'injector'],
  ['capability', 'injector_not_permitted', 'injector'],
  ['supervision', 'supervision_missing', 'injector'],
  ['cover', 'cover_missing', 'injector'],
  ['vial', 'vial_missing', 'injector'],
  ['vial', 'vial_quarantined', 'injector'],
  ['prescriber_place', 'prescriber_not_here', 'prescriber'],
  ['prescriber_place', 'prescriber_too_far', 'prescriber'],
  ['consent_today', 'consent_not_confirmed_today', 'injector'],
];

const notYet = ([code, reason, whose]: Reason): OpenGateStep => ({
  code,
  state: 'not_yet',
  reason,
  opensAt: null,
  whose,
});
const step = (code: OpenGateStep['code']) => notYet(REASONS.find(([wanted]) => wanted === code)!);

describe('a step that is not open', () => {
  it.each(REASONS)('says why and what opens it, to everybody: %s, %s', (...reason) => {
    for (const words of [
      wordsForPatient(notYet(reason), people),
      wordsForPractitioner(notYet(reason), people, injector),
      wordsForPractitioner(notYet(reason), people, { isPrescriber: true }),
    ])
      expect(Object.values(words).every((text) => text !== '')).toBe(true);
  });

  it.each(REASONS)('is told to patients in words for patients: %s, %s', (...reason) => {
    const said = Object.values(wordsForPatient(notYet(reason), people)).join(' ');
    expect(said).not.toMatch(/gate|locked|refused|suspended|injector|inject|toxin/i);
  });

  it('names whose move it is', () => {
    expect(wordsForPatient(step('consent'), people).whose).toBe('Yours');
    expect(wordsForPractitioner(step('consent'), people, injector).whose).toBe('The patient’s');
    expect(wordsForPatient(step('prescription'), people).whose).toBe('Dr Osei’s');
    expect(wordsForPatient(step('cover'), people).whose).toBe('Maya Lind’s');
    expect(wordsForPatient(step('time_to_think'), people).whose).toBe('Nobody’s: it opens by itself');
  });
});

describe('who injects and did not prescribe', () => {
  it.each(['consultation', 'age', 'interval', 'answers'] as const)('learns no reason of %s', (code) => {
    const { why, opens, whose } = wordsForPractitioner(step(code), people, injector);
    expect({ why, opens, whose }).toEqual({
      why: 'Prescriber review needed.',
      opens: 'The prescriber’s written decision.',
      whose: 'Dr Osei’s',
    });
    expect(wordsForPatient(step(code), people).why).not.toBe(why);
  });

  it('learns of a withdrawal that the patient has cancelled, and the prescriber what happened', () => {
    const withdrawn = (isPrescriber: boolean) =>
      wordsForPractitioner(step('consent'), people, { isPrescriber, withdrawn: true }).why;
    expect(withdrawn(false)).toBe('The patient has cancelled.');
    expect(withdrawn(true)).toBe('The patient has taken the consent back.');
  });
});

it('says of what is done only what it was, and by which rule', () => {
  for (const code of STEPS) {
    const done: GateStep = { code, state: 'done' };
    for (const words of [wordsForPatient(done, people), wordsForPractitioner(done, people, injector)])
      expect(words).toEqual({ title: words.title, why: '', opens: '', whose: '', rule: words.rule });
  }
});
