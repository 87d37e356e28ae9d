import { list } from './words.ts';

/** The regions of the face drawing. Records use these codes, so they stay. */
export const REGION_CODES = [
  'forehead_lines',
  'frown_lines',
  'crows_feet',
  'bunny_lines',
  'jaw',
  'chin',
  'neck_bands',
] as const;

export type RegionCode = (typeof REGION_CODES)[number];

/** What a patient may name: a region, or the one concern that has no place of its own. */
export type ConcernCode = RegionCode | 'asymmetry';

export const CONCERN_LABELS: Readonly<Record<ConcernCode, string>> = {
  forehead_lines: 'Forehead lines',
  frown_lines: 'Frown lines',
  crows_feet: 'Lines beside the eyes (crow’s feet)',
  bunny_lines: 'Lines on the nose',
  jaw: 'Jaw',
  chin: 'Chin',
  neck_bands: 'Neck bands',
  asymmetry: 'One side looks different',
};

/** "Frown lines and forehead lines" */
export function regionNames(regions: readonly string[]): string {
  const names = list(regions.map((region) => CONCERN_LABELS[region as ConcernCode] ?? region)).toLowerCase();
  return names.charAt(0).toUpperCase() + names.slice(1);
}
