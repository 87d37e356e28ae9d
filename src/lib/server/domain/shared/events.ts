import { z } from 'zod';

const ids = <Shape extends z.ZodRawShape>(shape: Shape) => z.strictObject(shape);

/**
 * The catalogue: what may happen, for the rest of the system. Payloads hold ids and codes, never personal data.
 * Documented in docs/events.md; delivered at least once, in order per subject.
 */
export const eventTypes = {
  'account.registered': ids({}),
  'account.address_verified': ids({}),
  'account.password_reset': ids({}),
  'appointment.held': ids({}),
  'appointment.confirmed': ids({}),
  'appointment.imported': ids({}),
  'appointment.moved': ids({ from: z.string(), by: z.enum(['patient', 'practice']) }),
  'appointment.replaced': ids({ successorId: z.string() }),
  'appointment.rebooked': ids({ from: z.string(), by: z.enum(['patient', 'practice']) }),
  'appointment.cancelled': ids({ by: z.enum(['patient', 'practice', 'system']) }),
  'appointment.paused': ids({}),
  'appointment.resumed': ids({}),
  'appointment.help_changed': ids({}),
  'appointment.practice_ended': ids({}),
  'appointment.arrived': ids({}),
  'appointment.started': ids({}),
  'appointment.completed': ids({}),
  'appointment.stopped': ids({}),
  'appointment.running_late': ids({ minutes: z.string() }),
  'appointment.on_time': ids({}),
  'appointment.word_given': ids({ word: z.enum(['will_come', 'late']) }),
  'appointment.appealed': ids({}),
  'appointment.corrected': ids({
    finding: z.enum(['was_kept', 'cancelled_in_time', 'clinic_fault', 'stands']),
  }),
  'appointment.no_show': ids({ by: z.enum(['patient', 'practitioner']) }),
  'appointment.left_unseen': ids({}),
  'health_answers.changed': ids({}),
  'consultation.signed': ids({ outcome: z.enum(['suitable', 'not_suitable', 'defer', 'refer']) }),
  'prescription.issued': ids({}),
  'prescription.cancelled': ids({}),
  'photos.asked': ids({}),
  'consent.given': ids({}),
  'consent.withdrawn': ids({}),
  'treatment.signed': ids({}),
  'deviation.recorded': ids({ kind: z.string() }),
  'follow_up.recorded': ids({}),
  'urgent_contact.received': ids({}),
  'urgent_contact.climbed': ids({ to: z.enum(['prescriber', 'cover', 'operator']) }),
  'urgent_contact.acknowledged': ids({}),
  'adverse_event.told': ids({ serious: z.enum(['yes', 'no']) }),
  'adverse_event.stepped': ids({
    step: z.enum(['managed', 'talked', 'reported', 'closed', 'addendum']),
  }),
  'episode.closed': ids({}),
  'application.submitted': ids({}),
  'application.decided': ids({ approved: z.enum(['yes', 'no']) }),
  'practitioner.profile_changed': ids({}),
  'profile_change.decided': ids({}),
  'practitioner.listed': ids({}),
  'practitioner.suspended': ids({}),
  'practitioner.lapsed': ids({}),
  'practitioner.ended': ids({}),
  // The time of a closure that is gone, and where; other changes of hours name none.
  'schedule.changed': ids({
    freedFrom: z.string().optional(),
    freedUntil: z.string().optional(),
    locationId: z.string().optional(),
  }),
  'waitlist.offered': ids({}),
  'supervision.accepted': ids({}),
  'supervision.ended': ids({}),
  'complaint.stepped': ids({
    step: z.enum([
      'made',
      'acknowledged',
      'answered',
      'not_acknowledged',
      'not_answered',
      'taken_further',
      'triaged',
      'assigned',
      'proposed',
      'returned',
      'closed',
      'settled',
      'withdrawn',
    ]),
  }),
  'review.stepped': ids({
    step: z.enum([
      'written',
      'published',
      'returned',
      'reworded',
      'proposed',
      'refused',
      'withdrawn',
      'replied',
      'reply_published',
      'reply_returned',
    ]),
  }),
} as const;

export type EventType = keyof typeof eventTypes;
export type EventPayload<T extends EventType> = z.infer<(typeof eventTypes)[T]>;
