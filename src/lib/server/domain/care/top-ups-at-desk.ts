import { appNow } from '#lib/server/platform/clock.ts';
import type { Db, Trx } from '#lib/server/platform/db.ts';
import { auditReads, requireDesk, requirePerson } from '../reception/access.ts';
import type { Actor } from '../shared/actor.ts';
import { formatDay, formatDayTime, formatZone, localDate } from '../shared/dates.ts';
import { transact } from '../shared/transact.ts';
import { timesFor } from './my-times.ts';
import { findPlaces } from './patient-queries.ts';
import { findDeskTopUps, type DeskBar, type DeskTopUp } from './top-up-queries.ts';

/** Why no time can be taken now, in words that say nothing of a record. */
const BAR_WORDS: Readonly<Record<DeskBar, string>> = {
  booked: 'It is booked.',
  ended: 'The patient has ended this course of care. A new one begins with a consultation.',
  over: 'The time for it is over. A new consultation comes first.',
  prescriber_only:
    'Here only the prescriber gives one, and this was planned with somebody else. A new consultation comes first.',
  ask: 'Something is to be settled with the practitioner first. Please ask them.',
  not_reviewed: 'A review visit in person comes first. None has taken place since the treatment.',
};

/** What the desk may still do or see about top-ups of one person; those whose time is over are left out. */
export async function readTopUpsAtDesk(db: Db, actor: Actor, patientId: string) {
  return transact(db, actor, async (trx) => {
    const { found } = await openTopUps(trx, actor, patientId);
    return found.filter(({ bar }) => bar === null || bar === 'not_reviewed').map(shown);
  });
}

/** Free times for each top-up that may be booked now; for the others, why not. */
export async function readTopUpTimesAtDesk(db: Db, actor: Actor, patientId: string, fromDay: string | null) {
  const { person, found, now } = await transact(db, actor, async (trx) => {
    const { person, found } = await openTopUps(trx, actor, patientId);
    const withPlaces = [];
    for (const one of found) {
      const { injectorId: practitionerId, clinicId, jurisdiction } = one;
      const places =
        one.bar === null ? await findPlaces(trx, { practitionerId, clinicId, jurisdiction }) : [];
      withPlaces.push({ one, places });
    }
    return { person, found: withPlaces, now: await appNow(trx) };
  });
  const topUps = [];
  for (const { one, places } of found) {
    const { injectorId: practitionerId, timeZone, closesAt } = one;
    const opensAt = Temporal.Instant.compare(one.opensAt, now) > 0 ? one.opensAt : now;
    const isPossible = ({ end }: { end: Temporal.Instant }) => Temporal.Instant.compare(end, closesAt) <= 0;
    const wanted = {
      practitionerId,
      places,
      kind: 'treatment' as const,
      timeZone,
      opensAt,
      fromDay,
      isPossible,
    };
    const { laterFrom, places: withTimes } = await timesFor(db, wanted);
    const isLast = laterFrom > localDate(closesAt, timeZone);
    topUps.push({ ...shown(one), places: withTimes, laterFrom: isLast ? null : laterFrom });
  }
  return { patientId, patientName: `${person.givenName} ${person.familyName}`, topUps };
}

/** Noted as looked at, whatever is found (P2). */
async function openTopUps(trx: Trx, actor: Actor, patientId: string) {
  const desk = await requireDesk(trx, actor);
  const person = await requirePerson(trx, desk, patientId);
  const found = await findDeskTopUps(trx, patientId);
  if (found.length > 0) await auditReads(trx, 'top_up.read_at_desk', desk, [patientId]);
  return { person, found };
}

function shown(one: DeskTopUp) {
  const { treatmentId, injectorName, visitId, bar, timeZone } = one;
  return {
    treatmentId,
    injectorName,
    visitId,
    bar: bar && BAR_WORDS[bar],
    from: formatDay(one.opensAt, timeZone),
    until: formatDayTime(one.closesAt, timeZone),
    zone: formatZone(timeZone),
  };
}
