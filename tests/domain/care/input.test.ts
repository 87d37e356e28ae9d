import { expect, it } from 'vitest';
import { prescriptionForm, treatmentForm, vialForm } from '#lib/server/domain/care/input.ts';

const PRESCRIPTION = {
  productCode: 'botox',
  doseUnits: '20',
  topUpUnits: '0',
  region: 'frown_lines',
  injectorId: '0198a6d4-5a00-7000-8000-000000000001',
  validDays: '90',
};
const POINT = {
  'point-0-region': 'frown_lines',
  'point-0-side': 'right',
  'point-0-x': '0,46',
  'point-0-y': '.33',
};

/** The messages beside each field. */
function problems(result: { error?: { issues: { path: PropertyKey[]; message: string }[] } | undefined }) {
  return (result.error?.issues ?? []).map(({ path, message }) => [path.join('.'), message]);
}

it('units and doses are read with a point or a comma', () => {
  const { doseUnits, topUpUnits } = prescriptionForm.parse({
    ...PRESCRIPTION,
    doseUnits: '12,5',
    topUpUnits: '2.5',
  });
  expect([doseUnits, topUpUnits]).toEqual([12.5, 2.5]);
  const { draft } = treatmentForm.parse({ ...POINT, 'point-0-units': '2,5', diluentMl: '1,25' });
  expect(draft.points).toEqual([{ region: 'frown_lines', side: 'right', x: 0.46, y: 0.33, units: 2.5 }]);
  expect(draft.diluentMl).toBe(1.25);
  expect(
    vialForm.parse({ custody: 'dispensed', batch: 'C1', expiresOn: '2027-01-01', units: '50,0' }).units,
  ).toBe(50);
});

it('what could be meant in two ways is asked for again, beside its field', () => {
  expect(
    problems(prescriptionForm.safeParse({ ...PRESCRIPTION, doseUnits: '1,000', topUpUnits: '-1' })),
  ).toEqual([
    ['doseUnits', 'Enter the units, for example 20'],
    ['topUpUnits', 'Enter the units kept back, or 0'],
  ]);
  expect(problems(prescriptionForm.safeParse({ ...PRESCRIPTION, doseUnits: '0,0' }))).toEqual([
    ['doseUnits', 'Enter the units, for example 20'],
  ]);
  for (const units of ['1,000', '0', 'ten', '2 5'])
    expect(problems(treatmentForm.safeParse({ ...POINT, 'point-0-units': units }))).toEqual([
      ['point', 'Point 1: give region, side, x and y from 0 to 1, and the units'],
    ]);
  expect(
    problems(treatmentForm.safeParse({ ...POINT, 'point-0-units': '5', 'point-0-x': '1,5' })),
  ).toHaveLength(1);
  expect(problems(treatmentForm.safeParse({ diluentMl: '1,2,5' }))).toEqual([
    ['diluentMl', 'Enter the millilitres, for example 1.25'],
  ]);
});

it('no row and no diluent is nothing wrong', () => {
  const { draft } = treatmentForm.parse({ 'point-0-region': '', 'point-0-units': '', diluentMl: '' });
  expect([draft.points, draft.diluentMl]).toEqual([[], null]);
});
