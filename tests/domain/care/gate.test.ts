import { describe, expect, it } from 'vitest';
import {
  evaluateGate,
  isPrescribersOwn,
  openSteps,
  requireGate,
  STEPS,
  type GateFacts,
  type StepCode,
} from '#lib/server/domain/care/gate.ts';
import { isRefusal } from '#lib/server/domain/shared/refusal.ts';

const at = (text: string) => Temporal.Instant.from(text);
const signedAt = at('2026-06-01T10:00:00Z');
const startsAt = at('2026-06-10T10:00:00Z');

/** Everything in order, for a treatment nine days after the consultation. */
const inOrder: GateFacts = {
  startsAt,
  endsAt: at('2026-06-10T10:30:00Z'),
  timeZone: 'Europe/London',
  dateOfBirth: '1984-03-27',
  minAgeYears: 18,
  consultation: {
    signedAt,
    validDays: 84,
    coolingOffHours: 48,
    enteredInError: false,
    neededEachTime: true,
    treatedFrom: false,
  },
  prescription: {
    state: 'active',
    expiresAt: at('2026-08-01T00:00:00Z'),
    retreatmentDays: 90,
    topUpUnits: 8,
  },
  consent: { state: 'given', confirmedAt: at('2026-06-10T09:55:00Z') },
  topUpOf: null,
  otherTreatments: [],
  lastTreatedElsewhereOn: null,
  intervalOverridden: false,
  answers: 'read',
  injectorMayInject: true,
  injectorIsPrescriber: true,
  injectorMayPrescribe: true,
  supervised: false,
  bothInGoodStanding: true,
  coverNamed: true,
  vialPlanned: true,
  vialQuarantined: false,
  prescriberPlace: null,
};

/** The steps that are not open, as `code: reason (whose) opensAt`. */
function closed(changed: Partial<GateFacts>, when: 'booking' | 'start' = 'start'): string[] {
  return openSteps(evaluateGate({ ...inOrder, ...changed }, when)).map(
    ({ code, reason, whose, opensAt }) => `${code}: ${reason} (${whose})${opensAt ? ` ${opensAt}` : ''}`,
  );
}

const consultation = (changed: object) => ({ consultation: { ...inOrder.consultation!, ...changed } });
const prescription = (changed: object) => ({ prescription: { ...inOrder.prescription!, ...changed } });

describe('the road', () => {
  it('is open when everything is in order, in its own order', () => {
    const steps = evaluateGate(inOrder, 'start');
    expect(steps).toEqual(STEPS.map((code) => ({ code, state: 'done' })));
  });

  it('names the same steps in the same order, whatever is open', () => {
    const codes = (changed: Partial<GateFacts>, when: 'booking' | 'start') =>
      evaluateGate({ ...inOrder, ...changed }, when).map(({ code }) => code);
    const topUpOf = {
      startedAt: at('2026-05-27T10:00:00Z'),
      fromDay: 14,
      untilDay: 28,
      completed: true,
      reviewedInPerson: true,
    };
    for (const changed of [
      {},
      { consultation: null, prescription: null, consent: null },
      { intervalOverridden: true },
      { lastTreatedElsewhereOn: '2026-06-01' },
      { topUpOf },
      { topUpOf: { ...topUpOf, completed: false } },
      { answers: 'unconfirmed' },
      { answers: 'ruled_out' },
    ] satisfies Partial<GateFacts>[]) {
      expect(codes(changed, 'start')).toEqual(STEPS);
      expect(codes(changed, 'booking')).toEqual(STEPS.slice(0, 10));
    }
  });

  it('leaves vial and the consent of the day for the day', () => {
    const booked = evaluateGate(
      { ...inOrder, vialPlanned: false, consent: { state: 'given', confirmedAt: null } },
      'booking',
    );
    expect(booked).toEqual(STEPS.slice(0, 10).map((code) => ({ code, state: 'done' })));
  });

  it('is shut at every step that takes a consultation, a prescription and consent before there are any', () => {
    expect(closed({ consultation: null, prescription: null, consent: null }, 'booking')).toEqual([
      'consultation: consultation_missing (prescriber)',
      'prescription: prescription_missing (prescriber)',
      'time_to_think: consultation_missing (prescriber)',
      'consent: consent_missing (patient)',
    ]);
  });
});

