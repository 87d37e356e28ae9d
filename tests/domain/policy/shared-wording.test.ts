import { expect, it } from 'vitest';
import { JURISDICTIONS } from '#lib/server/domain/policy/codes.ts';
import { evaluatePolicy } from '#lib/server/domain/policy/evaluate.ts';
import { POLICY_ROWS } from '#lib/server/domain/policy/rows.ts';
import { publicWording } from '#lib/server/domain/policy/shared-wording.ts';
import { findBannedTerms } from '#lib/server/domain/policy/terms.ts';

it('forbids on a page that all places share whatever one of them forbids', () => {
  for (const place of JURISDICTIONS) {
    const { banned_terms } = evaluatePolicy(POLICY_ROWS, place, Temporal.PlainDate.from('2026-12-01'));
    expect(banned_terms.filter((term) => !publicWording.banned_terms.includes(term))).toEqual([]);
  }
  expect(new Set(publicWording.banned_terms).size).toBe(publicWording.banned_terms.length);
});

it('names no product, wherever it is licensed', () => {
  expect(publicWording.public_product_names).toBe(false);
  for (const name of ['Azzalure', 'Daxxify', 'Xeomin', 'relabotulinumtoxinA'])
    expect(findBannedTerms(`Ask for ${name} here.`, publicWording).map(({ text }) => text)).toContain(name);
  expect(findBannedTerms('A consultation for lines, face to face.', publicWording)).toEqual([]);
});
