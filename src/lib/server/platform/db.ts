import { AsyncLocalStorage } from 'node:async_hooks';
import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import pg from 'pg';
import type { DB } from '#db/schema.ts';
import { formatInstantRange, parseInstant, parseInstantRange, type InstantRange } from './instants.ts';

export type Db = Kysely<DB>;
export type Trx = Transaction<DB>;
/** Where a query may run: a pool, or inside a transaction. */
export type Queryable = Db | Trx;

const TIMESTAMPTZ = 1184;
const TSTZRANGE = 3910;
const DATE = 1082;
const NUMERIC = 1700;
const BIGINT = 20;

/** One set of parsers: instants and ranges become Temporal, dates stay ISO text, our numerics fit a double. */
const parsers = new Map<number, (text: string) => unknown>([
  [TIMESTAMPTZ, parseInstant],
  [TSTZRANGE, parseInstantRange],
  [DATE, (text) => text],
  [NUMERIC, Number],
  [BIGINT, Number],
]);
const types = {
  getTypeParser: (oid: number, format: 'text' | 'binary') =>
    parsers.get(oid) ??
    (pg.types.getTypeParser as (oid: number, format: string) => (text: string) => unknown)(oid, format),
} as unknown as pg.CustomTypesConfig;

// pg asks a parameter object for toPostgres(); without it an instant would be bound as quoted JSON.
Object.defineProperty(Temporal.Instant.prototype, 'toPostgres', {
  // npm start holds this module twice: as source in the worker, and in the built pages.
  configurable: true,
  value(this: Temporal.Instant) {
    return this.toString();
  },
});

/** More texts than our code has; a list that grows by the row would otherwise fill the memory of the server. */
const MOST_PREPARED = 1_000;
const names = new Map<string, string>();

function nameOf(text: string): string | undefined {
  let name = names.get(text);
  if (name === undefined && names.size < MOST_PREPARED) names.set(text, (name = `s${names.size}`));
  return name;
}

const beginning = new AsyncLocalStorage<string>();

/**
 * Prepares every statement that has parameters: to read and plan one takes longer than to run it. A transaction begins
 * and learns who acts in one round trip.
 */
class PreparingClient extends pg.Client {
  override query(...args: unknown[]): never {
    const [text, values, ...rest] = args;
    const query = super.query.bind(this) as (...args: unknown[]) => never;
    const actorId = text === 'begin' ? beginning.getStore() : undefined;
    if (actorId !== undefined)
      return query(`begin; SELECT set_config('app.actor_id', ${pg.escapeLiteral(actorId)}, true)`);
    const hasValues = typeof text === 'string' && Array.isArray(values) && values.length > 0;
    return hasValues ? query({ name: nameOf(text), text, values }, ...rest) : query(...args);
  }
}

/** One transaction in which row-level security knows the account that acts; '' where none does. */
export function transactionAs<T>(db: Db, actorId: string, work: (trx: Trx) => Promise<T>): Promise<T> {
  return beginning.run(actorId, () => db.transaction().execute((trx) => beginning.exit(() => work(trx))));
}

/**
 * A bounded pool on one role. `onError` hears of connections that break, whoever has them; queries report their own.
 * Two to four connections a core keep PostgreSQL busy without queueing inside it.
 */
export function openPool(url: string, options: { max: number; onError: (error: Error) => void }): pg.Pool {
  const pool = new pg.Pool({
    Client: PreparingClient,
    connectionString: url,
    max: options.max,
    connectionTimeoutMillis: 2_000,
    idleTimeoutMillis: 30_000,
    allowExitOnIdle: true,
    types,
    // To compile a query, or to start helpers for it, takes longer than to run any of ours.
    options:
      '-c jit=off -c max_parallel_workers_per_gather=0 -c timezone=UTC -c statement_timeout=5000 -c lock_timeout=2000 -c idle_in_transaction_session_timeout=10000',
  });
  // The pool tells of the idle ones alone: one that breaks while somebody has it would end the process.
  pool.on('connect', (client) => client.on('error', options.onError));
  pool.on('error', () => {});
  return pool;
}

/** Kysely over a pool. */
export function openDb(pool: pg.Pool): Db {
  return new Kysely<DB>({ dialect: new PostgresDialect({ pool }) });
}

/** A tstzrange value for an insert, update or comparison. */
export function rangeValue(range: InstantRange) {
  return sql<InstantRange>`${formatInstantRange(range)}::tstzrange`;
}

/** What PostgreSQL said, without its `detail`: that can hold a whole row. */
export type DatabaseError = { readonly code: string; readonly constraint: string | undefined };

/** The SQLSTATE and constraint of a driver error, or undefined for anything else. */
export function databaseError(error: unknown): DatabaseError | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  const constraint =
    'constraint' in error && typeof error.constraint === 'string' ? error.constraint : undefined;
  return { code: error.code, constraint };
}

/** SQLSTATEs of a session that was ended or never began, and what the system says of a socket. */
const CONNECTION_CODES =
  /^(08...|57P0[1-5]|25P0[34]|E(CONN.*|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH|AI_AGAIN))$/;
/** What pg, its pool and Kysely say of a connection that is gone: errors of theirs that bear no code. */
const CONNECTION_MESSAGES = new Set([
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
  'Postgres connection has been discarded',
]);

/** Whether there was no connection to the database, or it broke: whatever was asked last may or may not be done. */
export function isConnectionLost(error: unknown): boolean {
  const code = databaseError(error)?.code;
  if (code !== undefined) return CONNECTION_CODES.test(code);
  return error instanceof Error && CONNECTION_MESSAGES.has(error.message);
}

/** Time-outs, no connections, a full disk, circles and conflicts that came back too often. */
const BUSY_CODES = /^(57014|55P03|53...|40001|40P01)$/;

/** Whether the database could not do it now, and may in a moment: it is busy, full, or not there. */
export function isBusy(error: unknown): boolean {
  return isConnectionLost(error) || BUSY_CODES.test(databaseError(error)?.code ?? '');
}