describe('the consultation', () => {
  it('holds for its days, and not at the end of the last', () => {
    expect(closed(consultation({ signedAt: at('2026-03-18T10:00:01Z') }))).toEqual([]);
    expect(closed(consultation({ signedAt: at('2026-03-18T10:00:00Z') }))).toEqual([
      'consultation: consultation_too_old (prescriber)',
    ]);
  });

  it('opens one treatment where each needs its own, and its top-up', () => {
    expect(closed(consultation({ treatedFrom: true }))).toEqual([
      'consultation: consultation_used (prescriber)',
    ]);
    expect(closed(consultation({ treatedFrom: true, neededEachTime: false }))).toEqual([]);
    const topUpOf = {
      startedAt: at('2026-05-27T10:00:00Z'),
      fromDay: 14,
      untilDay: 28,
      completed: true,
      reviewedInPerson: true,
    };
    expect(closed({ ...consultation({ treatedFrom: true }), topUpOf })).toEqual([]);
  });

  it('does not hold once entered in error', () => {
    expect(closed(consultation({ enteredInError: true }))).toEqual([
      'consultation: prescriber_review_needed (prescriber)',
    ]);
  });
});

describe('age', () => {
  it.each([
    ['2008-06-10', []],
    ['2008-06-11', ['age: under_age (clock) 2026-06-10T23:00:00Z']],
  ])('is asked for the day of the visit: born %s', (dateOfBirth, expected) => {
    expect(closed({ dateOfBirth })).toEqual(expected);
  });

  it('comes on 1 March for who was born on 29 February', () => {
    const leap = { dateOfBirth: '2008-02-29', ...consultation({ signedAt: at('2026-02-20T10:00:00Z') }) };
    const onThe28th = { startsAt: at('2026-02-28T23:59:00Z'), consent: inOrder.consent };
    expect(closed({ ...leap, ...onThe28th }, 'booking')).toEqual([
      'age: under_age (clock) 2026-03-01T00:00:00Z',
    ]);
    expect(closed({ ...leap, startsAt: at('2026-03-01T00:00:00Z') }, 'booking')).toEqual([]);
  });

  it('is counted on the clock of the place', () => {
    const birthday = { dateOfBirth: '2008-06-11', startsAt: at('2026-06-11T02:00:00Z') };
    expect(closed(birthday, 'booking')).toEqual([]);
    expect(closed({ ...birthday, timeZone: 'America/Denver' }, 'booking')).toEqual([
      'age: under_age (clock) 2026-06-11T06:00:00Z',
    ]);
  });
});

describe('the prescription', () => {
  it.each([
    ['used', 'prescription_used'],
    ['cancelled', 'prescription_missing'],
  ])('does not serve when %s', (state, reason) => {
    expect(closed(prescription({ state }))).toEqual([`prescription: ${reason} (prescriber)`]);
  });

  it('lasts to the end of the visit', () => {
    expect(closed(prescription({ expiresAt: inOrder.endsAt }))).toEqual([]);
    expect(closed(prescription({ expiresAt: inOrder.endsAt.subtract({ nanoseconds: 1 }) }))).toEqual([
      'prescription: prescription_expired (prescriber)',
    ]);
  });
});

describe('time to think', () => {
  it('runs from the signature to the start', () => {
    const start = (startsAt: string) => closed({ startsAt: at(startsAt) }, 'booking');
    expect(start('2026-06-03T10:00:00Z')).toEqual([]);
    expect(start('2026-06-03T09:59:59Z')).toEqual([
      'time_to_think: cooling_off (clock) 2026-06-03T10:00:00Z',
    ]);
  });
});

