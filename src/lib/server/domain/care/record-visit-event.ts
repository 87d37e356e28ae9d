import type { Trx } from '#lib/server/platform/db.ts';
import type { EventPayload, EventType } from '../shared/events.ts';
import { recordEvent } from '../shared/record-event.ts';

/** Something that happened at a visit; its subject is the appointment, whatever was signed there. */
export function recordVisitEvent<T extends EventType>(
  trx: Trx,
  visit: { id: string; clinicId: string },
  type: T,
  payload: EventPayload<T>,
): Promise<void> {
  return recordEvent(trx, {
    type,
    subjectType: 'appointment',
    subjectId: visit.id,
    clinicId: visit.clinicId,
    payload,
  });
}
