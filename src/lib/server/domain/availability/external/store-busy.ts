import type { Trx } from '#lib/server/platform/db.ts';
import { recordEvent } from '../../shared/record-event.ts';
import type { Range } from '../schedule.ts';
import { replaceBusy } from './queries.ts';

interface OfCalendar {
  calendarId: string;
  practitionerId: string;
}

/** Makes these the times that a calendar takes; nobody hears of it when they are the same as before. */
export async function storeBusy(trx: Trx, of: OfCalendar, busy: readonly Range[]): Promise<void> {
  if (await replaceBusy(trx, of, busy)) await tellScheduleChanged(trx, of.practitionerId);
}

export async function tellScheduleChanged(trx: Trx, practitionerId: string): Promise<void> {
  await recordEvent(trx, {
    type: 'schedule.changed',
    subjectType: 'practitioner',
    subjectId: practitionerId,
    payload: {},
  });
}
