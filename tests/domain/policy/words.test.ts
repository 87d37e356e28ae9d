import { expect, it } from 'vitest';
import { valueText } from '#lib/server/domain/policy/words.ts';

it.each<[unknown, string]>([
  [18, '18'],
  [0, '0'],
  [true, 'true'],
  [null, 'null'],
  ['on_site', 'on_site'],
  ['https://yellowcard.mhra.gov.uk/', 'https://yellowcard.mhra.gov.uk/'],
  [[], 'none'],
  [['genuine', 'dated'], 'genuine, dated'],
  [
    [
      { profession: 'doctor', annotation: null },
      { profession: 'nurse_prescriber', annotation: 'prescribing_right' },
    ],
    'doctor, nurse_prescriber:prescribing_right',
  ],
  [[{ profession: 'doctor', register: 'gmc' }], 'doctor:gmc'],
  [[{ code: 'botox', name: 'Botox', vialUnits: [50] }], 'Botox'],
  [[null, 7], 'null, 7'],
])('says the value %j as “%s”', (value, words) => {
  expect(valueText(value)).toBe(words);
});
