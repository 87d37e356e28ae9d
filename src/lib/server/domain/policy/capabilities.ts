import { PROFESSIONS, type Annotation, type Capability, type Profession } from './codes.ts';
import { consultModes, type Policy } from './evaluate.ts';

/** What a profession may do, once the annotation, if it takes one, is verified. */
export interface Grant {
  profession: Profession;
  capability: Capability;
  annotation: Annotation | null;
}

/** Outside the health professions; `lay_injector` decides whether they may inject. */
const LAY_PROFESSIONS: readonly Profession[] = ['esthetician'];

/** Everything that a policy lets any profession do. */
export function grantsOf(policy: Policy): Grant[] {
  return PROFESSIONS.flatMap((profession) => {
    const prescribing = policy.prescriber_roles.filter((role) => role.profession === profession);
    const injecting = policy.injector_roles.filter((role) => role.profession === profession);
    // A consultation opens the way to a prescription, so only a prescriber can hold one.
    const mayConsult = consultModes(policy, profession).length > 0;
    const mayInject = policy.lay_injector !== 'no' || !LAY_PROFESSIONS.includes(profession);
    return [
      ...(mayConsult ? prescribing.map((role) => ({ ...role, capability: 'consult' as const })) : []),
      ...prescribing.map((role) => ({ ...role, capability: 'prescribe' as const })),
      ...(mayInject ? injecting.map((role) => ({ ...role, capability: 'inject' as const })) : []),
    ];
  });
}

/** What somebody of this profession with these verified annotations may do. Nobody declares a capability. */
export function capabilitiesFor(
  policy: Policy,
  profession: Profession,
  annotations: readonly Annotation[],
): Capability[] {
  return grantsOf(policy)
    .filter((grant) => grant.profession === profession)
    .filter(({ annotation }) => annotation === null || annotations.includes(annotation))
    .map((grant) => grant.capability);
}

/** Somebody of a profession, with the annotations that were verified. */
interface Verified {
  profession: Profession;
  annotations: readonly Annotation[];
}

/** Whether `prescriber` may have `injector`, who may not prescribe, inject what was prescribed (G3). */
export function mayDelegate(policy: Policy, prescriber: Verified, injector: Verified): boolean {
  const own = capabilitiesFor(policy, prescriber.profession, prescriber.annotations);
  const theirs = capabilitiesFor(policy, injector.profession, injector.annotations);
  return own.includes('prescribe') && theirs.includes('inject') && !theirs.includes('prescribe');
}
