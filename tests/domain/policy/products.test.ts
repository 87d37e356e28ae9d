import { describe, expect, it } from 'vitest';
import type { LicensedProduct } from '#lib/server/domain/policy/keys.ts';
import {
  ALL_PRODUCTS,
  AUSTRALIA_PRODUCTS,
  CANADA_PRODUCTS,
  IRELAND_PRODUCTS,
  UNITED_KINGDOM_PRODUCTS,
  UNITED_STATES_PRODUCTS,
} from '#lib/server/domain/policy/products.ts';

const codesOf = (products: readonly LicensedProduct[]) => products.map(({ code }) => code);

describe('the products', () => {
  it('are these, each with its substance, units, vials and interval', () => {
    expect(
      ALL_PRODUCTS.map((one) => [
        one.code,
        one.name,
        one.activeSubstance,
        one.unitSystem,
        one.vialUnits.join(' '),
        one.minRetreatmentDays,
        one.singlePatientSingleSession,
      ]),
    ).toEqual([
      ['alluzience', 'Alluzience', 'abobotulinumtoxinA', 'speywood', '125', 90, true],
      ['azzalure', 'Azzalure', 'abobotulinumtoxinA', 'speywood', '125', 84, true],
      ['bocouture', 'Bocouture', 'incobotulinumtoxinA', 'merz', '50 100', 90, true],
      ['botox', 'Botox', 'onabotulinumtoxinA', 'allergan', '50 100', 90, true],
      ['letybo', 'Letybo', 'letibotulinumtoxinA', 'letibotulinum', '50 100', 90, true],
      ['nuceiva', 'Nuceiva', 'prabotulinumtoxinA', 'prabotulinum', '50 100', 90, true],
      ['relfydess', 'Relfydess', 'relabotulinumtoxinA', 'relabotulinum', '150', 90, true],
      ['botox_cosmetic', 'Botox Cosmetic', 'onabotulinumtoxinA', 'allergan', '50 100', 90, true],
      ['daxxify', 'Daxxify', 'daxibotulinumtoxinA', 'daxibotulinum', '50 100', 90, true],
      ['dysport', 'Dysport', 'abobotulinumtoxinA', 'speywood', '300 500', 90, true],
      ['jeuveau', 'Jeuveau', 'prabotulinumtoxinA', 'prabotulinum', '100', 90, true],
      ['xeomin', 'Xeomin', 'incobotulinumtoxinA', 'merz', '50 100 200', 90, true],
    ]);
  });

  it('are licensed in these countries', () => {
    const british = ['alluzience', 'azzalure', 'bocouture', 'botox', 'letybo', 'nuceiva', 'relfydess'];
    expect(codesOf(UNITED_KINGDOM_PRODUCTS)).toEqual(british);
    expect(codesOf(IRELAND_PRODUCTS)).toEqual(british);
    expect(codesOf(UNITED_STATES_PRODUCTS)).toEqual([
      'botox_cosmetic',
      'daxxify',
      'dysport',
      'jeuveau',
      'letybo',
      'xeomin',
    ]);
    expect(codesOf(AUSTRALIA_PRODUCTS)).toEqual(['botox', 'dysport', 'letybo', 'nuceiva', 'xeomin']);
    expect(codesOf(CANADA_PRODUCTS)).toEqual(['botox_cosmetic', 'dysport', 'letybo', 'nuceiva', 'xeomin']);
  });
});
