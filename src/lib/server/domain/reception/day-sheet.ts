import type { Db } from '#lib/server/platform/db.ts';
import { span } from '#lib/server/platform/instants.ts';
import { recordPatientAudits } from '../audit/record-audit.ts';
import { wordInWords } from '../booking/give-word.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { formatCalendarDate, formatCalendarDay, formatTime, formatZone, localDate } from '../shared/dates.ts';
import { dayIn } from '../shared/days.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import {
  findDeskClinics,
  findOwnClock,
  findVisitsBetween,
  findVisitsWith,
  type VisitRow,
} from './queries.ts';
import { KIND_WORDS } from './reads.ts';

/**
 * A day on paper: at a desk everybody who comes to its clinics, for a practitioner their own visits. Names, times and how to
 * reach somebody; nothing of any record (P1). Each person on it is noted as read (P2).
 */
export async function readDaySheet(db: Db, actor: Actor, day: string | null) {
  return transact(db, actor, async (trx) => {
    const accountId = accountOf(actor);
    if (accountId === null) throw new Refusal('not_found');
    const clinics = await findDeskClinics(trx, accountId);
    const clock = clinics[0] ?? (await findOwnClock(trx, accountId));
    if (clock === undefined) throw new Refusal('not_found');
    const { timeZone } = clock;
    const today = Temporal.PlainDate.from(localDate(clock.now, timeZone));
    const date = dayIn(day) ?? today;
    const midnight = (of: Temporal.PlainDate) => of.toZonedDateTime(timeZone).toInstant();
    const window = span(midnight(date), midnight(date.add({ days: 1 })));
    const clinicIds = clinics.map(({ id }) => id);
    const found = [
      ...(clinicIds.length === 0 ? [] : await findVisitsBetween(trx, clinicIds, window)),
      ...(await findVisitsWith(trx, accountId, window)),
    ];
    const visits = [...new Map(found.map((visit) => [visit.id, visit])).values()].filter(
      ({ state }) => state !== 'cancelled',
    );
    await recordPatientAudits(
      trx,
      visits.map(({ patientId }) => patientId),
      { action: 'day_sheet.read', subjectType: 'account', subjectId: accountId },
    );
    return {
      date: date.toString(),
      day: formatCalendarDay(date.toString()),
      isToday: date.equals(today),
      previous: date.subtract({ days: 1 }).toString(),
      next: date.add({ days: 1 }).toString(),
      zone: formatZone(timeZone),
      practitioners: [...Map.groupBy(visits, ({ practitionerId }) => practitionerId)].map(([id, theirs]) => ({
        id,
        name: theirs[0]!.practitionerName,
        visits: theirs.map(lineOf),
      })),
    };
  });
}

function lineOf(visit: VisitRow) {
  return {
    id: visit.id,
    time: `${formatTime(visit.during.start!, visit.timeZone)} to ${formatTime(visit.during.end!, visit.timeZone)}`,
    who: visit.patientName,
    born: formatCalendarDate(visit.dateOfBirth),
    kind: visit.state === 'paused' ? `${KIND_WORDS[visit.kind]}, on hold` : KIND_WORDS[visit.kind],
    where: visit.locationName,
    phone: visit.phone,
    needs: visit.needs,
    word: visit.state === 'confirmed' ? wordInWords(visit) : '',
  };
}
