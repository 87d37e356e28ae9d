import type { Db } from '#lib/server/platform/db.ts';
import { system } from '../shared/actor.ts';
import type { EventType } from '../shared/events.ts';
import type { Letter, LetterLink } from '../shared/letter.ts';
import { transact } from '../shared/transact.ts';
import {
  forAccounts,
  whenAndWhere,
  writeAppointmentLetters,
  type AppointmentLetter,
  type Told,
} from './appointment-letter.ts';

/** Which events a patient hears of by mail, and in which words. Subjects and texts name no treatment (P4). */
export const appointmentLetters: Partial<Record<EventType, AppointmentLetter>> = {
  'appointment.confirmed': {
    kind: 'appointment_confirmed',
    subject: 'Your appointment is confirmed',
    calendar: 'REQUEST',
    words: (told) => ({
      opening: [`${told.yourVisit} with ${told.who} is confirmed.`],
      facts: [
        ...(whenAndWhere(told) ?? []),
        ...(told.fee === null ? [] : [{ name: 'It costs', value: told.fee.costs }]),
      ],
      more: [
        ...(told.fee === null ? [] : [told.fee.promise]),
        'Please bring photo identification and a list of your medicines. Part of the visit is just you and the practitioner; you may ask for a chaperone. You may decide on nothing, and that is a good outcome too.',
      ],
      action: forAccounts(told, {
        text: told.isForCarer
          ? 'Change or cancel it'
          : 'Change or cancel it, and answer the questions before your visit',
        href: told.myCare,
      }),
    }),
  },
  'appointment.moved': {
    kind: 'appointment_moved',
    subject: 'Your appointment has a new time',
    calendar: 'REQUEST',
    words: (told) => ({
      opening: [
        told.payload.by === 'practice'
          ? `the clinic had to change the time of ${told.yourVisit}. We are sorry. It is now with ${told.who}:`
          : `${told.yourVisit} with ${told.who} is now:`,
      ],
      facts: whenAndWhere(told),
      ...(told.payload.by === 'practice'
        ? {
            more: [
              `If that does not suit you, choose another time or cancel, however late it is, or call ${told.phone}.`,
            ],
            action: forAccounts(told, { text: 'Choose another time, or cancel', href: told.myCare }),
          }
        : { action: forAccounts(told, { text: 'See your appointment', href: told.myCare }) }),
    }),
  },
  'appointment.rebooked': {
    kind: 'appointment_rebooked',
    subject: 'Your appointment has a new time',
    calendar: 'REQUEST',
    words: (told) => ({
      opening: [
        told.payload.by === 'practice'
          ? `the clinic had to change ${told.yourVisit}. We are sorry. It is now with ${told.who}:`
          : `${told.yourVisit} is now with ${told.who}:`,
      ],
      facts: whenAndWhere(told),
      more: ['It takes the place of the one you had.'],
      action: forAccounts(told, { text: 'Change or cancel it', href: told.myCare }),
    }),
  },
  'appointment.cancelled': {
    kind: 'appointment_cancelled',
    subject: 'Your appointment is cancelled',
    calendar: 'CANCEL',
    words: (told) =>
      told.payload.by === 'practice'
        ? {
            opening: [
              `that time is no longer available: ${told.yourVisit} with ${told.who} on ${told.when} cannot take place. We are sorry.`,
              `Nothing is owed. Choose another free time, or call ${told.phone}.`,
            ],
            action: { text: 'Choose another free time', href: told.times },
            links: linksOf(
              forAccounts(told, {
                text: told.isForCarer ? 'Everybody whom you help' : 'Everything about your visits',
                href: told.myCare,
              }),
            ),
          }
        : {
            opening: [
              `${told.yourVisit} with ${told.who} on ${told.when} is cancelled. There is nothing more to do.`,
            ],
            links: linksOf(forAccounts(told, { text: 'Find another time, if you like', href: told.myCare })),
          },
  },
  'appointment.running_late': {
    kind: 'appointment_running_late',
    subject: 'About your appointment today',
    words: (told) => ({
      opening: [
        `${told.who} is running about ${told.payload.minutes} minutes late today. That is why ${told.yourVisit} (${told.when}) will probably begin that much later. We are sorry.`,
        'Come at your usual time or a little later, as you like: nobody marks you as missing for it. If it no longer suits you, change it to another time, even today.',
      ],
      action: forAccounts(told, { text: 'Change it to another time', href: told.move }),
      after: [`Questions: ${told.phone}`],
    }),
  },
  'appointment.on_time': {
    kind: 'appointment_on_time',
    subject: 'About your appointment today',
    words: ({ yourVisit, when, who, phone }) => ({
      opening: [
        `${who} is on time again: please come to ${yourVisit} at the time that was booked, ${when}.`,
        `Questions: ${phone}`,
      ],
    }),
  },
  'appointment.no_show': {
    kind: 'appointment_missed',
    subject: 'About your appointment',
    words: (told) =>
      told.payload.by === 'practitioner'
        ? {
            opening: [
              `you told us that ${told.who} was not there for ${told.yourVisit} on ${told.when}. We are sorry. It is noted, and nothing counts against you.`,
              `Choose another time, or call ${told.phone}.`,
            ],
            action: { text: 'Choose another time', href: told.times },
          }
        : missed(
            told,
            `it is noted that you did not come to ${told.yourVisit} with ${told.who} on ${told.when}.`,
          ),
  },
  'appointment.left_unseen': {
    kind: 'appointment_missed',
    subject: 'About your appointment',
    words: (told) =>
      missed(told, `it is noted that you left on ${told.when} before ${told.who} could see you.`),
  },
  'appointment.corrected': {
    kind: 'appointment_corrected',
    subject: 'About what you told us',
    words: (told) => ({
      opening: [
        `the note about ${told.yourVisit} with ${told.who} on ${told.when} has been looked at again.`,
      ],
      action: forAccounts(told, { text: 'What was found, and why', href: told.myCare }),
    }),
  },
  'appointment.paused': {
    kind: 'appointment_paused',
    subject: 'About your appointment',
    words: (told) => ({
      opening: [
        `${told.who} can’t see patients through Steadyhand at the moment, so ${told.yourVisit} on ${told.when} is on hold. This does not mean anything is wrong with care you have had.`,
        `If it cannot take place we tell you at least 24 hours before. Questions: ${told.phone}`,
      ],
      action: forAccounts(told, { text: 'See your appointment', href: told.myCare }),
    }),
  },
  'appointment.resumed': {
    kind: 'appointment_resumed',
    subject: 'Your appointment is going ahead',
    words: (told) => ({
      opening: [`${told.yourVisit} with ${told.who} is going ahead after all:`],
      facts: whenAndWhere(told),
      action: forAccounts(told, { text: 'Change or cancel it', href: told.myCare }),
    }),
  },
  'appointment.help_changed': {
    kind: 'appointment_help_changed',
    subject: 'How to get help after your visit',
    words: (told) => ({
      opening: [
        `${told.who} can’t see patients through Steadyhand at the moment. This does not mean anything is wrong with care you have had.`,
        `If something does not feel right, ${told.hasAccount ? 'open your page first, or ' : ''}call ${told.phone}. In an emergency call the emergency services.`,
      ],
      action: forAccounts(told, { text: 'Open your page', href: told.myCare }),
    }),
  },
  'appointment.practice_ended': {
    kind: 'appointment_practice_ended',
    subject: 'About your record',
    words: (told) => ({
      opening: [
        `${told.who} no longer sees patients through Steadyhand. This does not mean anything is wrong with care you have had.`,
        `Your record is kept for you by ${told.records}. What you can read here stays here.`,
        told.cover === ''
          ? `If something does not feel right, call ${told.phone}. In an emergency call the emergency services.`
          : `If something does not feel right, ${told.cover}, is there for you. In an emergency call the emergency services.`,
      ],
      action: forAccounts(told, { text: 'Read what is here', href: told.myCare }),
    }),
  },
  'consultation.signed': {
    kind: 'consultation_signed',
    subject: 'Your consultation summary',
    words: (told) => ({
      opening: [`what you talked about with ${told.who} is written down for you to read in your own time.`],
      action: forAccounts(told, { text: 'Read it', href: told.myCare }),
    }),
  },
  'treatment.signed': {
    kind: 'treatment_signed',
    subject: 'After your visit',
    words: (told) => ({
      opening: [
        `your record of the visit to ${told.who} on ${told.when}, and what to expect, ${told.hasAccount ? 'is on your page' : 'is kept for you at the clinic'}.`,
      ],
      action: forAccounts(told, { text: 'Read it', href: told.myCare }),
      after: [
        `If something does not feel right, ${told.hasAccount ? 'open that page first, or ' : ''}call ${told.phone}. In an emergency call the emergency services.`,
      ],
    }),
  },
};

