import { sql } from 'kysely';
import type { Db } from '#lib/server/platform/db.ts';
import { formatCalendarDate } from '../shared/dates.ts';
import { bareCode, type Standing } from './words.ts';

const CODE = /^[0-9A-F]{20}$/;

/** How a printed prescription stands, its date and two initials. Everything that is no such code is unknown alike. */
export async function verifyPrescription(
  db: Db,
  typed: string,
): Promise<{ standing: Standing; issued: string; initials: string } | null> {
  const code = bareCode(typed);
  if (!CODE.test(code)) return null;
  const { rows } = await sql<{ state: Standing; issued_on: string; initials: string }>`
    SELECT state, issued_on, initials FROM verify_prescription(${code})`.execute(db);
  const [found] = rows;
  if (found === undefined) return null;
  return { standing: found.state, issued: formatCalendarDate(found.issued_on), initials: found.initials };
}
