import type { Queryable } from '#lib/server/platform/db.ts';
import { findLookUp } from './register-queries.ts';
import type { Register } from './register-port.ts';

/** The registers that people read on their public pages: what the last reviewer who looked wrote down. */
export function recordedRegister(db: Queryable): Register {
  return {
    async read(register, number) {
      const found = await findLookUp(db, register, number);
      if (found === undefined) return null;
      const { id, found: isThere, readOn, status, ...facts } = found;
      return {
        asOf: readOn,
        at: { kind: 'look_up', lookUpId: id },
        entry:
          isThere && status !== null
            ? { ...facts, status, number, otherNames: [], registeredOn: null, endsOn: null }
            : null,
      };
    },
  };
}
