import type { Trx } from '#lib/server/platform/db.ts';
import { recordPatientAudits } from '../audit/record-audit.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { findDeskClinics, findPerson, findVisitHead, type Person } from './queries.ts';

/** The desk that somebody works at today: one clinic, or several. */
export interface Desk {
  accountId: string;
  clinicIds: string[];
  clinicName: string;
  timeZone: string;
  now: Temporal.Instant;
}

/** The desk of this actor; for anybody else nothing here exists. */
export async function requireDesk(trx: Trx, actor: Actor): Promise<Desk> {
  const accountId = accountOf(actor);
  const clinics = accountId === null ? [] : await findDeskClinics(trx, accountId);
  const [first] = clinics;
  if (accountId === null || first === undefined) throw new Refusal('not_found');
  return {
    accountId,
    clinicIds: clinics.map(({ id }) => id),
    clinicName: first.name,
    timeZone: first.timeZone,
    now: first.now,
  };
}

/** Somebody with an appointment at this desk's clinics, and the reading noted (P1, P2). Others do not exist. */
export async function requirePerson(trx: Trx, desk: Desk, patientId: string): Promise<Person> {
  const person = await findPerson(trx, desk.clinicIds, patientId);
  if (person === undefined) throw new Refusal('not_found');
  await auditReads(trx, 'person.read_at_desk', desk, [patientId]);
  return person;
}

/** A visit at this desk's clinics, and the reading noted (P1, P2). */
export async function requireVisit(trx: Trx, desk: Desk, appointmentId: string) {
  const visit = await findVisitHead(trx, desk.clinicIds, appointmentId);
  if (visit === undefined) throw new Refusal('not_found');
  await auditReads(trx, 'appointment.read_at_desk', desk, [visit.patientId]);
  return visit;
}

/** One line for each person whose entry was shown to somebody else (P2). */
export async function auditReads(
  trx: Trx,
  action: string,
  desk: Desk,
  patientIds: readonly string[],
): Promise<void> {
  await recordPatientAudits(trx, patientIds, {
    action,
    subjectType: 'account',
    subjectId: desk.accountId,
  });
}
