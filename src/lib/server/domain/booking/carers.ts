import { createHash, randomBytes } from 'node:crypto';
import type { AppointmentVerb } from './appointment.ts';

/**
 * What a carer does with the appointments of somebody else: the times, and nothing of what happens in them. When a
 * treatment may be is a question of the record, so its time is changed by the patient or the clinic.
 */
export function carerMay(verb: AppointmentVerb, kind: string): boolean {
  return verb === 'cancel' || (verb === 'move' && kind !== 'treatment');
}

/** The secret of an invitation: it is in the letter, and only its hash is kept. */
export function newInvitationCode(): string {
  return randomBytes(32).toString('base64url');
}

export function hashOfInvitation(code: string): string {
  return createHash('sha256').update(code).digest('hex');
}
