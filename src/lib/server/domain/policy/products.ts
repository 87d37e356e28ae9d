import type { LicensedProduct } from './keys.ts';

type Facts = Pick<LicensedProduct, 'code' | 'name' | 'activeSubstance' | 'unitSystem' | 'vialUnits'> &
  Partial<LicensedProduct>;

// The labels say "three months"; it is counted as 90 days unless a label gives weeks.
const product = (facts: Facts): LicensedProduct => ({
  minRetreatmentDays: 90,
  singlePatientSingleSession: true,
  ...facts,
});

const ABO = 'abobotulinumtoxinA';
const INCO = 'incobotulinumtoxinA';
const LETI = 'letibotulinumtoxinA';
const ONA = 'onabotulinumtoxinA';
const PRABO = 'prabotulinumtoxinA';

/** Licensed in the United Kingdom for use on the face. */
export const ENGLAND_PRODUCTS: LicensedProduct[] = [
  product({
    code: 'alluzience',
    name: 'Alluzience',
    activeSubstance: ABO,
    unitSystem: 'speywood',
    vialUnits: [125],
  }),
  product({
    code: 'azzalure',
    name: 'Azzalure',
    activeSubstance: ABO,
    unitSystem: 'speywood',
    vialUnits: [125],
    minRetreatmentDays: 84,
  }),
  product({
    code: 'bocouture',
    name: 'Bocouture',
    activeSubstance: INCO,
    unitSystem: 'merz',
    vialUnits: [50, 100],
  }),
  product({
    code: 'botox',
    name: 'Botox',
    activeSubstance: ONA,
    unitSystem: 'allergan',
    vialUnits: [50, 100],
  }),
  product({
    code: 'letybo',
    name: 'Letybo',
    activeSubstance: LETI,
    unitSystem: 'letibotulinum',
    vialUnits: [50, 100],
  }),
  product({
    code: 'nuceiva',
    name: 'Nuceiva',
    activeSubstance: PRABO,
    unitSystem: 'prabotulinum',
    vialUnits: [50, 100],
  }),
  product({
    code: 'relfydess',
    name: 'Relfydess',
    activeSubstance: 'relabotulinumtoxinA',
    unitSystem: 'relabotulinum',
    vialUnits: [150],
  }),
];

/** Licensed in the United States for use on the face. */
export const TEXAS_PRODUCTS: LicensedProduct[] = [
  product({
    code: 'botox_cosmetic',
    name: 'Botox Cosmetic',
    activeSubstance: ONA,
    unitSystem: 'allergan',
    vialUnits: [50, 100],
  }),
  product({
    code: 'daxxify',
    name: 'Daxxify',
    activeSubstance: 'daxibotulinumtoxinA',
    unitSystem: 'daxibotulinum',
    vialUnits: [50, 100],
  }),
  product({
    code: 'dysport',
    name: 'Dysport',
    activeSubstance: ABO,
    unitSystem: 'speywood',
    vialUnits: [300, 500],
  }),
  product({
    code: 'jeuveau',
    name: 'Jeuveau',
    activeSubstance: PRABO,
    unitSystem: 'prabotulinum',
    vialUnits: [100],
  }),
  product({
    code: 'letybo',
    name: 'Letybo',
    activeSubstance: LETI,
    unitSystem: 'letibotulinum',
    vialUnits: [50, 100],
  }),
  product({
    code: 'xeomin',
    name: 'Xeomin',
    activeSubstance: INCO,
    unitSystem: 'merz',
    vialUnits: [50, 100, 200],
  }),
];