describe('consent', () => {
  it('is not there once withdrawn, on the day either', () => {
    expect(closed({ consent: { ...inOrder.consent!, state: 'withdrawn' } })).toEqual([
      'consent: consent_missing (patient)',
      'consent_today: consent_not_confirmed_today (injector)',
    ]);
  });

  it('is not there, on the day either, before it was ever given', () => {
    expect(closed({ consent: null })).toEqual([
      'consent: consent_missing (patient)',
      'consent_today: consent_not_confirmed_today (injector)',
    ]);
  });

  it('of an older form is none for the day either', () => {
    expect(closed({ consent: { ...inOrder.consent!, state: 'asked_again' } })).toEqual([
      'consent: consent_asked_again (patient)',
      'consent_today: consent_not_confirmed_today (injector)',
    ]);
  });

  it('is asked again where the form says more', () => {
    expect(closed({ consent: { ...inOrder.consent!, state: 'asked_again' } }, 'booking')).toEqual([
      'consent: consent_asked_again (patient)',
    ]);
  });

  it.each([
    ['never', null],
    ['the day before, there', at('2026-06-09T22:59:00Z')],
  ])('is confirmed on the day: %s', (_, confirmedAt) => {
    expect(closed({ consent: { state: 'given', confirmedAt } })).toEqual([
      'consent_today: consent_not_confirmed_today (injector)',
    ]);
  });

  it('counts the day on the clock of the place', () => {
    expect(closed({ consent: { state: 'given', confirmedAt: at('2026-06-09T23:00:00Z') } })).toEqual([]);
  });
});

describe('the interval', () => {
  const other = (startsAt: string, retreatmentDays = 90) => ({ startsAt: at(startsAt), retreatmentDays });

  it('keeps clear of treatments before, each by its own product', () => {
    expect(closed({ otherTreatments: [other('2026-03-12T10:00:00Z')] })).toEqual([]);
    expect(closed({ otherTreatments: [other('2026-03-12T10:00:01Z')] })).toEqual([
      'interval: too_soon_after_treatment (clock) 2026-06-10T10:00:01Z',
    ]);
    expect(closed({ otherTreatments: [other('2026-03-12T10:00:01Z', 84)] })).toEqual([]);
  });

  it('keeps clear of treatments already booked for later', () => {
    expect(closed({ otherTreatments: [other('2026-09-08T10:00:00Z')] })).toEqual([]);
    expect(closed({ otherTreatments: [other('2026-09-08T09:59:59Z')] })).toEqual([
      'interval: too_soon_after_treatment (clock) 2026-12-07T09:59:59Z',
    ]);
  });

  it('opens with the last of several', () => {
    expect(
      closed({ otherTreatments: [other('2026-05-01T10:00:00Z'), other('2026-04-01T10:00:00Z')] }),
    ).toEqual(['interval: too_soon_after_treatment (clock) 2026-07-30T10:00:00Z']);
  });

  it('counts what was given elsewhere, in days of the place', () => {
    expect(closed({ lastTreatedElsewhereOn: '2026-03-12' })).toEqual([]);
    expect(closed({ lastTreatedElsewhereOn: '2026-03-13' })).toEqual([
      'interval: too_soon_after_treatment (clock) 2026-06-10T23:00:00Z',
    ]);
  });

  it('gives way to the prescriber’s override, and means nothing without a prescription', () => {
    const tooSoon = { otherTreatments: [other('2026-06-01T10:00:00Z')] };
    expect(closed({ ...tooSoon, intervalOverridden: true })).toEqual([]);
    expect(closed({ ...tooSoon, prescription: null })).toEqual([
      'prescription: prescription_missing (prescriber)',
    ]);
  });
});

