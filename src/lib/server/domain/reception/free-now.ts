import type { Trx } from '#lib/server/platform/db.ts';
import { forWalkIn, loadCalendars, slotsIn } from '../availability/calendar.ts';
import { asksForTwice } from '../booking/appointment.ts';
import { localDate } from '../shared/dates.ts';
import type { Desk } from './access.ts';
import { findDeskPractices, type DeskPractice } from './queries.ts';

export interface FreeNow {
  practice: DeskPractice;
  start: Temporal.Instant;
  /** At the next whole minute; otherwise later today. */
  isNow: boolean;
}

/** Who at this desk's clinics can see somebody today without an appointment, the first free first. Three queries. */
export async function findFreeNow(trx: Trx, desk: Desk, needs: readonly string[] = []): Promise<FreeNow[]> {
  const practices = await findDeskPractices(trx, desk.clinicIds);
  const today = localDate(desk.now, desk.timeZone);
  const dates = { from: today, to: today };
  const practitionerIds = [...new Set(practices.map(({ practitionerId }) => practitionerId))];
  const doubleLength = asksForTwice(needs);
  const calendars = await loadCalendars(trx, { practitionerIds }, 'consultation', dates, { doubleLength });
  const soon = desk.now.add({ minutes: 1 });
  return calendars
    .flatMap((calendar): FreeNow[] => {
      const practice = practices.find(
        ({ practitionerId, locationId }) =>
          practitionerId === calendar.practitionerId && locationId === calendar.locationId,
      );
      const [slot] = slotsIn(forWalkIn(calendar), dates, { limit: 1 });
      if (practice === undefined || slot === undefined) return [];
      return [{ practice, start: slot.start, isNow: Temporal.Instant.compare(slot.start, soon) <= 0 }];
    })
    .sort((a, b) => Temporal.Instant.compare(a.start, b.start));
}
