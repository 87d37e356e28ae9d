import { expect, test } from 'vitest';
import { list, name, plural } from '#lib/format/words.ts';

test('a name is what there is of it', () => {
  expect(name({ title: 'Dr', givenName: 'Ada', familyName: 'Osei' })).toBe('Dr Ada Osei');
  expect(name({ title: null, givenName: 'Siân', familyName: 'Llewellyn-Jones' })).toBe(
    'Siân Llewellyn-Jones',
  );
  expect(name({ givenName: 'Suharto' })).toBe('Suharto');
});

test('a list reads as a sentence', () => {
  expect(list([])).toBe('');
  expect(list(['chin'])).toBe('chin');
  expect(list(['chin', 'jaw'])).toBe('chin and jaw');
  expect(list(['chin', 'jaw', 'neck'])).toBe('chin, jaw and neck');
  expect(list(['chin', 'jaw', 'neck'], 'en-US')).toBe('chin, jaw, and neck');
});

test('a count agrees with its noun', () => {
  expect(plural(0, 'day')).toBe('0 days');
  expect(plural(1, 'day')).toBe('1 day');
  expect(plural(1200, 'patient')).toBe('1,200 patients');
  expect(plural(2, 'enquiry', 'enquiries')).toBe('2 enquiries');
});