describe('a top-up', () => {
  const topUp = (changed: object = {}) => ({
    topUpOf: {
      startedAt: at('2026-05-27T10:00:00Z'),
      fromDay: 14,
      untilDay: 28,
      completed: true,
      reviewedInPerson: true,
      ...changed,
    },
  });
  const byPrescriber = ['interval: top_up_not_open (prescriber)'];

  it('has days 14 to 28, and does not ask for the interval', () => {
    const otherTreatments = [{ startsAt: at('2026-05-27T10:00:00Z'), retreatmentDays: 90 }];
    expect(closed({ ...topUp(), otherTreatments })).toEqual([]);
    expect(closed(topUp({ startedAt: at('2026-05-27T10:00:01Z') }))).toEqual([
      'interval: top_up_not_open (clock) 2026-06-10T10:00:01Z',
    ]);
    expect(closed(topUp({ startedAt: at('2026-05-13T10:00:00Z') }))).toEqual([]);
    expect(closed(topUp({ startedAt: at('2026-05-13T09:59:59Z') }))).toEqual(byPrescriber);
  });

  it('has the days of the place', () => {
    expect(closed(topUp({ fromDay: 15, untilDay: 20 }))).toEqual([
      'interval: top_up_not_open (clock) 2026-06-11T10:00:00Z',
    ]);
    expect(closed(topUp({ fromDay: 7, untilDay: 14 }))).toEqual([]);
    expect(closed(topUp({ fromDay: 7, untilDay: 13 }))).toEqual(byPrescriber);
  });

  it('is the prescriber’s own where each treatment needs a consultation', () => {
    const bySomebodyElse = { ...topUp(), injectorIsPrescriber: false };
    expect(closed(bySomebodyElse)).toEqual(byPrescriber);
    expect(closed({ ...bySomebodyElse, ...consultation({ neededEachTime: false }) })).toEqual([]);
  });

  it('is open to somebody else as far as nobody has said that each treatment needs a consultation', () => {
    expect(closed({ ...topUp(), injectorIsPrescriber: false, consultation: null })).toEqual([
      'consultation: consultation_missing (prescriber)',
      'time_to_think: consultation_missing (prescriber)',
    ]);
  });

  it('follows a completed treatment and a review visit in person, within units kept back', () => {
    expect(closed(topUp({ completed: false }))).toEqual(byPrescriber);
    expect(closed(topUp({ reviewedInPerson: false }))).toEqual(byPrescriber);
    expect(closed({ ...topUp(), ...prescription({ topUpUnits: 0 }) })).toEqual(byPrescriber);
    expect(closed({ ...topUp(), prescription: null })).toEqual([
      'prescription: prescription_missing (prescriber)',
      ...byPrescriber,
    ]);
  });
});

describe('states of now', () => {
  it.each([
    ['waiting', ['answers: prescriber_review_needed (prescriber)']],
    ['may_not_proceed', ['answers: prescriber_review_needed (prescriber)']],
    ['may_proceed', []],
    ['ruled_out', ['answers: answers_rule_out (prescriber)']],
    ['unconfirmed', ['answers: health_not_confirmed (patient)']],
  ] as const)('health answers: %s', (answers, expected) => {
    expect(closed({ answers })).toEqual(expected);
  });

  it('health answers are confirmed shortly before the visit, not when it is booked; what rules it out rules out both', () => {
    expect(closed({ answers: 'unconfirmed' }, 'booking')).toEqual([]);
    expect(closed({ answers: 'ruled_out' }, 'booking')).toEqual(['answers: answers_rule_out (prescriber)']);
  });

  it('that the patient still has to confirm is told to everybody, what the answers are is not', () => {
    expect(isPrescribersOwn({ code: 'answers', reason: 'health_not_confirmed' })).toBe(false);
    expect(isPrescribersOwn({ code: 'answers', reason: 'answers_rule_out' })).toBe(true);
    expect(isPrescribersOwn({ code: 'answers' })).toBe(true);
  });

  it('credentials, standing and cover', () => {
    expect(closed({ injectorMayInject: false })).toEqual(['capability: injector_not_permitted (injector)']);
    expect(closed({ bothInGoodStanding: false, injectorMayInject: false })).toEqual([
      'capability: practitioner_unavailable (injector)',
    ]);
    expect(closed({ coverNamed: false })).toEqual(['cover: cover_missing (injector)']);
    expect(closed({ vialPlanned: false })).toEqual(['vial: vial_missing (injector)']);
    expect(closed({ vialQuarantined: true })).toEqual(['vial: vial_quarantined (injector)']);
  });

  it.each([
    [{ injectorMayPrescribe: true, injectorIsPrescriber: false, supervised: false }, true],
    [{ injectorMayPrescribe: false, injectorIsPrescriber: false, supervised: true }, true],
    [{ injectorMayPrescribe: false, injectorIsPrescriber: false, supervised: false }, false],
    [{ injectorMayPrescribe: false, injectorIsPrescriber: true, supervised: true }, false],
  ])('supervision %o', (people, stands) => {
    expect(closed(people)).toEqual(stands ? [] : ['supervision: supervision_missing (injector)']);
  });
});

