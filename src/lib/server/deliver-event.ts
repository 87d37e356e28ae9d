import type { App } from './app.ts';
import { copiedEvents, noticeVisit } from './domain/availability/external/sync-calendar.ts';
import { changingEvents, noticeChange } from './domain/directory/refresh-documents.ts';
import { notifyOfComplaint } from './domain/notifications/notify-complaint.ts';
import { notifyOfReview } from './domain/notifications/notify-review.ts';
import { notifyOfPhotos } from './domain/notifications/notify-photos.ts';
import { notifyOffer } from './domain/notifications/notify-offer.ts';
import { notifyOfAnswer } from './domain/notifications/notify-answered.ts';
import {
  applicationEvents,
  notifyApplicant,
  notifyOfStop,
  stoppingEvents,
} from './domain/notifications/notify-practitioner.ts';
import { notifyOfProfileChange } from './domain/notifications/notify-profile-change.ts';
import { notifiedEvents, notifyPatient } from './domain/notifications/notify.ts';
import { arrangingEvents, planReminders } from './domain/notifications/plan-reminders.ts';
import { keepingEvents, planReviewRequest } from './domain/notifications/plan-review-request.ts';
import { findDeliverable } from './domain/notifications/reads.ts';
import type { EventType } from './domain/shared/events.ts';
import { freeingEvents, noticeFreedTime } from './domain/waitlist/notice-freed-time.ts';

type Delivered = NonNullable<Awaited<ReturnType<typeof findDeliverable>>>;
type Subscriber = (app: App, event: Delivered) => Promise<void>;

const writeLetter: Subscriber = ({ db, config }, event) =>
  notifyPatient(db, config.publicUrl, { ...event, appointmentId: event.subjectId });

const planAhead: Subscriber = ({ db }, event) => planReminders(db, event.subjectId);

const refreshSearch: Subscriber = ({ db }, event) => noticeChange(db, event);

const writeOffer: Subscriber = ({ db, config }, event) => notifyOffer(db, config.publicUrl, event.subjectId);

const writeToApplicant: Subscriber = ({ db, config }, event) =>
  notifyApplicant(db, config.publicUrl, { ...event, caseId: event.subjectId });

const writeAboutStop: Subscriber = ({ db, config }, event) =>
  notifyOfStop(db, config.publicUrl, { ...event, practitionerId: event.subjectId });

const writeAboutAnswer: Subscriber = ({ db, config }, event) =>
  notifyOfAnswer(db, config.publicUrl, { ...event, contactId: event.subjectId });

const writeAboutProfile: Subscriber = ({ db, config }, event) =>
  notifyOfProfileChange(db, config.publicUrl, { ...event, changeId: event.subjectId });

const writeAboutComplaint: Subscriber = ({ db, config }, event) =>
  notifyOfComplaint(db, config.publicUrl, { ...event, complaintId: event.subjectId });

const writeAboutReview: Subscriber = ({ db, config }, event) =>
  notifyOfReview(db, config.publicUrl, { ...event, reviewId: event.subjectId });

const planToAsk: Subscriber = ({ db }, event) => planReviewRequest(db, event.subjectId);
const writeAboutPhotos: Subscriber = ({ db, config }, event) =>
  notifyOfPhotos(db, config.publicUrl, { ...event, treatmentId: event.subjectId });

const copyVisit: Subscriber = ({ db }, event) => noticeVisit(db, event.subjectId);

const offerFreed: Subscriber = ({ db }, event) => noticeFreedTime(db, event);

/** Who hears of what. Every subscriber may hear twice, so each is harmless when run again. */
const subscriptions: readonly (readonly [Subscriber, readonly EventType[]])[] = [
  [writeLetter, notifiedEvents],
  [planAhead, arrangingEvents],
  [refreshSearch, changingEvents],
  [offerFreed, freeingEvents],
  [copyVisit, copiedEvents],
  [writeOffer, ['waitlist.offered']],
  [writeToApplicant, applicationEvents],
  [writeAboutStop, stoppingEvents],
  [writeAboutAnswer, ['urgent_contact.acknowledged']],
  [writeAboutProfile, ['profile_change.decided']],
  [writeAboutComplaint, ['complaint.stepped']],
  [writeAboutReview, ['review.stepped']],
  [planToAsk, keepingEvents],
  [writeAboutPhotos, ['photos.asked']],
];

/** The one fan-out: hands an event to everybody who hears of its type, one after the other. */
export async function deliverEvent(app: App, eventId: string): Promise<void> {
  const event = await findDeliverable(app.db, eventId);
  if (event === undefined) return;
  for (const [subscriber, types] of subscriptions) {
    if (types.includes(event.type)) await subscriber(app, event);
  }
}
