import type { App } from './app.ts';
import { refreshDocument } from './domain/directory/refresh-document.ts';
import { notifiedEvents, notifyPatient } from './domain/notifications/notify.ts';
import { findDeliverable } from './domain/notifications/reads.ts';
import type { EventType } from './domain/shared/events.ts';

type Delivered = NonNullable<Awaited<ReturnType<typeof findDeliverable>>>;
type Subscriber = (app: App, event: Delivered) => Promise<void>;

const writeLetter: Subscriber = ({ db, config }, event) =>
  notifyPatient(db, config.publicUrl, { ...event, appointmentId: event.subjectId });

const refreshListing: Subscriber = ({ db }, event) => refreshDocument(db, event.subjectId);

/** Who hears of what. Every subscriber may hear twice, so each is harmless when run again. */
const subscribers: Partial<Record<EventType, readonly Subscriber[]>> = {
  ...Object.fromEntries(notifiedEvents.map((type) => [type, [writeLetter]])),
  'practitioner.profile_changed': [refreshListing],
  'practitioner.listed': [refreshListing],
  'practitioner.suspended': [refreshListing],
  'practitioner.lapsed': [refreshListing],
  'schedule.changed': [refreshListing],
};

/** The one fan-out: hands an event to everybody who hears of its type, one after the other. */
export async function deliverEvent(app: App, eventId: string): Promise<void> {
  const event = await findDeliverable(app.db, eventId);
  if (event === undefined) return;
  for (const subscriber of subscribers[event.type] ?? []) await subscriber(app, event);
}
