import { describe, expect, it } from 'vitest';
import { findBannedTerms } from '#lib/server/domain/policy/terms.ts';
import {
  MEDICINE_NAMES,
  NEVER_PUBLIC,
  NO_MEDICINE_ADVERTISED,
  UNITED_STATES_NEVER_PUBLIC,
} from '#lib/server/domain/policy/wording.ts';

/** A term, and words of a page that it stops. */
type Example = readonly [term: string, stops: string];

const NEVER: Example[] = [
  ['harmless', 'It is harmless'],
  ['risk free', 'a risk-free visit'],
  ['completely safe', 'Completely safe!'],
  ['guaranteed result', 'guaranteed results'],
  ['guaranteed look', 'a guaranteed look'],
  ['guaranteed outcome', 'Guaranteed outcomes'],
  ['look younger', 'look younger in a week'],
  ['years younger', 'ten years younger'],
  ['make you younger', 'we make you younger'],
  ['makes you younger', 'it makes you younger'],
  ['younger looking', 'younger-looking skin'],
  ['*botulax*', 'Botulax'],
  ['*rentox*', 'ReNTox'],
  ['*innotox*', 'Innotox'],
  ['*toxpia*', 'Toxpia'],
];

const NAMES: Example[] = [
  ['*botulin*', 'botulinum'],
  ['*botox*', 'babybotoxes'],
  ['*beautox*', 'a Beautox facial'],
  ['botx', 'Botx'],
  ['btx', 'BTX'],
  ['bont', 'BoNT'],
  ['bonta', 'BoNTA'],
  ['tox', 'tox day'],
  ['*toxin', 'a neurotoxin'],
  ['*neuromodulator*', 'neuromodulators'],
  ['*alluzience*', 'Alluzience'],
  ['*azzalure*', 'Azzalure'],
  ['*bocouture*', 'Bocouture'],
  ['*letybo*', 'Letybo'],
  ['*nuceiva*', 'Nuceiva'],
  ['*relfydess*', 'Relfydess'],
  ['*vistabel*', 'Vistabel'],
  ['*daxxify*', 'Daxxify'],
  ['*dysport*', 'Dysport'],
  ['*jeuveau*', 'Jeuveau'],
  ['*xeomin*', 'Xeomin'],
];

const WORDS: Example[] = [
  ['anti wrinkle', 'anti-wrinkle care'],
  ['wrinkle relax*', 'wrinkle relaxers'],
  ['wrinkle reduc*', 'wrinkle reduction'],
  ['wrinkle soften*', 'wrinkle softening'],
  ['wrinkle smooth*', 'wrinkle smoothers'],
  ['wrinkle treatment', 'wrinkle treatments'],
  ['wrinkle jab', 'a wrinkle jab'],
  ['line relax*', 'line-relaxing'],
  ['line soften*', 'line softener'],
  ['line smooth*', 'line smoothing'],
  ['muscle relax*', 'a muscle relaxant'],
  ['*inject*', 'injectables'],
  ['needle', 'fine needles'],
  ['syringe', 'a syringe'],
  ['jab', 'jabs'],
  ['vial', 'per vial'],
  ['units', 'units'],
  ['# unit', '20 units'],
  ['per unit', 'priced per unit'],
  ['unit price', 'the unit price'],
  ['# area', 'three areas'],
  ['per area', 'per area'],
  ['treatment area', 'treatment areas'],
];

const UNITED_STATES: Example[] = [
  ['*alluzience*', 'Alluzience'],
  ['*azzalure*', 'Azzalure'],
  ['*bocouture*', 'Bocouture'],
  ['*nuceiva*', 'Nuceiva'],
  ['*relfydess*', 'Relfydess'],
  ['*vistabel*', 'Vistabel'],
  ['botox party', 'a Botox party'],
  ['toxin party', 'toxin party'],
  ['generic botox', 'generic Botox'],
  ['cheap botox', 'cheap Botox'],
];

const LISTS: [name: string, terms: readonly string[], examples: readonly Example[]][] = [
  ['never public', NEVER_PUBLIC, NEVER],
  ['names of the medicine', MEDICINE_NAMES, NAMES],
  ['no medicine advertised', NO_MEDICINE_ADVERTISED, [...NAMES, ...WORDS]],
  ['never public in the United States', UNITED_STATES_NEVER_PUBLIC, UNITED_STATES],
];

describe.each(LISTS)('%s', (_name, terms, examples) => {
  it('holds these terms and no other', () => {
    expect(terms).toEqual(examples.map(([term]) => term));
  });

  it.each(examples)('“%s” stops “%s”', (term, stops) => {
    const wording = { banned_terms: [...terms], public_product_names: true, licensed_products: [] };
    expect(findBannedTerms(stops, wording).map((match) => match.term)).toContain(term);
  });
});
