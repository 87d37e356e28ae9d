import { createHash } from 'node:crypto';
import type { Db, Trx } from '#lib/server/platform/db.ts';
import { recordAudit } from '../../audit/record-audit.ts';
import { findRoomIds, takeTime } from '../../availability/queries.ts';
import { accountOf, type Actor } from '../../shared/actor.ts';
import { isRefusal, Refusal, type RefusalCode } from '../../shared/refusal.ts';
import { transact } from '../../shared/transact.ts';
import { bookConsultation } from '../book-consultation.ts';
import { readCsv } from './csv.ts';
import { readEasyAppointments } from './easy-appointments.ts';
import type { Entry, ReadFile } from './entry.ts';
import { judge, type Booking, type Judged, type Verdict } from './judge.ts';
import {
  findImported,
  findImportPractice,
  findOwnPatient,
  insertImported,
  insertImportedPatient,
  type ImportPractice,
} from './queries.ts';
import { reportOf, type ImportReport } from './report.ts';

/** At once; the rest of a longer file is brought over when the first are here. */
const MOST_ENTRIES = 2_000;

export interface ImportInput {
  location: string;
  text: string;
  /** Whose appointments of the file these are, where it holds those of several people. */
  provider?: string;
  /** The services of the file that are consultations; undefined until somebody has been asked. */
  consultations?: readonly string[];
  /** Dates of birth that were asked for, by reference. */
  datesOfBirth?: ReadonlyMap<string, string>;
  /** The report that was looked at: what is brought over is what was seen. Without it nothing is written. */
  seen?: string;
}

/** What the calendar's refusals mean for an entry. */
const VERDICT_OF: Partial<Record<RefusalCode, Verdict>> = {
  slot_taken: 'time_taken',
  slot_not_offered: 'not_open',
  patient_busy: 'patient_busy',
  under_age: 'under_age',
  practitioner_unavailable: 'cannot_consult',
  already_written: 'already_here',
};

/**
 * Brings future consultations of another system over, each in a transaction of its own and each once, by its reference.
 * Unless `seen` says that a dry run was looked at, it is that dry run: every appointment is made and taken back, so
 * that the answers are those of the real run. Hours do not matter, because it is a fact of the diary; overlaps do.
 */
export async function importAppointments(db: Db, actor: Actor, input: ImportInput): Promise<ImportReport> {
  const practice = await findImportPractice(db, accountOf(actor), input.location);
  if (practice === undefined) throw new Refusal('not_found');
  const fingerprint = createHash('sha256').update(input.text).digest('base64url');
  if (input.seen !== undefined && input.seen !== fingerprint)
    throw new Refusal('import_changed', { field: 'file' });

  const file = readFile(input.text, practice);
  const provider = providerOf(file, input.provider, practice);
  const entries = provider === undefined ? [] : file.entriesOf(provider);
  const services = [...new Set(entries.map(({ service }) => service))].sort();
  const consultations = new Set(input.consultations ?? services.filter((name) => /consult/i.test(name)));
  const datesOfBirth = input.datesOfBirth ?? new Map<string, string>();
  const judged = judge(entries, {
    ...practice,
    consultations,
    datesOfBirth,
    imported: await findImported(db, practice),
  });
  if (judged.filter(({ booking }) => booking !== null).length > MOST_ENTRIES)
    throw new Refusal('too_large', { field: 'file' });

  const isDryRun = input.seen === undefined;
  const done: Judged[] = [];
  for (const one of judged) done.push(await bringOver(db, actor, practice, one, isDryRun));
  return reportOf(done, {
    practice,
    file,
    provider,
    services,
    consultations,
    datesOfBirth,
    fingerprint,
    isDryRun,
  });
}

function readFile(text: string, practice: ImportPractice): ReadFile {
  const isDump = /^\s*(--|\/\*|CREATE|DROP|INSERT|SET)/i.test(text);
  if (isDump) return readEasyAppointments(text);
  return readCsv(text, practice.countryCode === 'US' ? 'month_first' : 'day_first');
}

/** Who this is in the file: said, or the only one, or whoever has the account's address; null where it names nobody. */
function providerOf({ providers }: ReadFile, said: string | undefined, practice: ImportPractice) {
  if (providers.length === 0) return null;
  const email = practice.accountEmail.toLowerCase();
  const found =
    providers.find(({ id }) => id === said) ?? providers.find((one) => one.email.toLowerCase() === email);
  return (found ?? (providers.length === 1 ? providers[0] : undefined))?.id;
}

/** Thrown at the end of a dry run's transaction, so that nothing of it stays. */
class TakenBack extends Error {}

async function bringOver(
  db: Db,
  actor: Actor,
  practice: ImportPractice,
  judged: Judged,
  isDryRun: boolean,
): Promise<Judged> {
  const { entry, booking } = judged;
  if (booking === null) return judged;
  try {
    await transact(db, actor, async (trx) => {
      await book(trx, actor, practice, entry, booking);
      if (isDryRun) throw new TakenBack();
    });
    return { ...judged, verdict: 'imported' };
  } catch (problem) {
    if (problem instanceof TakenBack) return judged;
    const verdict = isRefusal(problem) ? VERDICT_OF[problem.code] : undefined;
    if (verdict === undefined) throw problem;
    return { ...judged, verdict };
  }
}

async function book(
  trx: Trx,
  actor: Actor,
  practice: ImportPractice,
  entry: Entry,
  booking: Booking,
): Promise<void> {
  const { practitionerId, locationId } = practice;
  const roomIds = await findRoomIds(trx, { practitionerId, locationId, kind: 'consultation' });
  const blockId = await takeTime(trx, { practitionerId, locationId, roomIds, span: booking.block });
  if (blockId === null) throw new Refusal('slot_taken');
  const { id: patientId } =
    (await findOwnPatient(trx, practitionerId, entry, booking.dateOfBirth)) ??
    (await insertImportedPatient(trx, entry, booking.dateOfBirth));
  const claimed = { ...practice, ...booking, blockId, blockSpan: booking.block };
  const appointmentId = await bookConsultation(trx, claimed, {
    practitionerId,
    locationId,
    patientId,
    channel: 'import',
    bookedBy: accountOf(actor),
  });
  await insertImported(trx, practice, { reference: entry.reference, appointmentId });
  await recordAudit(trx, {
    stream: { kind: 'patient', id: patientId },
    action: 'appointment.imported',
    subjectType: 'appointment',
    subjectId: appointmentId,
  });
}
