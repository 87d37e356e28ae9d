import type { Profession } from '../policy/codes.ts';
import type { Policy } from '../policy/evaluate.ts';
import { requirementsOf, type Requirement } from '../policy/requirements.ts';
import type { ClaimRow } from './queries.ts';

/** A credential that may be claimed, and whether a listing waits for it. */
export type Asked = Requirement & { isRequired: boolean };

/** What policy requires of a profession, and the one thing that anybody may add: a further qualification. */
export function askedOf(policy: Policy, profession: Profession): Asked[] {
  const required = requirementsOf(policy, profession).map((one) => ({ ...one, isRequired: true }));
  const further = { kind: 'qualification', register: null, isRequired: false } as const;
  return required.some(({ kind }) => kind === 'qualification') ? required : [...required, further];
}

/**
 * Why a claim does not support a listing yet, in a sentence; null where it does, as far as an applicant can bring it.
 * `decide_vetting` asks the same of what reviewers have confirmed.
 */
export function lackOf(
  { kind, register, isRequired }: Asked,
  claim: ClaimRow | undefined,
  policy: Pick<Policy, 'training_hours'>,
): string | null {
  if (claim === undefined) return isRequired ? 'Not given yet.' : null;
  if (register !== null && claim.register !== register) return 'This was of another register.';
  if (!claim.isCurrent) return 'It has ended.';
  if (kind === 'toxin_training') {
    if (claim.handsOn !== true)
      return 'Online theory alone never counts: add training with a supervisor beside you.';
    if ((claim.hours ?? 0) < policy.training_hours)
      return `At least ${policy.training_hours} hours of it are needed.`;
    if (claim.managesComplications !== true) return 'It has to cover what to do when something goes wrong.';
  }
  if (kind === 'indemnity_insurance' && claim.coversTreatment !== true)
    return 'The policy has to cover this work.';
  if (register === null && claim.files.length === 0) return 'Add a file that shows it.';
  return null;
}
