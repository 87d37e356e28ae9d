import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { POLICY_KEYS, type KeyDefinition, type PolicyKey, type PolicyValues } from './keys.ts';

/** The stricter of floor and law for one key: never looser than either. */
export function stricter<Key extends PolicyKey>(
  key: Key,
  floor: PolicyValues[Key],
  law: PolicyValues[Key],
): PolicyValues[Key] {
  return combine(POLICY_KEYS[key], floor, law) as PolicyValues[Key];
}

function combine({ schema, merge }: KeyDefinition, floor: unknown, law: unknown): unknown {
  const rank = (value: unknown) =>
    schema instanceof z.ZodEnum ? schema.options.indexOf(value as string) : (value as number);
  switch (merge) {
    case 'min':
      return rank(law) < rank(floor) ? law : floor;
    case 'max':
      return rank(law) > rank(floor) ? law : floor;
    case 'and':
      return floor === true && law === true;
    case 'or':
      return floor === true || law === true;
    case 'intersection':
      return (law as unknown[]).filter((item) => contains(floor as unknown[], item));
    case 'union':
      return [
        ...(floor as unknown[]),
        ...(law as unknown[]).filter((item) => !contains(floor as unknown[], item)),
      ];
    case 'floor_only':
      return floor;
    case 'law_only':
      return law;
  }
}

function contains(items: readonly unknown[], wanted: unknown): boolean {
  return items.some((item) => isDeepStrictEqual(item, wanted));
}
