import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { JURISDICTIONS, type Jurisdiction } from '#lib/server/domain/policy/codes.ts';
import type { Db, Trx } from '#lib/server/platform/db.ts';
import { afterFile } from '../harness/after.ts';
import { createTestDatabase } from '../harness/database.ts';
import { Tally } from './attempt.ts';
import { begunTreatment } from './begun.ts';
import { missingLinks, type Begun } from './chain.ts';
import { factsOf } from './facts.ts';
import { goOn } from './go-on.ts';
import { brokenRules } from './invariants.ts';
import { openRehearsal } from './one-connection.ts';
import type { Stage } from './stage.ts';
import type { Verb } from './verbs.ts';
import { openModel, told, walk } from './walk.ts';

/** Under each law. `npm run drill -- model` walks thousands. */
const SEQUENCES = 40;

const ROAD = [
  ...([
    'hold',
    'confirm',
    'startVisit',
    'takeAnswers',
    'signConsultation',
    'prescribe',
    'giveConsent',
  ] as const),
  ...([
    'bookTreatment',
    'receiveVial',
    'confirmHealth',
    'confirmConsent',
    'sayHere',
    'startTreatment',
    'signTreatment',
  ] as const),
  ...(['bookReview', 'recordReview', 'bookTopUp', 'suspend', 'withdrawConsent', 'answerHealth'] as const),
] satisfies Verb[];

async function open(jurisdiction: Jurisdiction): Promise<{ db: Db; stage: Stage }> {
  const { superuserUrl } = await createTestDatabase();
  const model = await openModel(superuserUrl, jurisdiction);
  afterFile(() => model.db.destroy());
  return model;
}

describe('the rules', () => {
  let db: Db;
  beforeAll(async () => {
    ({ db } = await open('england'));
  });

  const broken = async (change?: { execute: (trx: Trx) => Promise<unknown> }) => {
    const rehearsal = await openRehearsal(db);
    try {
      return await rehearsal.asOwner(async (trx) => {
        await sql`SET LOCAL session_replication_role = replica`.execute(trx);
        await change?.execute(trx);
        return (await brokenRules(trx)).join();
      });
    } finally {
      await rehearsal.end();
    }
  };

  it('hold on the stage', async () => {
    expect(await broken()).toBe('');
  });

  it.each([
    [
      'a completed face-to-face consultation',
      sql`UPDATE appointment SET state = 'stopped' WHERE state = 'completed'`,
    ],
    ['signed suitable in that visit', sql`UPDATE consultation_record SET signed_by = uuidv7()`],
    ['a prescription for both', sql`UPDATE prescription SET issued_at = issued_at - interval '1 day'`],
    ['the patient’s own consent', sql`UPDATE consent SET given_by = uuidv7()`],
    ['consent confirmed on the day', sql`UPDATE consent SET confirmed_at = NULL`],
    ['time to think over', sql`UPDATE consultation_record SET signed_at = signed_at + interval '2 days'`],
    ['of age', sql`UPDATE patient SET date_of_birth = app_now()::date - 6000`],
    ['in good standing', sql`UPDATE practitioner SET standing = 'suspended'`],
    ['the right to inject', sql`DELETE FROM capability_period WHERE capability = 'inject'`],
    ['the prescriber’s supervision', sql`DELETE FROM supervision`],
    ['answers that changed', sql`UPDATE consultation_record SET health_answers_id = uuidv7()`],
    ['a live visit within time of its own', sql`DELETE FROM block`],
    ['a signed treatment differs', sql`UPDATE injection_point SET units = 500`],
  ])('see what no guard stops any more: %s', async (rule, change) => {
    expect(await broken(change)).toContain(rule);
  });
});

