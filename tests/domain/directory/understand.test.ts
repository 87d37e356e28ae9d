import { describe, expect, it } from 'vitest';
import { CONCERN_WORDS, PROFESSION_WORDS } from '#lib/server/domain/directory/concerns.ts';
import { lawful, understand } from '#lib/server/domain/directory/understand.ts';

describe('what typed words mean', () => {
  it.each([
    ['11 lines', '', ['frown_lines']],
    ['help with my ELEVENS near me', '', ['frown_lines']],
    ['crow’s feet Leeds', 'Leeds', ['crows_feet']],
    ['jaw and one side looks different', '', ['asymmetry', 'jaw']],
    ['lines on the nose', '', ['bunny_lines']],
    ['Dr Amara Okafor-Bell', 'Dr Amara Okafor-Bell', []],
    ['Jawad', 'Jawad', []],
    ['wrinkles', '', []],
    ['  ', '', []],
  ])('%s', (typed, words, concerns) => {
    const { words: left, meaning } = understand(typed);
    expect([left, meaning.concern?.toSorted() ?? []]).toEqual([words, concerns]);
  });

  it('leaves a product out, however it is written', () => {
    for (const typed of ['botox', 'B0tox in London', 'bo-tox London', 'Azzalure injections London'])
      expect([typed, understand(typed).words.replace('London', '')]).toEqual([typed, '']);
  });
});

it('every way to name a concern is understood as that concern, and may stand on any page', () => {
  for (const [concern, phrases] of Object.entries(CONCERN_WORDS)) {
    for (const phrase of phrases) {
      expect([phrase, understand(phrase).meaning.concern]).toEqual([phrase, [concern]]);
      expect(lawful(phrase)).toBe(phrase);
    }
  }
  for (const word of Object.values(PROFESSION_WORDS).flat()) expect(lawful(word)).toBe(word);
});

it('a text that may not stand on every page stands on none', () => {
  expect(lawful('Long conversations about expression')).toBe('Long conversations about expression');
  expect(lawful('The best Botox in town')).toBe('');
});
