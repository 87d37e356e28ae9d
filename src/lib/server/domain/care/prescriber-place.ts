import { POLICY_KEYS, type PolicyValues } from '../policy/keys.ts';

/** Where the prescriber is while somebody else injects, from the strictest to the loosest. */
export const PRESCRIBER_PLACES = POLICY_KEYS.prescriber_onsite.schema.options;
export type PrescriberPlace = PolicyValues['prescriber_onsite'];

/** As an injector says it when a treatment begins. Who is not on site is reached in a way that has a name. */
export type SaidOfPrescriber = { readonly where: PrescriberPlace; readonly way: string };

export const PLACE_WORDS: Readonly<Record<PrescriberPlace, { title: string; meaning: string }>> = {
  on_site: { title: 'On site', meaning: 'here in the building, and has said so from their own account' },
  immediately_available: {
    title: 'Immediately available',
    meaning: 'answers at once, and does nothing that could not be left at once',
  },
  reachable: { title: 'Reachable', meaning: 'can be called while the treatment lasts' },
};

/** Whether it is at least as near as the law of the place wants it. */
export function isNearEnough(said: PrescriberPlace, demanded: PrescriberPlace): boolean {
  return PRESCRIBER_PLACES.indexOf(said) <= PRESCRIBER_PLACES.indexOf(demanded);
}
