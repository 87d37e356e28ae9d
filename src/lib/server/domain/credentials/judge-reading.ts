import { compareNames, type NameMatch, type OwnName } from './names.ts';
import { REGISTER_STATUSES } from './register-entry.ts';
import type { Reading } from './register-port.ts';

/** A register is read again every week, counted from the day of which a reading tells (L4). */
export const REGISTER_RECHECK_DAYS = 7;

/** A credential that a register stands behind, and what a person accepted of it before. */
export interface RegisteredCredential extends OwnName {
  kind: string;
  /** The conditions that the last person who confirmed it has seen. */
  knownConditions: string;
}

/** What a reading says about a credential. `unclear` waits for a person; nothing of it approves anybody. */
export interface Finding {
  result: 'confirmed' | 'not_confirmed' | 'unclear';
  nameMatch: NameMatch | null;
  reasons: string[];
  conditions: string;
}

/**
 * Judges a reading: gone, not in good standing or without the right is not confirmed; another name, conditions that nobody
 * has seen, and what the register does not say are unclear.
 */
export function judgeReading(credential: RegisteredCredential, { asOf, entry }: Reading): Finding {
  if (entry === null)
    return {
      result: 'not_confirmed',
      nameMatch: null,
      reasons: ['The register knows nobody of this number'],
      conditions: '',
    };
  const { conditions } = entry;
  if (entry.status === 'unreadable')
    return {
      result: 'unclear',
      nameMatch: null,
      reasons: ['Its row in the file makes no sense'],
      conditions,
    };

  const { match: nameMatch, reasons: nameReasons } = compareNames(credential, entry);
  const against: string[] = [];
  const open: string[] = [];
  if (entry.status !== 'registered')
    against.push(`The register says: ${REGISTER_STATUSES[entry.status].toLowerCase()}`);
  if (entry.endsOn !== null && entry.endsOn < asOf) against.push(`The registration ended on ${entry.endsOn}`);
  if (credential.kind === 'prescribing_right' && entry.mayPrescribe === false)
    against.push('The register annotates no right to prescribe');
  if (credential.kind === 'prescribing_right' && entry.mayPrescribe === null)
    open.push('What was read does not say whether there is a right to prescribe');
  if (nameMatch === 'partial' || nameMatch === 'different')
    open.push('The name has to be looked at by a person');
  if (conditions !== '' && conditions !== credential.knownConditions)
    open.push('Conditions or warnings that nobody here has seen');
  return {
    result: against.length > 0 ? 'not_confirmed' : open.length > 0 ? 'unclear' : 'confirmed',
    nameMatch,
    reasons: [...against, ...open, ...nameReasons],
    conditions,
  };
}
