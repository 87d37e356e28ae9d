import type { Trx } from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { may, type AppointmentVerb, type Side } from './appointment.ts';
import { carerMay } from './carers.ts';
import { lockAppointment, type LockedAppointment } from './queries.ts';

/** A hold, and the visitor's party that this browser carries: signed in or not, who began it goes on with it (C4). */
export interface HoldOf {
  appointmentId: string;
  partyId: string | null;
}

/** A visitor's or patient's own hold, locked. Anybody else's does not exist (P1). */
export async function lockOwnHold(trx: Trx, actor: Actor, hold: HoldOf): Promise<LockedAppointment> {
  const appointment = await lockAppointment(trx, hold.appointmentId, accountOf(actor));
  if (appointment === undefined || sideOf(actor, appointment, hold.partyId) !== 'patient')
    throw new Refusal('not_found');
  return appointment;
}

/**
 * An appointment locked for one of its two sides to do something, if its state allows that to this side. For a few
 * things a carer stands on the patient's; everywhere else, by `sideOf`, a carer is a stranger.
 */
export async function lockToDo(
  trx: Trx,
  actor: Actor,
  verb: AppointmentVerb,
  { appointmentId, partyId }: { appointmentId: string; partyId?: string | null },
): Promise<{ appointment: LockedAppointment; side: Side }> {
  const appointment = await lockAppointment(trx, appointmentId, accountOf(actor));
  const side = appointment && (sideOf(actor, appointment, partyId ?? null) ?? carerSide(appointment, verb));
  if (!appointment || !side) throw new Refusal('not_found');
  if (!may(side, verb, appointment.state)) throw new Refusal('not_now');
  return { appointment, side };
}

function carerSide({ isCaredFor, kind }: LockedAppointment, verb: AppointmentVerb): Side | null {
  return isCaredFor && carerMay(verb, kind) ? 'patient' : null;
}

/** On whose side the actor stands, or null for a stranger. The system acts for the practice. */
export function sideOf(
  actor: Actor,
  appointment: LockedAppointment,
  partyId: string | null = null,
): Side | null {
  if (actor.kind === 'system') return 'practice';
  const accountId = accountOf(actor);
  if (accountId !== null && appointment.patientAccountId === accountId) return 'patient';
  // Before it has a patient it belongs to the browser; afterwards only to the person.
  if (appointment.patientId === null)
    return partyId !== null && appointment.partyId === partyId ? 'patient' : null;
  const worksHere = appointment.practitionerAccountId === accountId || appointment.worksAtDesk;
  return accountId !== null && worksHere ? 'practice' : null;
}
