import { sql, type RawBuilder } from 'kysely';
import { databaseError, rangeValue, type Queryable } from '#lib/server/platform/db.ts';
import { span } from '#lib/server/platform/instants.ts';
import type { Signer } from '../builders/act.ts';
import type { Stage } from './stage.ts';

export type Statement = RawBuilder<unknown>;
/** How it must end: an error with this SQLSTATE by this guard, or nothing seen and nothing changed. */
export type Refused = { readonly code: string; readonly by: string };
export const NOTHING: Refused = { code: '00000', by: 'no rows' };

export type Attack = {
  readonly rule: string;
  readonly name: string;
  readonly refused: Refused;
  /** Acts, once `before` is done; `lawful` is true for the twin. */
  readonly perform: (trx: Queryable, stage: Stage, lawful: boolean) => Promise<Result>;
};
export type Result = Refused | 'through';

type Statements<Made> = (stage: Stage, made: Made) => Statement | readonly Statement[];

/**
 * One attack of the list, and its lawful twin: the same with only the attacked fact put right. Where `before`
 * or the actor makes that difference, the twin says the very words of the attack. `made` is what `before` returned.
 */
export function attack<Made = void>(
  rule: string,
  name: string,
  refused: Refused,
  about: {
    /** Done first, by lawful means and past every role. */
    before?: (trx: Queryable, stage: Stage, lawful: boolean) => Promise<Made>;
    /** The account that acts; nobody by default. */
    actor?: (stage: Stage, lawful: boolean, made: Made) => Signer;
    attack: Statements<Made>;
    twin?: Statements<Made>;
  },
): Attack {
  return {
    rule,
    name,
    refused,
    async perform(trx, stage, lawful) {
      const made = (await about.before?.(trx, stage, lawful)) as Made;
      const statements = [(lawful ? (about.twin ?? about.attack) : about.attack)(stage, made)].flat();
      const actor = about.actor?.(stage, lawful, made).accountId ?? '';
      await sql`SELECT set_config('app.actor_id', ${actor}, true), set_config('role', 'steadyhand_app', true)`.execute(
        trx,
      );
      return perform(trx, statements);
    },
  };
}

/** `23514`: a CHECK, or a rule that a trigger keeps. */
export const breaks = (by: string): Refused => ({ code: '23514', by });
/** `23503`: the row that would prove it does not exist. */
export const unproven = (by: string): Refused => ({ code: '23503', by });
/** `23505`: there is one already. */
export const twice = (by: string): Refused => ({ code: '23505', by });
/** `23P01`: two of them would overlap. */
export const overlaps = (by: string): Refused => ({ code: '23P01', by });
/** `42501`: the role may not, by grant or by row security. */
export const forbidden = (table: string): Refused => ({ code: '42501', by: table });

/** An INSERT of one row. */
export function insert(table: string, row: object): Statement {
  const entries = Object.entries(row as Record<string, unknown>).filter(([, value]) => value !== undefined);
  return sql`INSERT INTO ${sql.table(table)} (${sql.join(entries.map(([column]) => sql.ref(column)))})
    VALUES (${sql.join(entries.map(([, value]) => value))})`;
}

/** An UPDATE of the row with this id. */
export function update(table: string, id: string, row: object, key = 'id'): Statement {
  const changes = Object.entries(row as Record<string, unknown>).map(
    ([column, value]) => sql`${sql.ref(column)} = ${value}`,
  );
  return sql`UPDATE ${sql.table(table)} SET ${sql.join(changes)} WHERE ${sql.ref(key)} = ${id} RETURNING 1`;
}

/** A span of time as PostgreSQL reads it. */
export const during = (at: Temporal.Instant, minutes: number) => rangeValue(span(at, at.add({ minutes })));

/** Runs an attack, or its twin, as the application's role, and takes everything back. */
export async function run(
  trx: Queryable,
  stage: Stage,
  one: Attack,
  which: 'attack' | 'twin',
): Promise<Result> {
  await sql`SAVEPOINT attempt`.execute(trx);
  try {
    return await one.perform(trx, stage, which === 'twin');
  } finally {
    await sql`ROLLBACK TO SAVEPOINT attempt; RELEASE SAVEPOINT attempt`.execute(trx);
  }
}

async function perform(trx: Queryable, statements: readonly Statement[]): Promise<Result> {
  try {
    let touched = 0;
    for (const statement of statements) {
      const { rows, numAffectedRows } = await statement.execute(trx);
      touched = rows.length + Number(numAffectedRows ?? 0);
    }
    await sql`SET CONSTRAINTS ALL IMMEDIATE`.execute(trx);
    return touched === 0 ? NOTHING : 'through';
  } catch (error) {
    const said = databaseError(error);
    if (!said) throw error;
    // Refusals by privilege name no constraint: their message ends with the table.
    const last = /"?(\w+)"?$/.exec((error as Error).message)?.[1];
    return { code: said.code, by: said.constraint ?? last ?? '' };
  }
}
