import type { Trx } from '#lib/server/platform/db.ts';
import { ALL_PRODUCTS } from '../policy/products.ts';

/** How much a finding weighs: ruled out, a reason to wait or ask, or to be careful. */
export type Severity = 'absolute' | 'relative' | 'caution';

export type Contraindication = {
  readonly code: string;
  readonly text: string;
  /** The least weight it has when present; the prescriber may give it more. */
  readonly severity: Severity;
};

export const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
  absolute: 'Rules it out',
  relative: 'Reason to wait or ask',
  caution: 'Take care',
};

export const SEVERITIES = ['absolute', 'relative', 'caution'] as const satisfies readonly Severity[];

/**
 * From the product labels and UK consultation forms; where a US label warns and European ones forbid
 * (neuromuscular disease), it is ruled out. Pregnancy and breastfeeding pass: the outcome is to defer.
 */
export const CONTRAINDICATIONS: readonly Contraindication[] = [
  { code: 'infection_at_site', text: 'Infection where it would be given', severity: 'absolute' },
  { code: 'hypersensitivity', text: 'Allergy to the toxin or a part of the medicine', severity: 'absolute' },
  {
    code: 'neuromuscular_disease',
    text: 'Myasthenia gravis, Lambert-Eaton syndrome, ALS',
    severity: 'absolute',
  },
  { code: 'pregnancy', text: 'Pregnant, or may be', severity: 'absolute' },
  { code: 'breastfeeding', text: 'Breastfeeding', severity: 'absolute' },
  { code: 'swallowing_or_breathing', text: 'Trouble swallowing or breathing', severity: 'relative' },
  {
    code: 'transmission_medicines',
    text: 'Aminoglycosides, muscle relaxants or similar medicines',
    severity: 'relative',
  },
  { code: 'earlier_reaction', text: 'A treatment like this went wrong before', severity: 'relative' },
  { code: 'other_allergy', text: 'Another allergy', severity: 'relative' },
  { code: 'recent_treatment', text: 'The same kind of medicine elsewhere lately', severity: 'relative' },
  { code: 'body_image', text: 'Heavy worry about looks', severity: 'relative' },
  { code: 'under_pressure', text: 'Pressed by somebody else', severity: 'relative' },
  { code: 'unrealistic_expectation', text: 'Expects what cannot be reached', severity: 'relative' },
  { code: 'eyelid_surgery_or_ptosis', text: 'Eyelid surgery or droop before', severity: 'relative' },
  {
    code: 'cows_milk_allergy',
    text: 'Allergy to cow’s milk protein: some products are ruled out',
    severity: 'caution',
  },
  { code: 'bleeding', text: 'Bleeds easily, or takes a blood thinner', severity: 'caution' },
  { code: 'dry_eye', text: 'Dry eyes', severity: 'caution' },
  { code: 'keloid', text: 'Keloid scars', severity: 'caution' },
  { code: 'over_65', text: '65 or older: little experience in studies', severity: 'caution' },
];

/**
 * Findings that rule out the products of one substance and leave the others. Not every product of the substance holds
 * milk protein, but no source that we hold says which do not: all of them are left out.
 */
export const SUBSTANCE_CONTRAINDICATIONS = [
  { findingCode: 'cows_milk_allergy', activeSubstance: 'abobotulinumtoxinA' },
] as const;

/** Writes them, product by product, where the guard of prescriptions reads them. Running it again changes nothing. */
export async function publishContraindications(trx: Trx): Promise<void> {
  for (const { findingCode, activeSubstance } of SUBSTANCE_CONTRAINDICATIONS) {
    const codes = ALL_PRODUCTS.filter((product) => product.activeSubstance === activeSubstance).map(
      ({ code }) => code,
    );
    await trx
      .insertInto('product_contraindication')
      .columns(['product_code', 'finding_code'])
      .expression((eb) =>
        eb
          .selectFrom('product')
          .where('code', 'in', codes)
          .select(['code', eb.val<string>(findingCode).as('finding_code')]),
      )
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}
