import { sql, type RawBuilder } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import { eventTypes, type EventPayload, type EventType } from './events.ts';

/** An event as its subscribers see it. */
export type DomainEvent<T extends EventType = EventType> = {
  readonly type: T;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly clinicId?: string | null;
  readonly payload: EventPayload<T>;
};

/**
 * Writes an event and queues its delivery in the caller's transaction: the outside world hears after commit, or never.
 * Deliveries of one subject run one after the other. `alongside` is one more row that is written in the same statement.
 */
export async function recordEvent<T extends EventType>(
  trx: Queryable,
  event: DomainEvent<T>,
  alongside?: RawBuilder<unknown> | null,
): Promise<void> {
  const payload = eventTypes[event.type].parse(event.payload);
  await sql`
    WITH ${alongside ? sql`alongside AS (${alongside}), ` : sql``}written AS (
      INSERT INTO event (type, subject_type, subject_id, clinic_id, payload)
      VALUES (${event.type}, ${event.subjectType}, ${event.subjectId}, ${event.clinicId ?? null}, ${JSON.stringify(payload)})
      RETURNING id, subject_id)
    SELECT enqueue('deliver_event', json_build_object('eventId', id), queue => 'subject:' || subject_id) FROM written`.execute(
    trx,
  );
}

/** Queues a job in the caller's transaction. A `key` replaces an equal job that is still waiting. */
export async function enqueue(
  trx: Queryable,
  task: string,
  payload: Readonly<Record<string, string>>,
  options: { key?: string; queue?: string; runAt?: Temporal.Instant } = {},
): Promise<void> {
  await sql`SELECT enqueue(${task}, ${JSON.stringify(payload)}::json, ${options.key ?? null}, ${options.queue ?? null}, ${options.runAt ?? null}::timestamptz)`.execute(
    trx,
  );
}