/** What is noted about a visit that did not take place, and how it is put right. */
function missed(told: Told, noted: string): Omit<Letter, 'subject'> {
  return {
    opening: [noted, 'If that is not how it was, say so within 14 days: somebody else looks at it.'],
    action: forAccounts(told, { text: 'Say how it was, or choose another time', href: told.visitPage }),
    after: [`To say so by telephone, or with questions: ${told.phone}`],
  };
}

function linksOf(link: LetterLink | undefined): LetterLink[] {
  return link === undefined ? [] : [link];
}

/** Event types with a letter. */
export const notifiedEvents = Object.keys(appointmentLetters) as EventType[];

/** Of when and where, carers hear as well; of what came of a visit they never do. */
export const lettersForCarers: readonly EventType[] = [
  'appointment.confirmed',
  'appointment.moved',
  'appointment.rebooked',
  'appointment.cancelled',
  'appointment.running_late',
  'appointment.on_time',
  'appointment.paused',
  'appointment.resumed',
];

/** Writes the patient's letter about an event of an appointment; once per event, however often it is delivered. */
export async function notifyPatient(
  db: Db,
  publicUrl: URL,
  event: { id: string; type: EventType; appointmentId: string; payload: Told['payload'] },
): Promise<void> {
  const letter = appointmentLetters[event.type];
  if (letter === undefined) return;
  await transact(db, system, async (trx) => {
    await writeAppointmentLetters(trx, publicUrl, letter, {
      key: `event:${event.id}`,
      eventId: event.id,
      appointmentId: event.appointmentId,
      payload: event.payload,
      isForCarers: lettersForCarers.includes(event.type),
    });
  });
}
