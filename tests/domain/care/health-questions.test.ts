import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CONTRAINDICATIONS } from '#lib/server/domain/care/contraindications.ts';
import {
  describeHealthAnswers,
  QUESTIONNAIRES,
  questionnaireOn,
  questionsOf,
  raisedBy,
} from '#lib/server/domain/care/health-questions.ts';
import { healthDraftForm, healthForm } from '#lib/server/domain/care/patient-input.ts';

const NEWEST = QUESTIONNAIRES.at(-1)!;

/** Everything answered with no, and empty words. */
const healthy = Object.fromEntries(
  questionsOf(NEWEST)
    .filter(({ answer, ifYesTo }) => answer === 'choice' && ifYesTo === undefined)
    .map(({ code }) => [code, 'no']),
);
const problemsOf = (form: Record<string, string>) =>
  Object.fromEntries(
    healthForm(NEWEST)
      .safeParse({ ...healthy, ...form })
      .error?.issues.map(({ path, message }) => [path.join('.'), message]) ?? [],
  );
const read = (form: Record<string, string>) => healthForm(NEWEST).parse({ ...healthy, ...form });

describe('the versions', () => {
  it('never change once they were asked: another word is another version', () => {
    const hashes = QUESTIONNAIRES.map(({ version, ...rest }) => [
      version,
      createHash('sha256').update(JSON.stringify(rest)).digest('hex').slice(0, 16),
    ]);
    expect(Object.fromEntries(hashes)).toMatchInlineSnapshot(`
      {
        "1": "c09a087753246656",
        "2": "db94ded5145d5e1a",
      }
    `);
  });

  it.each(QUESTIONNAIRES)(
    'have codes of their own, and branch within a section: $version',
    ({ sections }) => {
      const codes = sections.flatMap(({ questions }) => questions.map(({ code }) => code));
      expect(new Set(codes).size).toBe(codes.length);
      for (const { questions } of sections)
        for (const { ifYesTo } of questions.filter((one) => one.ifYesTo !== undefined)) {
          const above = questions.find(({ code }) => code === ifYesTo);
          expect(above?.ifYesTo).toBeUndefined();
          expect(above?.options?.some(({ value }) => value === 'yes')).toBe(true);
        }
    },
  );

  it('say in the prescriber’s codes what an answer means', () => {
    const said = QUESTIONNAIRES.flatMap(questionsOf).flatMap(({ options = [] }) =>
      options.flatMap(({ says = [] }) => says.map(({ code }) => code)),
    );
    const known = CONTRAINDICATIONS.map(({ code }) => code);
    expect(said.filter((code) => !known.includes(code))).toEqual([]);
    expect(said.length).toBeGreaterThan(20);
  });

  it('are asked from their day on', () => {
    expect(questionnaireOn('2025-01-31').version).toBe('1');
    expect(questionnaireOn('2025-02-01').version).toBe('2');
    expect(questionnaireOn('2020-01-01').version).toBe('1');
  });
});

