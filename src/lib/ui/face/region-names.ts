import { list } from '#lib/format/words.ts';
import { CONCERN_LABELS, type ConcernCode } from './geometry.ts';

/** "Frown lines and forehead lines" */
export function regionNames(regions: readonly string[]): string {
  const names = list(regions.map((region) => CONCERN_LABELS[region as ConcernCode] ?? region)).toLowerCase();
  return names.charAt(0).toUpperCase() + names.slice(1);
}
