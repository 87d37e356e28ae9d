import { expect, test } from 'vitest';
import { typedFindings, typedPoints } from '#lib/ui/face/fields.ts';

function form(fields: Record<string, string>): FormData {
  const data = new FormData();
  for (const [field, value] of Object.entries(fields)) data.set(field, value);
  return data;
}

test('typed points keep what was typed; empty rows fall away', () => {
  const data = form({
    'point-0-region': 'frown_lines',
    'point-0-side': 'right',
    'point-0-x': '0.45',
    'point-0-y': ' 0.34 ',
    'point-0-units': 'four',
    'point-1-region': '',
    'point-1-units': '',
    'point-2-region': '',
    'point-2-units': '2',
  });
  expect(typedPoints(data)).toEqual([
    { region: 'frown_lines', side: 'right', x: '0.45', y: '0.34', units: 'four', vial: '' },
    { region: '', side: '', x: '', y: '', units: '2', vial: '' },
  ]);
  expect(typedPoints(data, 'other')).toEqual([]);
});

test('typed findings leave out what was not looked at', () => {
  const data = form({
    'finding-jaw-strength': '',
    'finding-jaw-note': 'nothing',
    'finding-chin-strength': 'mild',
    'finding-chin-stronger': 'same',
    'finding-chin-note': '',
  });
  expect(typedFindings(data)).toEqual({ chin: { strength: 'mild', stronger: 'same', note: '' } });
});
