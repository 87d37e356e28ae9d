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

const ALLUZIENCE = product({
  code: 'alluzience',
  name: 'Alluzience',
  activeSubstance: ABO,
  unitSystem: 'speywood',
  vialUnits: [125],
});
const AZZALURE = product({
  code: 'azzalure',
  name: 'Azzalure',
  activeSubstance: ABO,
  unitSystem: 'speywood',
  vialUnits: [125],
  minRetreatmentDays: 84,
});
const BOCOUTURE = product({
  code: 'bocouture',
  name: 'Bocouture',
  activeSubstance: INCO,
  unitSystem: 'merz',
  vialUnits: [50, 100],
});
const BOTOX = product({
  code: 'botox',
  name: 'Botox',
  activeSubstance: ONA,
  unitSystem: 'allergan',
  vialUnits: [50, 100],
});
const BOTOX_COSMETIC = product({
  code: 'botox_cosmetic',
  name: 'Botox Cosmetic',
  activeSubstance: ONA,
  unitSystem: 'allergan',
  vialUnits: [50, 100],
});
const DAXXIFY = product({
  code: 'daxxify',
  name: 'Daxxify',
  activeSubstance: 'daxibotulinumtoxinA',
  unitSystem: 'daxibotulinum',
  vialUnits: [50, 100],
});
const DYSPORT = product({
  code: 'dysport',
  name: 'Dysport',
  activeSubstance: ABO,
  unitSystem: 'speywood',
  vialUnits: [300, 500],
});
const JEUVEAU = product({
  code: 'jeuveau',
  name: 'Jeuveau',
  activeSubstance: PRABO,
  unitSystem: 'prabotulinum',
  vialUnits: [100],
});
const LETYBO = product({
  code: 'letybo',
  name: 'Letybo',
  activeSubstance: LETI,
  unitSystem: 'letibotulinum',
  vialUnits: [50, 100],
});
const NUCEIVA = product({
  code: 'nuceiva',
  name: 'Nuceiva',
  activeSubstance: PRABO,
  unitSystem: 'prabotulinum',
  vialUnits: [50, 100],
});
const RELFYDESS = product({
  code: 'relfydess',
  name: 'Relfydess',
  activeSubstance: 'relabotulinumtoxinA',
  unitSystem: 'relabotulinum',
  vialUnits: [150],
});
const XEOMIN = product({
  code: 'xeomin',
  name: 'Xeomin',
  activeSubstance: INCO,
  unitSystem: 'merz',
  vialUnits: [50, 100, 200],
});

// For use on the face. A product that several countries license is the same product: same code, units and interval.

export const UNITED_KINGDOM_PRODUCTS = [ALLUZIENCE, AZZALURE, BOCOUTURE, BOTOX, LETYBO, NUCEIVA, RELFYDESS];
export const IRELAND_PRODUCTS = [...UNITED_KINGDOM_PRODUCTS];
export const UNITED_STATES_PRODUCTS = [BOTOX_COSMETIC, DAXXIFY, DYSPORT, JEUVEAU, LETYBO, XEOMIN];
export const AUSTRALIA_PRODUCTS = [BOTOX, DYSPORT, LETYBO, NUCEIVA, XEOMIN];
export const CANADA_PRODUCTS = [BOTOX_COSMETIC, DYSPORT, LETYBO, NUCEIVA, XEOMIN];

/** Every product that is licensed anywhere here, once. */
export const ALL_PRODUCTS: readonly LicensedProduct[] = [
  ...new Set([
    ...UNITED_KINGDOM_PRODUCTS,
    ...IRELAND_PRODUCTS,
    ...UNITED_STATES_PRODUCTS,
    ...AUSTRALIA_PRODUCTS,
    ...CANADA_PRODUCTS,
  ]),
];
