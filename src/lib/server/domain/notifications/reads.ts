import type { Db } from '#lib/server/platform/db.ts';
import type { EventType } from '../shared/events.ts';
import { findEvent } from './queries.ts';

/** An event to be delivered, by id. */
export async function findDeliverable(
  db: Db,
  eventId: string,
): Promise<
  { id: string; type: EventType; subjectId: string; payload: Readonly<Record<string, string>> } | undefined
> {
  const event = await findEvent(db, eventId);
  return (
    event && {
      id: event.id,
      type: event.type as EventType,
      subjectId: event.subject_id,
      payload: event.payload as Record<string, string>,
    }
  );
}
