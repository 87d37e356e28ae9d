import { feeInWords, feePromise } from '#lib/format/fee.ts';
import { paths } from '#lib/paths.ts';
import type { Trx } from '#lib/server/platform/db.ts';
import { formatDayTime, formatZone } from '../shared/dates.ts';
import type { LetterKind } from '../shared/letter-kinds.ts';
import type { Letter, LetterLink } from '../shared/letter.ts';
import { queueMail } from '../shared/queue-mail.ts';
import type { CalendarEntry } from './calendar-entry.ts';
import {
  findAppointmentFacts,
  findCalendarEntry,
  findCarersWithLetters,
  type AppointmentFacts,
} from './queries.ts';

/** A letter about an appointment: subject and text name no treatment (P4). */
export interface AppointmentLetter {
  kind: LetterKind;
  subject: string;
  /** What it does to the entry in the reader's calendar. */
  calendar?: CalendarEntry['method'];
  words: (facts: Told) => Omit<Letter, 'subject'>;
}

/** What a letter about an appointment may say. */
export interface Told {
  visit: string;
  /** "your consultation"; to who helps, whose appointment it is. */
  yourVisit: string;
  when: string;
  /** "London time" */
  zone: string;
  who: string;
  where: string;
  /** What a consultation costs, and what is promised of it; of other visits, and to who helps, nothing. */
  fee: { costs: string; promise: string } | null;
  phone: string;
  hasAccount: boolean;
  myCare: string;
  /** Where somebody asks for the record that the clinic made for them. */
  claim: string;
  /** The practitioner's free times. */
  times: string;
  /** This visit in My care, where a press says "I will come", or how late one is. */
  visitPage: string;
  /** Where the patient chooses another time for this visit. */
  move: string;
  cancel: string;
  /** Who keeps the records, once the practitioner has stopped. */
  records: string;
  /** Who is there for somebody treated lately, once the practitioner has stopped. */
  cover: string;
  /** It is read by a carer too: neutral words, and pages of theirs. */
  isForCarer: boolean;
  /** Ids and codes of the event. */
  payload: Readonly<Record<string, string>>;
}

interface Occasion {
  /** Makes each letter once. */
  key: string;
  /** The event that it tells of, if it is one. */
  eventId?: string;
  appointmentId: string;
  payload: Told['payload'];
  isForCarers: boolean;
}

const visitNames: Record<string, string> = {
  consultation: 'consultation',
  treatment: 'visit',
  follow_up: 'review visit',
};

/** What became of a letter to a patient. Who wants none of its kind, or has died, gets none. */
export type Written = 'written' | 'not_wanted' | 'no_address';

/** Writes a letter to the patient, and to carers who get letters. */
export async function writeAppointmentLetters(
  trx: Trx,
  publicUrl: URL,
  letter: AppointmentLetter,
  occasion: Occasion,
): Promise<Written> {
  const facts = await findAppointmentFacts(trx, occasion.appointmentId);
  if (facts?.patient_email == null) return 'no_address';
  const { patient_id, patient_name, patient_email } = facts;
  const told = tell(facts, publicUrl, occasion);
  const entry = await entryOf(trx, letter, facts, occasion);
  const isWritten = await queueMail(trx, {
    kind: letter.kind,
    publicUrl,
    key: occasion.key,
    patientId: patient_id,
    toName: patient_name ?? '',
    toAddress: patient_email,
    letter: letterToPatient(letter, told),
    calendar: entry && { ...entry, words: wordsOfEntry(told) },
  });
  if (occasion.isForCarers)
    await writeToCarers(trx, publicUrl, letter, facts, tellCarer(told, publicUrl, occasion), {
      ...occasion,
      entry,
    });
  return isWritten ? 'written' : 'not_wanted';
}

/** The same letter for who looks after the patient's times, once for each of them. */
async function writeToCarers(
  trx: Trx,
  publicUrl: URL,
  letter: AppointmentLetter,
  facts: AppointmentFacts,
  told: Told,
  { key, appointmentId, entry }: Occasion & { entry: CalendarEntry | undefined },
): Promise<void> {
  for (const { id, name, email } of await findCarersWithLetters(trx, appointmentId)) {
    await queueMail(trx, {
      kind: letter.kind,
      publicUrl,
      key: `${key}:${id}`,
      patientId: facts.patient_id,
      toName: name,
      toAddress: email,
      letter: letterToCarer(letter, told, facts.patient_name ?? ''),
      calendar: entry && { ...entry, words: wordsOfEntry(told) },
    });
  }
}

