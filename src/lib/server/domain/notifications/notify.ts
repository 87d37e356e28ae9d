import { paths } from '#lib/paths.ts';
import type { Db, Trx } from '#lib/server/platform/db.ts';
import { system } from '../shared/actor.ts';
import { formatDayTime } from '../shared/dates.ts';
import type { EventType } from '../shared/events.ts';
import { queueMail } from '../shared/queue-mail.ts';
import { transact } from '../shared/transact.ts';
import { findAppointmentFacts, findCarersWithLetters, type AppointmentFacts } from './queries.ts';

type Letter = { subject: string; lines: (facts: Told) => string[] };
type Told = {
  visit: string;
  when: string;
  who: string;
  where: string;
  phone: string;
  myCare: string;
  /** Where somebody asks for the record that the clinic made for them. */
  claim: string;
  /** The practitioner's free times. */
  times: string;
  /** Where the patient chooses another time for this visit. */
  move: string;
  /** It is read by a carer too: neutral words, and pages of theirs. */
  isForCarer: boolean;
  /** Ids and codes of the event. */
  payload: Readonly<Record<string, string>>;
};

const visitNames: Record<string, string> = {
  consultation: 'consultation',
  treatment: 'visit',
  follow_up: 'review visit',
};

/** Which events a patient hears of by mail, and in which words. Subjects and texts name no treatment (P4). */
const letters: Partial<Record<EventType, Letter>> = {
  'appointment.confirmed': {
    subject: 'Your appointment is confirmed',
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
  const facts = await findAppointmentFacts(db, event.appointmentId);
  if (letter === undefined || facts?.patient_email == null) return;
  const { patient_name, patient_email } = facts;
  const told = tell(facts, publicUrl, event);
  await transact(db, system, async (trx) => {
    await queueMail(trx, {
      key: `event:${event.id}`,
      toName: patient_name ?? '',
      toAddress: patient_email,
      subject: letter.subject,
      body: [
        `Hello ${patient_name},`,
        ...letter.lines(told),
        ...(facts.has_account ? [] : [withoutAccount(told)]),
        'Steadyhand',
      ].join('\n\n'),
    });
    if (forCarers.includes(event.type)) await notifyCarers(trx, letter, facts, publicUrl, event);
  });
}

/** The same letter for who looks after the patient's times, once for each of them. */
async function notifyCarers(
  trx: Trx,
  letter: Letter,
  facts: AppointmentFacts,
  publicUrl: URL,
  event: { id: string; appointmentId: string; payload: Told['payload'] },
): Promise<void> {
  const told = tellCarer(tell(facts, publicUrl, event), publicUrl, event.appointmentId);
  for (const { id, name, email } of await findCarersWithLetters(trx, event.appointmentId)) {
    await queueMail(trx, {
      key: `event:${event.id}:${id}`,
      toName: name,
      toAddress: email,
      subject: `About an appointment of ${facts.patient_name}`,
      body: [
        `Hello ${name},`,
        `you look after the appointments of ${facts.patient_name}, who lets you read this too:`,
        ...letter.lines(told),
        'Steadyhand',
      ].join('\n\n'),
    });
  }
}

function tellCarer(told: Told, publicUrl: URL, appointmentId: string): Told {
  return {
    ...told,
    visit: 'appointment',
    isForCarer: true,
    myCare: new URL(paths.carer(), publicUrl).href,
    move: new URL(paths.carerMove(appointmentId), publicUrl).href,
  };
}

/** For who booked by telephone or at the desk. */
function withoutAccount({ phone, claim }: Told): string {
  return `You have no account with us yet, and need none: call ${phone} to change anything. If you would like to read your record online, ask there for a code and enter it here:\n${claim}`;
}

function tell(
  facts: AppointmentFacts,
  publicUrl: URL,
  { appointmentId, payload }: { appointmentId: string; payload: Told['payload'] },
): Told {
  const link = (path: string) => new URL(path, publicUrl).href;
  return {
    visit: visitNames[facts.kind] ?? 'visit',
    when: formatDayTime(facts.during.start!, facts.time_zone),
    who: facts.practitioner_name,
    where: `${facts.clinic_name}, ${facts.address}`,
    phone: facts.clinic_phone,
    myCare: link(paths.myCare()),
    claim: link(paths.claimRecord()),
    times: link(paths.practitioner(facts.slug)),
    move: link(paths.moveAppointment(appointmentId)),
    isForCarer: false,
    payload,
  };
}
