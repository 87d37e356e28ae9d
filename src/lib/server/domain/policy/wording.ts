/** Terms for `banned_terms`; their grammar is in `terms.ts`. */

/** Never true of a prescription medicine, or names of unlicensed products seized in 2025. */
export const NEVER_PUBLIC = [
  ...[
    'harmless',
    'risk free',
    'completely safe',
    'guaranteed result',
    'guaranteed look',
    'guaranteed outcome',
  ],
  ...['look younger', 'years younger', 'make you younger', 'makes you younger', 'younger looking'],
  ...['*botulax*', '*rentox*', '*innotox*', '*toxpia*'],
];

/** The medicine by its brands, its substance and its nicknames. */
export const MEDICINE_NAMES = [
  ...[
    '*botulin*',
    '*botox*',
    '*beautox*',
    'botx',
    'btx',
    'bont',
    'bonta',
    'tox',
    '*toxin',
    '*neuromodulator*',
  ],
  ...['*alluzience*', '*azzalure*', '*bocouture*', '*letybo*', '*nuceiva*', '*relfydess*', '*vistabel*'],
  ...['*daxxify*', '*dysport*', '*jeuveau*', '*xeomin*'],
];

const WORDS_FOR_THE_MEDICINE = [
  ...[
    'anti wrinkle',
    'wrinkle relax*',
    'wrinkle reduc*',
    'wrinkle soften*',
    'wrinkle smooth*',
    'wrinkle treatment',
  ],
  ...['wrinkle jab', 'line relax*', 'line soften*', 'line smooth*', 'muscle relax*'],
];

const WORDS_OF_THE_PROCEDURE = [
  ...['*inject*', 'needle', 'syringe', 'jab', 'vial'],
  ...['units', '# unit', 'per unit', 'unit price'],
  ...['# area', 'per area', 'treatment area'],
];

/** A page that offers a prescription-only medicine by name, by nickname or by hint advertises it. */
export const NO_MEDICINE_ADVERTISED = [
  ...MEDICINE_NAMES,
  ...WORDS_FOR_THE_MEDICINE,
  ...WORDS_OF_THE_PROCEDURE,
];

/** Brands without a United States licence, and words that play the medicine down. */
export const UNITED_STATES_NEVER_PUBLIC = [
  ...['*alluzience*', '*azzalure*', '*bocouture*', '*nuceiva*', '*relfydess*', '*vistabel*'],
  ...['botox party', 'toxin party', 'generic botox', 'cheap botox'],
];
