import type { Db } from '#lib/server/platform/db.ts';
import { system } from '../shared/actor.ts';
import type { EventType } from '../shared/events.ts';
import { transact } from '../shared/transact.ts';
import { writeAppointmentLetters, type AppointmentLetter, type Told } from './appointment-letter.ts';

/** Which events a patient hears of by mail, and in which words. Subjects and texts name no treatment (P4). */
const letters: Partial<Record<EventType, AppointmentLetter>> = {
  'appointment.confirmed': {
    subject: 'Your appointment is confirmed',
    calendar: 'REQUEST',
    lines: ({ visit, when, who, where, phone, myCare, isForCarer }) => [
      `your ${visit} with ${who} is confirmed:`,
      `${when}\n${where}\nTelephone: ${phone}`,
      'Please bring photo identification and a list of your medicines. Part of the visit is just you and the practitioner; you may ask for a chaperone. You may decide on nothing, and that is a good outcome too.',
      isForCarer
        ? `Change or cancel it here:\n${myCare}`
        : `Change or cancel it, and answer the questions before your visit, here:\n${myCare}`,
    ],
  },
  'appointment.moved': {
    subject: 'Your appointment has a new time',
    calendar: 'REQUEST',
    lines: ({ visit, when, who, where, phone, myCare, payload }) => [
      ...(payload.by === 'practice'
        ? [`the clinic had to change the time of your ${visit}. We are sorry. It is now with ${who}:`]
        : [`your ${visit} with ${who} is now:`]),
      `${when}\n${where}`,
      ...(payload.by === 'practice'
        ? [
            `If that does not suit you, choose another time or cancel, however late it is:\n${myCare}\nOr call ${phone}.`,
          ]
        : [`See it here:\n${myCare}`]),
    ],
  },
  'appointment.rebooked': {
    subject: 'Your appointment has a new time',
    calendar: 'REQUEST',
    lines: ({ visit, when, who, where, phone, myCare, payload }) => [
      payload.by === 'practice'
        ? `the clinic had to change your ${visit}. We are sorry. It is now with ${who}:`
        : `your ${visit} is now with ${who}:`,
      `${when}\n${where}\nTelephone: ${phone}`,
      `It takes the place of the one you had. Change or cancel it here:\n${myCare}`,
    ],
  },
  'appointment.cancelled': {
    subject: 'Your appointment is cancelled',
    calendar: 'CANCEL',
    lines: ({ visit, when, who, phone, myCare, times, payload }) =>
      payload.by === 'practice'
        ? [
            `that time is no longer available: your ${visit} with ${who} on ${when} cannot take place. We are sorry.`,
            `Choose another free time here:\n${times}`,
            `Or call ${phone}. Nothing is owed. Everything about your visits is here:\n${myCare}`,
          ]
        : [
            `your ${visit} with ${who} on ${when} is cancelled. There is nothing more to do.`,
            `Find another time here, if you like:\n${myCare}`,
          ],
  },
  'appointment.running_late': {
    subject: 'About your appointment today',
    lines: ({ visit, when, who, phone, move, payload }) => [
      `${who} is running about ${payload.minutes} minutes late today. Your ${visit} (${when}) will probably begin that much later. We are sorry.`,
      `Come at your usual time or a little later, as you like: nobody marks you as missing for it. If it no longer suits you, change it to another time, even today:\n${move}`,
      `Questions: ${phone}`,
    ],
  },
  'appointment.on_time': {
    subject: 'About your appointment today',
    lines: ({ visit, when, who, phone }) => [
      `${who} is on time again: please come to your ${visit} at the time you booked, ${when}.`,
      `Questions: ${phone}`,
    ],
  },
  'appointment.corrected': {
    subject: 'About what you told us',
    lines: ({ visit, when, who, myCare }) => [
      `the note about your ${visit} with ${who} on ${when} has been looked at again. What was found, and why, is here:\n${myCare}`,
    ],
  },
  'appointment.paused': {
    subject: 'About your appointment',
    lines: ({ visit, when, who, phone, myCare }) => [
      `${who} can’t see patients through Steadyhand at the moment, so your ${visit} on ${when} is on hold. This does not mean anything is wrong with care you have had.`,
      `If it cannot take place we tell you at least 24 hours before. Questions: ${phone}, or here:\n${myCare}`,
    ],
  },
  'appointment.resumed': {
    subject: 'Your appointment is going ahead',
    lines: ({ visit, when, who, where, myCare }) => [
      `your ${visit} with ${who} is going ahead after all:`,
      `${when}\n${where}`,
      `Change or cancel it here:\n${myCare}`,
    ],
  },
  'appointment.help_changed': {
    subject: 'How to get help after your visit',
    lines: ({ who, phone, myCare }) => [
      `${who} can’t see patients through Steadyhand at the moment. This does not mean anything is wrong with care you have had.`,
      `If something does not feel right, open this page first, or call ${phone}. In an emergency call the emergency services.\n${myCare}`,
    ],
  },
  'appointment.practice_ended': {
    subject: 'About your record',
    lines: ({ who, records, cover, phone, myCare }) => [
      `${who} no longer sees patients through Steadyhand. This does not mean anything is wrong with care you have had.`,
      `Your record is kept for you by ${records}. What you can read here stays here:\n${myCare}`,
      cover === ''
        ? `If something does not feel right, call ${phone}. In an emergency call the emergency services.`
        : `If something does not feel right, ${cover}, is there for you. In an emergency call the emergency services.`,
    ],
  },
  'consultation.signed': {
    subject: 'Your consultation summary',
    lines: ({ who, myCare }) => [
      `what you talked about with ${who} is written down for you to read in your own time:`,
      myCare,
    ],
  },
  'treatment.signed': {
    subject: 'After your visit',
    lines: ({ who, phone, myCare }) => [
      `your record of today’s visit with ${who}, and what to expect, is here:\n${myCare}`,
      `If something does not feel right, open that page first, or call ${phone}. In an emergency call the emergency services.`,
    ],
  },
};

/** Event types with a letter. */
export const notifiedEvents = Object.keys(letters) as EventType[];

/** Of when and where, carers hear as well; of what came of a visit they never do. */
const forCarers: readonly EventType[] = [
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
  const letter = letters[event.type];
  if (letter === undefined) return;
  await transact(db, system, async (trx) => {
    await writeAppointmentLetters(trx, publicUrl, letter, {
      key: `event:${event.id}`,
      eventId: event.id,
      appointmentId: event.appointmentId,
      payload: event.payload,
      isForCarers: forCarers.includes(event.type),
    });
  });
}
