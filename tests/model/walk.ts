import fc from 'fast-check';
import type { Jurisdiction } from '#lib/server/domain/policy/codes.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { Attempt, Tally } from './attempt.ts';
import { writeFacts } from './begun.ts';
import { writeLook } from './facts.ts';
import { statesOf, writeRules } from './invariants.ts';
import { openRehearsal } from './one-connection.ts';
import { setStage, type Stage } from './stage.ts';
import { verbs, type Verb } from './verbs.ts';

const LONGEST = 14;

/** A database past every role, with a stage under one law, and the oracle's own functions beside it. */
export async function openModel(
  superuserUrl: string,
  jurisdiction: Jurisdiction,
): Promise<{ db: Db; stage: Stage }> {
  const db = openDb(openPool(superuserUrl, { max: 1, onError: () => {} }));
  const stage = await setStage(db, jurisdiction);
  await writeRules(db);
  await writeFacts(db);
  await writeLook(db);
  return { db, stage };
}

/** Walks that many random sequences of commands, each from the same start; the first that breaks a rule is made smaller and thrown. */
export async function walk(
  { db, stage }: { db: Db; stage: Stage },
  { sequences, seed, tally = new Tally() }: { sequences: number; seed: number; tally?: Tally },
): Promise<Tally> {
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

  await fc.assert(
    fc.asyncProperty(
      fc.nat(stage.patients.length - 1),
      fc.commands(attempts, { maxCommands: LONGEST, size: 'max' }),
      async (main, commands) => {
        const rehearsal = await openRehearsal(db);
        try {
          const states = await rehearsal.asOwner(statesOf);
          const real = { stage, rehearsal, main, tally };
          await fc.asyncModelRun(() => ({ model: { states }, real }), commands);
        } finally {
          await rehearsal.end();
        }
      },
    ),
    { seed, numRuns: sequences },
  );
  return tally;
}

/** Counts, most frequent first. */
export function told(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .toSorted(([, one], [, other]) => other - one)
    .map(([name, times]) => `${name} ${times}`)
    .join(', ');
}
