import type { Db } from '#lib/server/platform/db.ts';
import { findReleases } from './register-queries.ts';

/** What was loaded of every register, a line each, for the operator. */
export async function readReleases(db: Db): Promise<string[]> {
  return (await findReleases(db)).map(
    ({ register, kind, asOf, state, fileName, entries, badRows }) =>
      `${register.padEnd(12)} ${asOf}  ${kind.padEnd(7)}  ${state.padEnd(10)}  ${entries} people, ${badRows} bad rows  ${fileName}`,
  );
}
