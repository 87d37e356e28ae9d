import { describe, expect, it } from 'vitest';
import {
  CannotUnseal,
  isSealedWithEarlierKey,
  readSealingKeys,
  seal,
  unseal,
} from '#lib/server/platform/seal.ts';

const key = (name: string, fill: number) => ({ name, key: Buffer.alloc(32, fill) });
const keys = [key('b', 2), key('a', 1)];
const TEXT = 'pässword: 𝔣𝔬𝔲𝔯 words';

describe('a sealed text', () => {
  it('opens with the key it names, for what it was sealed for, and differs each time', () => {
    const [one, other] = [seal(keys, 'calendar 1', TEXT), seal(keys, 'calendar 1', TEXT)];
    expect(one).toMatch(/^b\.[\w-]+$/);
    expect(one).not.toBe(other);
    expect([unseal(keys, 'calendar 1', one), unseal(keys, 'calendar 1', other)]).toEqual([TEXT, TEXT]);
    expect(unseal(keys, '', seal(keys, '', ''))).toBe('');
  });

  it('still opens once a newer key is in front, and says that it is time to seal it again', () => {
    const old = seal([key('a', 1)], 'x', TEXT);
    expect(unseal(keys, 'x', old)).toBe(TEXT);
    expect([old, seal(keys, 'x', TEXT)].map((sealed) => isSealedWithEarlierKey(keys, sealed))).toEqual([
      true,
      false,
    ]);
  });

  it('opens for nothing else: another row, another key, one changed bit, another key’s name', () => {
    const sealed = seal(keys, 'calendar 1', TEXT);
    const bytes = Buffer.from(sealed.slice(2), 'base64url');
    const wrong = [
      () => unseal(keys, 'calendar 2', sealed),
      () => unseal([key('b', 3)], 'calendar 1', sealed),
      () => unseal([key('a', 1)], 'calendar 1', sealed),
      () => unseal([key('c', 2)], 'calendar 1', sealed.replace('b.', 'c.')),
      () => unseal(keys, 'calendar 1', sealed.slice(0, 20)),
      () => unseal(keys, 'calendar 1', ''),
      ...bytes.keys().map((index) => () => {
        const changed = Buffer.from(bytes);
        changed[index]! ^= 1;
        return unseal(keys, 'calendar 1', `b.${changed.toString('base64url')}`);
      }),
    ];
    for (const attempt of wrong) expect(attempt).toThrow(CannotUnseal);
  });
});

describe('keys', () => {
  const base64 = (fill: number) => Buffer.alloc(32, fill).toString('base64');

  it('are read with their names, the newest first', () => {
    expect(readSealingKeys(`b:${base64(2)}, a:${base64(1)}`)).toEqual(keys);
  });

  it.each([
    '',
    'a',
    base64(1),
    `a:${base64(1).slice(0, 20)}`,
    `a:${base64(1)},a:${base64(2)}`,
    `A b:${base64(1)}`,
  ])('that are none are refused: %s', (text) => {
    expect(readSealingKeys(text)).toBeUndefined();
  });
});
