import type { Db, Trx } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { ageOn, formatCalendarDate } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { auditReads, requireDesk, type Desk } from './access.ts';
import { findDeskPractices, findPeopleBornOn, type Person } from './queries.ts';

/** Somebody of the clinic as its desk reads them. */
export interface ShownPerson {
  id: string;
  name: string;
  born: string;
  /** What tells two of one name apart. */
  contact: string[];
}

export function shownPerson(person: Person): ShownPerson {
  return {
    id: person.id,
    name: `${person.givenName} ${person.familyName}`,
    born: formatCalendarDate(person.dateOfBirth),
    contact: [person.phone ?? '', person.email ?? '', person.postalAddress].filter((line) => line !== ''),
  };
}

/** The clinic's own patients born on this day. Who is under age is told so here, and nothing was kept (P1, P2). */
export async function findPeople(
  db: Db,
  actor: Actor,
  { dateOfBirth, name }: { dateOfBirth: string; name: string },
): Promise<{ dateOfBirth: string; born: string; people: ShownPerson[] }> {
  return transact(db, actor, async (trx) => {
    const desk = await requireDesk(trx, actor);
    const practices = await findDeskPractices(trx, desk.clinicIds);
    const isOfAge = ({ today, leastAge }: (typeof practices)[number]) =>
      ageOn(dateOfBirth, today) >= leastAge;
    if (!practices.some(isOfAge)) throw new Refusal('under_age', { field: 'dateOfBirth' });
    const found = await lookAlikes(trx, desk, { dateOfBirth, givenName: name, familyName: '' });
    return { dateOfBirth, born: formatCalendarDate(dateOfBirth), people: found.map(shownPerson) };
  });
}

/** Who may be the same person, each look noted. */
export async function lookAlikes(
  trx: Trx,
  desk: Desk,
  person: { dateOfBirth: string; givenName: string; familyName: string },
) {
  const { dateOfBirth } = person;
  const found = await findPeopleBornOn(trx, desk.clinicIds, {
    dateOfBirth,
    turned: turned(dateOfBirth),
    name: `${person.givenName} ${person.familyName}`.trim(),
  });
  await auditReads(
    trx,
    'person.found_at_desk',
    desk,
    found.map(({ id }) => id),
  );
  return found;
}

/** 3 December for 12 March: the commonest slip with a date. Null where there is no such day. */
function turned(date: string): string | null {
  const [year, month, day] = date.split('-');
  return Number(day) <= 12 && day !== month ? `${year}-${day}-${month}` : null;
}