describe('where the prescriber is', () => {
  type Place = NonNullable<GateFacts['prescriberPlace']>;
  const place = (
    demanded: Place['demanded'],
    said: Place['said'] = null,
    { saysHere = false, when = 'start' }: { saysHere?: boolean; when?: 'booking' | 'start' } = {},
  ) => closed({ prescriberPlace: { demanded, said, saysHere } }, when);
  const tooFar = ['prescriber_place: prescriber_too_far (prescriber)'];
  const notHere = ['prescriber_place: prescriber_not_here (prescriber)'];

  it.each([
    ['on_site', 'on_site', []],
    ['on_site', 'immediately_available', tooFar],
    ['on_site', 'reachable', tooFar],
    ['immediately_available', 'on_site', []],
    ['immediately_available', 'immediately_available', []],
    ['immediately_available', 'reachable', tooFar],
    ['reachable', 'on_site', []],
    ['reachable', 'immediately_available', []],
    ['reachable', 'reachable', []],
  ] as const)('wanted %s, said %s', (demanded, said, shut) => {
    expect(place(demanded, said, { saysHere: true })).toEqual(shut);
  });

  it('is on site only when the prescriber has said so too, whatever the law wants', () => {
    expect(place('on_site', 'on_site')).toEqual(notHere);
    expect(place('reachable', 'on_site')).toEqual(notHere);
    expect(place('reachable', 'reachable')).toEqual([]);
  });

  it('before it is said, lacks nothing but that word', () => {
    expect(place('on_site')).toEqual(notHere);
    expect(place('on_site', null, { saysHere: true })).toEqual([]);
    expect(place('immediately_available')).toEqual([]);
  });

  it('belongs to the day', () => {
    expect(place('on_site', 'reachable', { when: 'booking' })).toEqual([]);
  });
});

describe('refusing', () => {
  const refused = (changed: Partial<GateFacts>, forInjector: boolean) => {
    try {
      requireGate(evaluateGate({ ...inOrder, ...changed }, 'start'), { forInjector });
      return null;
    } catch (error) {
      return isRefusal(error) ? error.code : error;
    }
  };

  it('names the first step that is not open, or nothing', () => {
    expect(refused({}, true)).toBeNull();
    expect(refused({ coverNamed: false, vialPlanned: false }, false)).toBe('cover_missing');
  });

  it('tells the clinical reason to the prescriber alone', () => {
    const tooSoon = { lastTreatedElsewhereOn: '2026-06-01' };
    expect(refused(tooSoon, false)).toBe('too_soon_after_treatment');
    expect(refused(tooSoon, true)).toBe('prescriber_review_needed');
    expect(refused({ vialPlanned: false }, true)).toBe('vial_missing');
  });

  it('knows which steps are the prescriber’s own', () => {
    const own: StepCode[] = ['consultation', 'age', 'interval', 'answers'];
    expect(STEPS.filter((code) => isPrescribersOwn({ code }))).toEqual(own);
  });
});
