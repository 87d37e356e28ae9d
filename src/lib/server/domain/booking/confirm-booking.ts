import type { Db, Trx } from '#lib/server/platform/db.ts';
import type { InstantRange } from '#lib/server/platform/instants.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { lockOwnHold, type HoldOf } from './access.ts';
import { answerOnce, keptAnswer, once, type Once } from './answer-once.ts';
import { fitIn } from './fit-hold.ts';
import { lockCaredFor } from './carer-queries.ts';
import {
  confirmRow,
  insertPatient,
  lockAccount,
  openEpisode,
  takeDraft,
  updatePhone,
  type Draft,
  type KnownPatient,
  type LockedAppointment,
} from './queries.ts';

export type ConfirmInput = HoldOf & {
  /** What is given here with `needs` makes the visit as long as they ask for; before, `fitHold` did that. */
  typed?: Partial<Draft>;
  /** It stays as long as it is, whatever the needs. */
  usualLength?: boolean;
  requestKey?: string;
  forPatientId?: string;
};

export interface Confirmed {
  id: string;
  practitioner: string;
  location: string;
  start: string;
  end: string;
}

/**
 * Turns a hold into an appointment of the signed-in person, once, however often it is asked for. The account becomes
 * a patient here if it is not one yet, and a course of care opens. A carer books for one of the people cared for.
 */
export async function confirmBooking(db: Db, actor: Actor, input: ConfirmInput): Promise<Confirmed> {
  const accountId = accountOf(actor);
  if (accountId === null) throw new Refusal('sign_in_needed');
  const { appointmentId, typed = {}, usualLength, forPatientId } = input;
  const asked = { appointmentId, typed, usualLength, forPatientId };
  const request = once(accountId, input.requestKey, 'confirm', asked);
  return answerOnce(db, request, () =>
    transact(db, actor, (trx) => confirm(trx, accountId, actor, input, request)),
  );
}

async function confirm(
  trx: Trx,
  accountId: string,
  actor: Actor,
  input: ConfirmInput,
  request: Once | null,
): Promise<Confirmed> {
  const account = await lockAccount(trx, accountId);
  const hold = await lockOwnHold(trx, actor, input);
  if (hold.state === 'confirmed') return confirmedAs(hold, hold.during);
  if (hold.state !== 'held') throw new Refusal('hold_ended');
  if (account.emailVerifiedAt === null) throw new Refusal('address_not_verified');

  const taken = await takeDraft(trx, hold.id, accountId);
  if (taken === undefined) throw new Refusal('hold_ended');
  const draft = { ...taken.draft, ...given(input.typed ?? {}) };
  const isToFit = input.typed?.needs !== undefined && input.usualLength !== true;
  const confirmed = confirmedAs(hold, isToFit ? await fitIn(trx, hold, draft.needs) : hold.during);
  const { forPatientId } = input;
  const isForSelf = forPatientId === undefined;
  const patient = isForSelf
    ? await patientOf(trx, { accountId, email: account.email, known: taken.patient }, draft)
    : await caredForBy(trx, accountId, forPatientId, draft.dateOfBirth);
  const episodeId = await openEpisode(trx, patient.id, hold.clinicId);
  await confirmRow(trx, hold.id, {
    ...draft,
    patient,
    episodeId,
    bookedBy: isForSelf ? null : accountId,
    partyId: isForSelf ? hold.partyId : null,
  });
  await recordEvent(
    trx,
    {
      type: 'appointment.confirmed',
      subjectType: 'appointment',
      subjectId: hold.id,
      clinicId: hold.clinicId,
      payload: {},
    },
    keptAnswer(request, confirmed),
  );
  return confirmed;
}

function confirmedAs({ id, slug, locationId }: LockedAppointment, during: InstantRange): Confirmed {
  return {
    id,
    practitioner: slug,
    location: locationId,
    start: during.start!.toString(),
    end: during.end!.toString(),
  };
}

/** The patient that this account is, made of what was typed when it is none yet. */
async function patientOf(
  trx: Trx,
  { accountId, email, known }: { accountId: string; email: string; known: KnownPatient | null },
  draft: Draft & { dateOfBirth: string },
) {
  if (known === null) {
    if (draft.givenName === '') throw new Refusal('details_missing', { field: 'givenName' });
    if (draft.familyName === '') throw new Refusal('details_missing', { field: 'familyName' });
    return insertPatient(trx, { ...draft, accountId, email });
  }
  // Somebody else's booking, begun in this browser: each person books, and later consents, for themselves (G5).
  if (known.dateOfBirth !== draft.dateOfBirth) throw new Refusal('details_differ', { field: 'dateOfBirth' });
  if (draft.phone !== '' && draft.phone !== known.phone) await updatePhone(trx, known.id, draft.phone);
  return known;
}

/** Somebody whom this account looks after, born on the day that the time was kept for. */
async function caredForBy(trx: Trx, accountId: string, patientId: string, dateOfBirth: string) {
  const patient = await lockCaredFor(trx, accountId, patientId);
  if (patient === undefined) throw new Refusal('not_found');
  if (patient.dateOfBirth !== dateOfBirth) throw new Refusal('details_differ', { field: 'forPatientId' });
  return patient;
}

/** What was typed just now, without what was left out. */
function given(typed: Partial<Draft>): Partial<Draft> {
  return Object.fromEntries(Object.entries(typed).filter(([, value]) => value !== undefined));
}
