import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { FOLLOWS, type AppointmentState } from '#lib/server/domain/booking/appointment.ts';
import { isRefusal } from '#lib/server/domain/shared/refusal.ts';
import { refusals } from '#lib/server/domain/shared/refusals.ts';
import { openDb, openPool, type Db, type Trx } from '#lib/server/platform/db.ts';
import { afterFile } from '../harness/after.ts';
import { createTestDatabase } from '../harness/database.ts';
import { factsOf } from './facts.ts';
import { goOn } from './go-on.ts';
import { brokenRules, statesOf, writeRules } from './invariants.ts';
import { openRehearsal, type Rehearsal } from './one-connection.ts';
import { setStage, type Stage } from './stage.ts';
import { verbs, type Verb } from './verbs.ts';

const SEQUENCES = 1_000;

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
    'startTreatment',
    'signTreatment',
  ] as const),
  ...(['bookReview', 'recordReview', 'suspend', 'withdrawConsent', 'answerHealth'] as const),
] satisfies Verb[];

/** What the model knows of the real world: in which state every appointment is. */
type Model = { states: Map<string, string> };
type Real = { stage: Stage; rehearsal: Rehearsal; main: number };

let db: Db;
let stage: Stage;
/** How often each command was done, and each refusal said, over all sequences. */
const done = new Map<string, number>();
const refused = new Map<string, number>();
const count = (counts: Map<string, number>, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);

beforeAll(async () => {
  const { superuserUrl } = await createTestDatabase();
  db = openDb(openPool(superuserUrl, { max: 1, onError: () => {} }));
  afterFile(() => db.destroy());
  stage = await setStage(db);
  await writeRules(db);
});

/** Somebody tries something. Whatever it is, afterwards every rule holds; and a refusal leaves every appointment as it was. */
class Attempt implements fc.AsyncCommand<Model, Real> {
  readonly verb: Verb | 'goOn';
  readonly about: { patient: number | null; actor: number | null; variant: number };

  constructor(verb: Verb | 'goOn', about: Attempt['about']) {
    this.verb = verb;
    this.about = about;
  }

  check(): boolean {
    return true;
  }

  async run(model: Model, { stage, rehearsal, main }: Real): Promise<void> {
    const patient = stage.patients[this.about.patient ?? main]!;
    const look = () => rehearsal.asOwner((trx) => factsOf(trx, patient.id));
    const actor = this.about.actor === null ? null : stage.everybody[this.about.actor]!;
    const one = { stage, rehearsal, patient, actor, facts: await look(), variant: this.about.variant };

    let refusal: string | undefined;
    try {
      const wasDone = (verb: Verb) => count(done, verb);
      if (this.verb === 'goOn') await goOn(one, look, wasDone);
      else await verbs[this.verb](one).then(() => wasDone(this.verb as Verb));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refusal = error.code;
      count(refused, error.code);
    }
    expect(refusal === undefined || refusal in refusals).toBe(true);
    const states = await rehearsal.asOwner(statesOf);
    // Several steps may have been taken before one was refused.
    if (refusal !== undefined && this.verb !== 'goOn') expect(states).toEqual(model.states);
    else expect(await rehearsal.asOwner(brokenRules)).toEqual([]);
    for (const [id, state] of states) {
      const before = model.states.get(id);
      if (before !== undefined && before !== state) expect(pathsFrom(before)).toContain(state);
    }
    model.states = states;
  }

  toString(): string {
    const { patient, actor, variant } = this.about;
    return `${this.verb}(patient ${patient ?? 'main'}, by ${actor ?? 'whose it is'}, ${variant})`;
  }
}

/** Every state that can follow, at once or later: one command may take two steps. */
function pathsFrom(state: string): string[] {
  const next: readonly string[] = FOLLOWS[state as AppointmentState];
  return [
    ...next,
    ...next.flatMap((follower) => (follower === 'confirmed' ? FOLLOWS.confirmed : pathsFrom(follower))),
  ];
}

describe('the rules', () => {
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

it(`keeps every rule through ${SEQUENCES} sequences of commands by all roles`, async () => {
  const seldom = <T>(about: fc.Arbitrary<T>) =>
    fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: about });
  const about = fc.record({
    patient: seldom(fc.nat(stage.patients.length - 1)),
    actor: seldom(fc.nat(stage.everybody.length - 1)),
    variant: fc.nat(47),
  });
  const attempt = (verb: Verb | 'goOn') => about.map((each) => new Attempt(verb, each));
  const names = Object.keys(verbs) as Verb[];
  // Going on is tried as often as all else together, so that sequences get somewhere.
  const attempts = [...names.map(attempt), ...names.map(() => attempt('goOn'))];

  const seed = Number(process.env['SEED'] ?? randomInt(2 ** 31));
  process.stdout.write(`fast-check seed ${seed}\n`);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(stage.patients.length - 1),
      fc.commands(attempts, { maxCommands: 14, size: 'max' }),
      async (main, commands) => {
        const rehearsal = await openRehearsal(db);
        try {
          const states = await rehearsal.asOwner(statesOf);
          await fc.asyncModelRun(() => ({ model: { states }, real: { stage, rehearsal, main } }), commands);
        } finally {
          await rehearsal.end();
        }
      },
    ),
    { seed, numRuns: SEQUENCES },
  );

  process.stdout.write(`done: ${told(done)}\nrefused: ${told(refused)}\n`);
  // Sequences that got nowhere would show nothing: each stop of the road is reached again and again.
  expect(ROAD.filter((verb) => (done.get(verb) ?? 0) < 20)).toEqual([]);
  expect(refused.size).toBeGreaterThan(15);
}, 1_200_000);

/** Counts, most frequent first. */
function told(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .toSorted(([, one], [, other]) => other - one)
    .map(([name, times]) => `${name} ${times}`)
    .join(', ');
}