describe('the oracle', () => {
  let begun: Begun;
  beforeAll(async () => {
    const { db, stage } = await open('england');
    const rehearsal = await openRehearsal(db);
    const patient = stage.patients[5]!;
    const look = () => rehearsal.asOwner((trx) => factsOf(trx, patient.id));
    await goOn({ stage, rehearsal, patient, actor: null, variant: 0, facts: await look() }, look, () => {});
    const { treatment } = await look();
    begun = (await rehearsal.asOwner((trx) => begunTreatment(trx, treatment!.id)))!;
    await rehearsal.end();
  });

  it('finds nothing missing where the road was taken', () => {
    expect(missingLinks(begun)).toEqual([]);
  });

  const DAYS = 24 * 3_600;
  const other = 'somebody else';
  const before =
    (about: object, plan: object = {}) =>
    (t: Begun) => ({
      before: [
        {
          id: 'earlier',
          at: t.at - 20 * DAYS,
          day: '2020-01-01',
          state: 'completed',
          topUpOf: null,
          record: 'another',
          plan: { ...t.prescription!, id: 'another', ...plan },
          ...about,
        },
      ],
    });
  const topUp = (t: Begun, about: object = {}) => ({
    topUpOf: 'earlier',
    ...before({}, { id: t.prescription!.id })(t),
    reviews: [{ at: t.at - DAYS, mode: 'in_person', state: 'completed' }],
    injector: { ...t.seenBy!, cover: '1' },
    consent: { ...t.consent!, injector: t.seenBy!.id },
    prescription: { ...t.prescription!, injector: t.seenBy!.id },
    rights: [
      ...t.rights,
      { of: t.seenBy!.id, to: 'inject' as const, from: 0, until: 1e12, checkedUntil: 1e12 },
    ],
    ...about,
  });

  it('lets a top-up through, and the same plan again', () => {
    expect(missingLinks({ ...begun, ...topUp(begun) })).toEqual([]);
    const again = {
      ...begun,
      record: { ...begun.record!, signedAt: begun.at - 60 },
      visit: { ...begun.visit!, from: 0, until: begun.at },
      prescription: { ...begun.prescription!, issuedAt: begun.at - 30, sameAsBefore: true },
      consent: { ...begun.consent!, givenAt: begun.at - 20 },
    };
    const day = Temporal.PlainDate.from(begun.day).subtract({ days: 100 }).toString();
    expect(missingLinks({ ...again, ...before({ day })(begun) })).toEqual([]);
    expect(missingLinks({ ...again, ...before({ day }, { dose: 1 })(begun) })).toEqual(['time to think']);
  });

  const visit = (about: object) => (t: Begun) => ({ visit: { ...t.visit!, ...about } });
  const record = (about: object) => (t: Begun) => ({ record: { ...t.record!, ...about } });
  const rx = (about: object) => (t: Begun) => ({ prescription: { ...t.prescription!, ...about } });
  const consent = (about: object) => (t: Begun) => ({ consent: { ...t.consent!, ...about } });
  const vial = (about: object) => (t: Begun) => ({ vial: { ...t.vial!, ...about } });
  it.each<[string, (t: Begun) => Partial<Begun>]>([
    ['consultation, record, prescription and consent', () => ({ consent: null })],
    ['a completed consultation, face to face', visit({ mode: 'video' })],
    ['a completed consultation, face to face', visit({ jurisdiction: 'scotland' })],
    ['held and signed, in that visit', record({ signedBy: other })],
    ['signed suitable', record({ outcome: 'defer' })],
    ['signed suitable', record({ risksUnread: 1 })],
    ['nothing against it', record({ present: [{ code: 'pregnancy', severity: 'absolute' }] })],
    [
      'nothing against this product',
      (t) => ({
        ...record({ present: [{ code: 'cows_milk_allergy', severity: 'caution' }] })(t),
        ...rx({ product: 'azzalure' })(t),
        vial: null,
      }),
    ],
    ['not entered in error', record({ enteredInError: true })],
    [
      'a consultation still current',
      (t) => ({
        ...record({ signedAt: t.at - 84 * DAYS })(t),
        ...visit({ from: 0 })(t),
        rights: t.rights.map((right) => ({ ...right, from: 0 })),
      }),
    ],
    ['a consultation of its own', (t) => before({ record: t.record!.id })(t)],
    ['a prescription of that consultation', rx({ injector: other })],
    ['a prescription that stands', rx({ state: 'used' })],
    ['a prescription that stands', (t) => rx({ expiresAt: t.prescription!.issuedAt + 184 * DAYS })(t)],
    ['used once', (t) => before({}, { id: t.prescription!.id })(t)],
    ['a licensed product', (t) => ({ ...rx({ product: 'xeomin' })(t), vial: null })],
    ['the patient’s own consent', consent({ givenBy: other })],
    ['consent not withdrawn', consent({ state: 'withdrawn' })],
    ['consent not withdrawn', consent({ confirmedOn: '2020-01-01' })],
    [
      'time to think',
      (t) => ({
        ...record({ signedAt: t.at - 2 * DAYS + 1 })(t),
        visit: { ...t.visit!, until: t.at },
        consent: { ...t.consent!, givenAt: t.at },
        prescription: { ...t.prescription!, issuedAt: t.at },
      }),
    ],
    [
      'eighteen on the day',
      (t) => ({
        patient: {
          ...t.patient,
          born: Temporal.PlainDate.from(t.day).subtract({ years: 18 }).add({ days: 1 }).toString(),
        },
      }),
    ],
    [
      'the interval since every treatment',
      (t) => before({ day: Temporal.PlainDate.from(t.day).subtract({ days: 89 }).toString() })(t),
    ],
    ['the interval since a treatment elsewhere', (t) => ({ treatedElsewhereOn: t.day })],
    ['an override by the prescriber alone', () => ({ override: { reason: 'Soon', by: other } })],
    ['a top-up two to four weeks on', (t) => topUp(t, { reviews: [] })],
    [
      'a top-up by the prescriber',
      (t) => topUp(t, { injector: t.injector, consent: t.consent, prescription: t.prescription }),
    ],
    [
      'answers as the consultation read them',
      (t) => ({ answers: { version: t.answers!.version + 1, decision: null } }),
    ],
    ['somebody who may inject', (t) => ({ rights: t.rights.filter(({ to }) => to !== 'inject') })],
    ['a prescriber, or one who supervises', () => ({ supervisions: [] })],
    [
      'registers that were read in time',
      (t) => ({ rights: t.rights.map((right) => ({ ...right, checkedUntil: t.at })) }),
    ],
    ['a prescriber no further away', () => ({ prescriberIs: null })],
    ['a prescriber no further away', () => ({ prescriberIs: { where: 'reachable', way: ' ' } })],
    ['a prescriber no further away', () => ({ prescriberIs: { where: 'on_site', way: null }, wasThere: [] })],
    ['both in good standing', (t) => ({ seenBy: { ...t.seenBy!, standing: 'suspended' } })],
    ['somebody to call out of hours', (t) => ({ injector: { ...t.injector, cover: null } })],
    ['a vial, where one is planned', vial({ dispensedFor: other })],
    ['a vial, where one is planned', vial({ putAside: true })],
    ['a vial, where one is planned', vial({ openedBefore: true })],
  ])('misses %s', (link, change) => {
    expect(missingLinks({ ...begun, ...change(begun) }).join()).toContain(link);
  });
});

describe('commands of all roles, in any order', () => {
  const tally = new Tally();
  // The same ones every time: other ones are for `npm run drill -- model`, which walks many more.
  const seed = Number(process.env['SEED'] ?? 20_270_209);

  it.each(JURISDICTIONS)(`keep every rule through ${SEQUENCES} sequences: %s`, async (jurisdiction) => {
    // Other sequences under each law.
    const own = seed + JURISDICTIONS.indexOf(jurisdiction);
    process.stdout.write(`fast-check seed ${own}\n`);
    await walk(await open(jurisdiction), { sequences: SEQUENCES, seed: own, tally });
  });

  it('get somewhere', () => {
    process.stdout.write(
      `begun: ${told(tally.begun)}\nfacts: ${told(tally.facts)}\ndone: ${told(tally.done)}\nrefused: ${told(tally.refused)}\n`,
    );
    // Sequences that got nowhere would show nothing: each stop of the road is reached again and again.
    expect(ROAD.filter((verb) => (tally.done.get(verb) ?? 0) < 2)).toEqual([]);
    expect(tally.refused.size).toBeGreaterThan(12);
  });
});
