import type { Queryable } from '#lib/server/platform/db.ts';
import { findCurrent, findEntry } from './register-queries.ts';
import type { Register } from './register-port.ts';

/** The registers whose files were loaded: what is in none of the current releases is not in the register. */
export function fileRegister(db: Queryable): Register {
  return {
    async read(register, number) {
      const [newest] = await findCurrent(db, register);
      if (newest === undefined) return null;
      const found = await findEntry(db, register, number);
      if (found === undefined)
        return { asOf: newest.asOf, at: { kind: 'file', releaseId: newest.id }, entry: null };
      const { releaseId: _, ...entry } = found;
      // Changes say of whom they do not name that nothing has changed.
      return { asOf: newest.asOf, at: { kind: 'file', releaseId: newest.id }, entry };
    },
  };
}
