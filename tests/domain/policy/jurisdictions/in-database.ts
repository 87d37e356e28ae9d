import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Jurisdiction } from '#lib/server/domain/policy/codes.ts';
import { evaluatePolicy } from '#lib/server/domain/policy/evaluate.ts';
import { POLICY_KEY_NAMES } from '#lib/server/domain/policy/keys.ts';
import { publishPolicy } from '#lib/server/domain/policy/publish.ts';
import { POLICY_ROWS } from '#lib/server/domain/policy/rows.ts';
import { openDb, openPool, type Db, type Trx } from '#lib/server/platform/db.ts';
import { setClock } from '../../../builders/act.ts';
import { createTestDatabase } from '../../../harness/database.ts';
import { DELEGATES, type Decision } from './decision.ts';

/** Tests that the guards of the database answer every question of a decision table as the evaluation does. */
export function sameInDatabase(jurisdiction: Jurisdiction, decisions: readonly Decision[]): void {
  const dates = [...new Set(decisions.map(({ date }) => date))];

  describe('in the database', () => {
    let db: Db;
    beforeAll(async () => {
      const { urls } = await createTestDatabase();
      db = openDb(openPool(urls.owner, { max: 1, onError: () => undefined }));
    });
    afterAll(() => db.destroy());

    it.each(dates)('the guards read the same rules on %s', async (date) => {
      await publishedOn(db, date, async (trx) => {
        const grants = await trx
          .selectFrom('profession_capability')
          .where('jurisdiction', '=', jurisdiction)
          .selectAll()
          .execute();
        const may = (who: Pick<Decision, 'profession' | 'annotations'>, capability: string) =>
          grants.some(
            (grant) =>
              grant.profession === who.profession &&
              grant.capability === capability &&
              (grant.required_credential === null ||
                who.annotations.some((annotation) => annotation === grant.required_credential)),
          );
        const answer = (decision: Decision) => {
          const { act } = decision;
          const delegate = DELEGATES[act];
          if (delegate)
            return may(decision, 'prescribe') && may(delegate, 'inject') && !may(delegate, 'prescribe');
          // Every consultation in the database is face to face: appointment_face_to_face.
          if (act === 'consult by video') return false;
          return may(decision, act === 'consult in person' ? 'consult' : act);
        };
        const asked = decisions.filter((decision) => decision.date === date);
        expect(asked.map((decision) => [decision.line, answer(decision)])).toEqual(
          asked.map((decision) => [decision.line, decision.here]),
        );
      });
    });

    it.each(dates)('policy_number() says what the evaluation says on %s', async (date) => {
      await publishedOn(db, date, async (trx) => {
        const policy = evaluatePolicy(POLICY_ROWS, jurisdiction, Temporal.PlainDate.from(date));
        const numbers = POLICY_KEY_NAMES.filter((key) => typeof policy[key] === 'number');
        expect(numbers.length).toBeGreaterThan(10);
        const { rows } = await sql<{ key: string; answer: number }>`
          SELECT key, policy_number(${jurisdiction}, key, ${date}::date) AS answer
            FROM unnest(${numbers}::text[]) AS key`.execute(trx);
        expect(Object.fromEntries(rows.map(({ key, answer }) => [key, answer]))).toEqual(
          Object.fromEntries(numbers.map((key) => [key, policy[key]])),
        );
      });
    });
  });
}

/** Runs `work` in a database whose policy was published on `date`, and undoes it. */
async function publishedOn(db: Db, date: string, work: (trx: Trx) => Promise<void>): Promise<void> {
  const undo = new Error('undo');
  const done = db.transaction().execute(async (trx) => {
    await setClock(trx, `${date}T12:00:00Z`);
    await publishPolicy(trx);
    await work(trx);
    throw undo;
  });
  await expect(done).rejects.toBe(undo);
}
