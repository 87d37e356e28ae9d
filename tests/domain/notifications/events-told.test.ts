import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { eventTypes, type EventType } from '#lib/server/domain/shared/events.ts';
import { LETTER_KINDS, type LetterKind } from '#lib/server/domain/shared/letter-kinds.ts';
import { appointmentLetters } from '#lib/server/domain/notifications/notify.ts';

/** Who hears of what by letter; of what nobody does, the reason. */
const TOLD: Readonly<Record<EventType, { by: readonly LetterKind[] } | { nobody: string }>> = {
  'account.registered': { by: ['account_verify', 'account_taken'] },
  'account.address_verified': { nobody: 'their own press, which the page answers' },
  'account.password_reset': { by: ['account_changed'] },
  'account.password_changed': { by: ['account_changed'] },
  'account.address_changed': { by: ['account_changed'] },
  'account.address_change_undone': { by: ['account_reset'] },
  'account.factors_changed': { by: ['account_changed'] },
  'account.recovery_stepped': { by: ['account_changed', 'account_reset'] },
  'erasure.stepped': { by: ['account_forgetting'] },
  'clinic.member_invited': { by: ['clinic_member_invited'] },
  'clinic.member_joined': { nobody: 'their own press, which the page answers' },
  'clinic.member_ended': { by: ['clinic_member_ended'] },
  'appointment.held': { nobody: 'a time is kept for minutes, before there is a name' },
  'appointment.confirmed': { by: ['appointment_confirmed'] },
  'appointment.imported': { nobody: 'the clinic has arranged it with them before; reminders follow' },
  'appointment.moved': { by: ['appointment_moved'] },
  'appointment.replaced': { nobody: 'the letter about the visit that takes its place says so' },
  'appointment.rebooked': { by: ['appointment_rebooked'] },
  'appointment.running_late': { by: ['appointment_running_late'] },
  'appointment.on_time': { by: ['appointment_on_time'] },
  'appointment.word_given': { nobody: 'stands in the diary of who expects them' },
  'appointment.appealed': { nobody: 'waits in the list of who decides it' },
  'appointment.corrected': { by: ['appointment_corrected'] },
  'appointment.cancelled': { by: ['appointment_cancelled'] },
  'appointment.paused': { by: ['appointment_paused'] },
  'appointment.resumed': { by: ['appointment_resumed'] },
  'appointment.help_changed': { by: ['appointment_help_changed'] },
  'appointment.practice_ended': { by: ['appointment_practice_ended'] },
  'appointment.arrived': { nobody: 'they are there' },
  'appointment.started': { nobody: 'they are there' },
  'appointment.completed': { nobody: 'what was signed has letters of its own' },
  'appointment.stopped': { nobody: 'what was signed has letters of its own' },
  'appointment.no_show': { by: ['appointment_missed'] },
  'appointment.left_unseen': { by: ['appointment_missed'] },
  'health_answers.changed': {
    nobody: 'waits at the desk of who prescribes; no letter says anything of health',
  },
  'health_answers.confirmed': { nobody: 'their own press, which the page answers' },
  'consultation.signed': { by: ['consultation_signed'] },
  'prescription.issued': { nobody: 'stands in the summary; no letter names one' },
  'prescription.cancelled': { nobody: 'stands in the record; a visit that falls with it has a letter' },
  'consent.given': { nobody: 'their own press, which the page answers' },
  'consent.withdrawn': { nobody: 'their own press; a visit that falls with it has a letter' },
  'treatment.signed': { by: ['treatment_signed'] },
  'deviation.recorded': {
    nobody: 'waits at the desk of who prescribed; no letter says anything of a treatment',
  },
  'follow_up.recorded': { nobody: 'they were there; it stands in the record' },
  'urgent_contact.received': { by: ['urgent_contact'] },
  'urgent_contact.acknowledged': { by: ['urgent_answered'] },
  'episode.closed': { nobody: 'their own press, which the page answers' },
  'application.submitted': { by: ['application_submitted'] },
  'application.decided': { by: ['application_decided'] },
  'practitioner.profile_changed': { nobody: 'their own press, which the page answers' },
  'profile_change.decided': { by: ['profile_change_decided'] },
  'practitioner.listed': { nobody: 'the decision, or the supervisor’s yes, has a letter' },
  'practitioner.suspended': { by: ['listing_stopped'] },
  'practitioner.lapsed': { by: ['listing_stopped'] },
  'practitioner.ended': { nobody: 'they said so, or cannot read it; patients hear of it by their visits' },
  'schedule.changed': { nobody: 'their own press, which the page answers' },
  'waitlist.offered': { by: ['waitlist_offer'] },
  'supervision.accepted': { by: ['supervision_accepted'] },
  'supervision.ended': { by: ['supervision_ended'] },
  'photos.asked': { by: ['photos_asked'] },
  'complaint.stepped': { by: ['complaint_stepped'] },
  'review.stepped': { by: ['review_stepped'] },
  'urgent_contact.climbed': { by: ['urgent_climbed'] },
  'adverse_event.told': { by: ['adverse_event_told'] },
  'adverse_event.stepped': {
    nobody: 'stands on the page of each who may read it; the first letter leads there',
  },
  'batch.put_aside': { nobody: 'the start of a treatment is refused, and says so' },
  'batch.let_go': { nobody: 'the batch can be used again, where it is asked for' },
  'recall.proposed': { nobody: 'waits for a second operator on their page' },
  'recall.confirmed': { by: ['recall'] },
  'recall.withdrawn': { nobody: 'nobody was told of what was only proposed' },
  'safety_case.opened': { by: ['safety_case'] },
  'safety_case.closed': { nobody: 'stands in the list of who opened it' },
};

/** Letters that no event begins. */
const BY_THE_CLOCK_OR_BESIDE: Readonly<Partial<Record<LetterKind, string>>> = {
  reminder_week: 'by the clock',
  reminder_two_days: 'by the clock',
  reminder_last: 'by the clock',
  review_request: 'by the clock',
  day_sheet: 'by the clock',
  listing_ending: 'by the clock',
  account_forgetting: 'beside what was asked for',
  carer_invited: 'beside the invitation',
  record_opened: 'beside the reading',
  supervision_asked: 'beside the question',
  calendar_put_back: 'beside the copy into the other calendar',
};

it('of every event somebody hears by letter, or there is a reason why not', () => {
  expect(Object.keys(TOLD).toSorted()).toEqual(Object.keys(eventTypes).toSorted());
});

it('every letter there is belongs to an event, or comes by the clock, or stands beside what it tells', () => {
  const told = new Set([
    ...Object.values(TOLD).flatMap((one) => ('by' in one ? one.by : [])),
    ...Object.keys(BY_THE_CLOCK_OR_BESIDE),
  ]);
  expect([...told].toSorted()).toEqual([...LETTER_KINDS].toSorted());
});

it('has a letter for each visit’s event that is told to a patient, of that kind', () => {
  for (const [type, letter] of Object.entries(appointmentLetters))
    expect([type, TOLD[type as EventType]]).toEqual([type, { by: [letter.kind] }]);
});

it('stands in docs/events.md as it is', () => {
  const lines = readFileSync('docs/events.md', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  expect(lines.map(([, event, , told]) => [event, told])).toEqual(
    lines.map(([, event = '']) => {
      const about = TOLD[event.replaceAll('`', '') as EventType];
      return [
        event,
        'by' in about ? about.by.map((kind) => `\`${kind}\``).join(', ') : `nobody: ${about.nobody}`,
      ];
    }),
  );
  expect(lines).toHaveLength(Object.keys(eventTypes).length);
});
