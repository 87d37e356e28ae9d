import type { Trx } from '#lib/server/platform/db.ts';

/** A risk that is told before anybody can be found suitable. A changed text is a new version. */
export type DisclosableRisk = {
  readonly code: string;
  readonly version: number;
  readonly title: string;
  readonly text: string;
};

/**
 * What the prescriber tells and the patient acknowledges, one by one. From the product labels and UK consent forms;
 * frequencies as those give them.
 */
export const RISKS: readonly DisclosableRisk[] = [
  {
    code: 'bruising',
    version: 1,
    title: 'Bruising and swelling',
    text: 'Small bruises, redness or swelling where it was given are common. They fade in days, a bruise sometimes in two weeks.',
  },
  {
    code: 'headache',
    version: 1,
    title: 'Headache',
    text: 'A headache or a tight feeling in the first days is common.',
  },
  {
    code: 'lid_droop',
    version: 1,
    title: 'Drooping eyelid or brow',
    text: 'An eyelid or brow can droop: between 1 and 10 in 100 people, by the area treated. It passes, but can take weeks or months.',
  },
  {
    code: 'asymmetry',
    version: 1,
    title: 'Uneven result',
    text: 'The two sides can look different. Small differences can often be corrected at the review visit, not always.',
  },
  {
    code: 'over_relaxed',
    version: 1,
    title: 'Too little movement',
    text: 'The face can look stiffer than you wanted. This cannot be undone; it wears off in three to four months.',
  },
  {
    code: 'dry_eye',
    version: 1,
    title: 'Dry or watery eyes',
    text: 'Treatment near the eyes can make them dry, watery or sore for a while.',
  },
  {
    code: 'no_effect',
    version: 1,
    title: 'Little or no effect',
    text: 'Some people see little change, or none.',
  },
  {
    code: 'allergy',
    version: 1,
    title: 'Allergic reaction',
    text: 'A serious allergic reaction is rare and needs emergency help at once: swelling of face or throat, trouble breathing.',
  },
  {
    code: 'spread',
    version: 1,
    title: 'Spread to other muscles',
    text: 'Very rarely the effect reaches other muscles, hours to weeks later: trouble swallowing, speaking or breathing. That is an emergency.',
  },
  {
    code: 'off_label',
    version: 1,
    title: 'Use outside the licence',
    text: 'For some areas the medicine is used outside its licence. Your prescriber tells you which, and why.',
  },
];

/** Writes the risks where the guards read them. Run by the owner after migrations; running it again changes nothing. */
export async function publishRisks(trx: Trx): Promise<void> {
  await trx
    .insertInto('disclosable_risk')
    .values(RISKS.map(({ code, version, text }) => ({ code, version, text })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