/** As the patient reads it. */
export function letterToPatient({ subject, words }: AppointmentLetter, told: Told): Letter {
  const said = words(told);
  if (told.hasAccount) return { subject, ...said };
  // For who booked by telephone or at the desk.
  return {
    subject,
    ...said,
    after: [
      ...(said.after ?? []),
      `You have no account with us yet, and need none: call ${told.phone} to change anything. If you would like to read your record online, ask there for a code and enter it on our page.`,
    ],
    links: [...(said.links ?? []), { text: 'Enter a code for your record', href: told.claim }],
  };
}

/** As a carer reads it. */
export function letterToCarer(
  { subject, words }: AppointmentLetter,
  told: Told,
  patientName: string,
): Letter {
  const whose = `${patientName}’s appointment`;
  const said = words({ ...told, yourVisit: whose });
  return {
    // Who looks after several people sees at once whose it is.
    subject: subject.replace(/\byour appointment/i, whose),
    ...said,
    more: [...(said.more ?? []), `You get this because you look after the appointments of ${patientName}.`],
  };
}

/** When and where, as facts. */
export function whenAndWhere({ when, zone, where, phone }: Told): Letter['facts'] {
  return [
    { name: 'When', value: `${when} (${zone})` },
    { name: 'Where', value: where },
    { name: 'Telephone', value: phone },
  ];
}

/** A link for who can sign in; others call. */
export function forAccounts({ hasAccount, isForCarer }: Told, link: LetterLink): LetterLink | undefined {
  return hasAccount || isForCarer ? link : undefined;
}

/** The entry in the reader's calendar that a letter makes, changes or takes away. Its title is neutral (P4). */
async function entryOf(
  trx: Trx,
  { calendar }: AppointmentLetter,
  { during, time_zone, clinic_name, address }: AppointmentFacts,
  { appointmentId, eventId }: Occasion,
): Promise<CalendarEntry | undefined> {
  if (calendar === undefined || eventId === undefined) return undefined;
  const { firstId, sequence } = await findCalendarEntry(trx, appointmentId, eventId);
  return {
    method: calendar,
    uid: `${firstId}@steadyhand`,
    sequence,
    start: during.start!.toString(),
    end: during.end!.toString(),
    timeZone: time_zone,
    title: 'Appointment',
    place: `${clinic_name}, ${address}`,
    words: '',
  };
}

function wordsOfEntry({ phone, hasAccount, isForCarer, myCare, visitPage }: Told): string {
  const page = isForCarer ? myCare : visitPage;
  return [`Telephone: ${phone}`, ...(hasAccount ? [`Change or cancel it: ${page}`] : [])].join('\n');
}

function tellCarer(told: Told, publicUrl: URL, { appointmentId }: Occasion): Told {
  return {
    ...told,
    visit: 'appointment',
    fee: null,
    isForCarer: true,
    myCare: new URL(paths.carer(), publicUrl).href,
    move: new URL(paths.carerMove(appointmentId), publicUrl).href,
    cancel: new URL(paths.carerCancel(appointmentId), publicUrl).href,
  };
}

function feeOf({ fee_minor, currency, locale, clinic_name }: AppointmentFacts): Told['fee'] {
  if (fee_minor === null || currency === null) return null;
  return { costs: feeInWords(fee_minor, currency, locale), promise: feePromise(fee_minor, clinic_name) };
}

function tell(facts: AppointmentFacts, publicUrl: URL, { appointmentId, payload }: Occasion): Told {
  const link = (path: string) => new URL(path, publicUrl).href;
  return {
    visit: visitNames[facts.kind] ?? 'visit',
    yourVisit: `your ${visitNames[facts.kind] ?? 'visit'}`,
    when: formatDayTime(facts.during.start!, facts.time_zone),
    zone: formatZone(facts.time_zone),
    who: facts.practitioner_name,
    where: `${facts.clinic_name}, ${facts.address}`,
    fee: feeOf(facts),
    phone: facts.clinic_phone,
    hasAccount: facts.has_account,
    records: facts.records ?? '',
    cover: facts.cover ?? '',
    myCare: link(paths.myCare()),
    claim: link(paths.claimRecord()),
    times: link(paths.practitioner(facts.slug)),
    visitPage: link(paths.myAppointment(appointmentId)),
    move: link(paths.moveAppointment(appointmentId)),
    cancel: link(paths.cancelAppointment(appointmentId)),
    isForCarer: false,
    payload,
  };
}