describe('answers', () => {
  it('are read as they were asked, with what is unknown under its code', () => {
    const first = describeHealthAnswers({ version: '1', cows_milk_allergy: 'yes', skin_infection: 'unsure' });
    expect(first).toEqual([
      {
        code: 'cows_milk_allergy',
        question: 'Are you allergic to cow’s milk, egg white (albumin) or any medicine?',
        answer: 'Yes',
      },
      {
        code: 'skin_infection',
        question: 'Is there a rash, a cold sore or an infection on your face or neck now?',
        answer: 'Not sure',
      },
    ]);
    expect(describeHealthAnswers({ pregnant: 'no' })).toEqual([
      { code: 'pregnant', question: 'Pregnant', answer: 'No' },
    ]);
    expect(describeHealthAnswers(null)).toEqual([]);
  });

  it('that no question offers stand as they were given, and codes of old are read as words', () => {
    const thinners = questionsOf(NEWEST).find(({ code }) => code === 'blood_thinners')!;
    expect(
      describeHealthAnswers({ version: NEWEST.version, blood_thinners: 'perhaps', a_word_of_old: 'Aspirin' }),
    ).toEqual([
      { code: 'blood_thinners', question: thinners.text, answer: 'perhaps' },
      { code: 'a_word_of_old', question: 'A word of old', answer: 'Aspirin' },
    ]);
  });

  it('of a version that nobody knows are read by the oldest', () => {
    const [oldest] = QUESTIONNAIRES;
    const question = questionsOf(oldest!).find(({ code }) => code === 'cows_milk_allergy')!;
    for (const version of ['9', undefined])
      expect(describeHealthAnswers({ ...(version && { version }), cows_milk_allergy: 'no' })).toEqual([
        { code: 'cows_milk_allergy', question: question.text, answer: 'No' },
      ]);
  });

  it('raise what they say, and nothing where nothing was coded', () => {
    const raised = raisedBy({
      version: '2',
      neuromuscular_condition: 'yes',
      neuromuscular_which: 'als',
      cows_milk: 'unsure',
      earlier_reaction: 'yes',
      earlier_reaction_what: 'droop',
      blood_thinners: 'no',
    });
    expect(raised.map(({ finding, severity, answer }) => [finding, severity, answer])).toEqual([
      ['neuromuscular_disease', 'absolute', 'Motor neurone disease (ALS)'],
      ['earlier_reaction', 'relative', 'An eyelid or brow that drooped'],
      ['eyelid_surgery_or_ptosis', 'relative', 'An eyelid or brow that drooped'],
      ['cows_milk_allergy', 'caution', 'Not sure'],
    ]);
    expect(raisedBy({ pregnant_or_breastfeeding: 'yes' })).toEqual([]);
    // What was not asked says nothing.
    expect(raisedBy({ version: '2', neuromuscular_condition: 'no', neuromuscular_which: 'als' })).toEqual([]);
  });
});

describe('the form', () => {
  it('takes no to everything, and keeps its version', () => {
    expect(read({ medicines: ' none ' })).toEqual({
      answers: { version: '2', ...healthy, medicines: 'none', more: '' },
      lastTreatedElsewhereOn: null,
    });
  });

  it('asks further where somebody says yes, and there alone', () => {
    expect(
      problemsOf({ neuromuscular_condition: 'yes', other_allergy: 'yes', treated_elsewhere: 'yes' }),
    ).toEqual({
      neuromuscular_which: 'Choose an answer',
      other_allergy_what: 'Write a few words',
      treated_elsewhere_for: 'Choose an answer',
      lastTreatedElsewhereOn: 'Enter the day. A guess is fine',
    });
    const unasked = { neuromuscular_which: 'als', 'lastTreatedElsewhereOn-day': '31' };
    expect(read(unasked)).toEqual(read({}));
  });

  it('knows days that are none, answers that are none, and words that are too many', () => {
    const elsewhere = { treated_elsewhere: 'yes', treated_elsewhere_for: 'migraine' };
    const on = (day: string, month: string, year: string) => ({
      ...elsewhere,
      'lastTreatedElsewhereOn-day': day,
      'lastTreatedElsewhereOn-month': month,
      'lastTreatedElsewhereOn-year': year,
    });
    expect(read(on('3', '1', '2026')).lastTreatedElsewhereOn).toBe('2026-01-03');
    for (const wrong of [on('30', '2', '2026'), on('1', '', '2026'), on('1', '1', '1966')])
      expect(problemsOf(wrong)).toEqual({ lastTreatedElsewhereOn: 'Enter a real date' });
    expect(problemsOf({ pregnant: 'perhaps', more: 'x'.repeat(2_001) })).toEqual({
      pregnant: 'Choose an answer',
      more: 'Use at most 2,000 characters',
    });
  });

  it('keeps on the way what was typed, and no more than that', () => {
    expect(
      healthDraftForm.parse({
        then: 'nerves/../',
        pregnant: 'no',
        'lastTreatedElsewhereOn-day': ' 3 ',
        'x; DROP': 'y',
        more: 'z'.repeat(3_000),
      }),
    ).toEqual({
      then: 'nerves',
      typed: { pregnant: 'no', 'lastTreatedElsewhereOn-day': '3', more: 'z'.repeat(2_000) },
    });
  });
});
