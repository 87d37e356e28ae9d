import type { Db } from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { formatDate } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { findPrescribers, findTogether, findWorkplaces } from './page-queries.ts';

const FOUND_SHOWN = 10;
const USUAL_DAYS = 365;

/** With whom a practitioner works, who has been asked, and whom they could ask. `asked`: a name to look for, and where. */
export async function readTogether(
  db: Db,
  actor: Actor,
  asked: { name: string; jurisdiction: string | null },
) {
  const accountId = accountOf(actor);
  const workplaces = accountId === null ? [] : await findWorkplaces(db, accountId);
  const [first] = workplaces;
  if (first === undefined) throw new Refusal('not_found');
  const where = workplaces.find(({ jurisdiction }) => jurisdiction === asked.jurisdiction) ?? first;
  const together = (await findTogether(db, first.practitionerId)).map(({ from, until, ...one }) => ({
    ...one,
    from: from && formatDate(from, 'UTC'),
    // It counts to the end of the day before.
    until: until && formatDate(until.subtract({ hours: 1 }), 'UTC'),
  }));
  return {
    workplaces: workplaces.map(({ jurisdiction, place, prescribes }) => ({
      jurisdiction,
      place,
      prescribes,
    })),
    where: { jurisdiction: where.jurisdiction, place: where.place, prescribes: where.prescribes },
    questions: together.filter(({ isLive }) => !isLive),
    live: together.filter(({ isLive }) => isLive),
    found:
      where.prescribes || asked.name === ''
        ? []
        : await findPrescribers(db, where.jurisdiction, asked.name, FOUND_SHOWN),
    usualEnd: Temporal.PlainDate.from(first.today).add({ days: USUAL_DAYS }).toString(),
  };
}
