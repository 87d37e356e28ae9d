import { grantsOf } from './capabilities.ts';
import { CREDENTIAL_KINDS, PROFESSIONS, type CredentialKind, type Profession } from './codes.ts';
import type { Policy } from './evaluate.ts';

/** One credential that a listing rests on. `register`: the register that proves it; null where a document does. */
export interface Requirement {
  readonly kind: CredentialKind;
  readonly register: string | null;
}

/** What is asked of a profession before it is listed, in the order in which people have it at hand. */
export function requirementsOf(policy: Policy, profession: Profession): Requirement[] {
  const register = policy.register_ids.find((one) => one.profession === profession)?.register ?? null;
  const asked = new Set<CredentialKind>([
    ...policy.required_credentials.filter((one) => one.profession === profession).map(({ kind }) => kind),
    ...grantsOf(policy)
      .filter((grant) => grant.profession === profession)
      .flatMap(({ annotation }) => annotation ?? []),
    ...(policy.premises_required.length > 0 ? (['premises'] as const) : []),
  ]);
  return CREDENTIAL_KINDS.filter((kind) => asked.has(kind)).map((kind) => ({
    kind,
    register: kind === 'registration' || kind === 'prescribing_right' ? register : null,
  }));
}

/** Who can be listed under this policy at all: whoever may do something. */
export function professionsOf(policy: Policy): Profession[] {
  const able = new Set(grantsOf(policy).map(({ profession }) => profession));
  return PROFESSIONS.filter((profession) => able.has(profession));
}
