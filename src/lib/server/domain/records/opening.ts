import type { Trx } from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { findReader, findRecordPatient } from './queries.ts';
import type { RecordPatient, Scope } from './record.ts';

/** A record opened: whose it is, and within which eyes. */
export type Opening = { readonly patient: RecordPatient; readonly scope: Scope; readonly isPatient: boolean };

/** With which eyes the actor reads this patient's record: as the patient all of it, as a practitioner their own part. */
export async function openingOf(trx: Trx, actor: Actor, patientId: string): Promise<Opening> {
  const accountId = accountOf(actor);
  if (accountId === null) throw new Refusal('not_found');
  const reader = await findReader(trx, accountId);
  const isPatient = reader.patientId === patientId;
  if (!isPatient && reader.practitionerId === null) throw new Refusal('not_found');
  const patient = await findRecordPatient(trx, patientId);
  if (patient === undefined) throw new Refusal('not_found');
  return {
    patient,
    scope: { patientId, practitionerId: isPatient ? null : reader.practitionerId },
    isPatient,
  };
}
