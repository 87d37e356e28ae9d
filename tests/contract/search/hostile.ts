import { beforeAll, describe, expect, it } from 'vitest';
import { ask } from './ask.ts';
import { batches, documentOf, type Question, type Started } from './world.ts';

const TEXTS: readonly (readonly [what: string, text: string])[] = [
  ['a quote', `'`],
  ['a closed filter', `" OR feeMinor > 0 OR "" = "`],
  ['a closed list', `jaw"] OR concerns IN ["chin`],
  ['a backslash', `\\" OR 1=1`],
  ['SQL', `'; DROP TABLE search_document; --`],
  ['an array of PostgreSQL', `{jaw,"chin"}`],
  ['a query of words', `a:* & !b | (c <-> d) '`],
  ['a pattern', `%_*?[a-z]`],
  ['a NUL', `jaw\u0000chin`],
  ['half a character', `jaw\ud800`],
  ['line ends', `jaw\r\n\t chin`],
  ['right-to-left marks', `\u202ejaw\u200f`],
  ['an empty text', ''],
  ['ten thousand letters', 'x'.repeat(10_000)],
  ['ten thousand signs', '"\\'.repeat(5_000)],
  ['two thousand words', 'jaw '.repeat(2_500)],
];

/** No text, wherever it is put, is taken for anything but a text. */
export function hostileQuestions(current: () => Started): void {
  describe('hostile questions', () => {
    const fields: readonly (readonly [string, (text: string) => Question])[] = [
      ['concerns', (text) => ({ concerns: [text] })],
      ['professions', (text) => ({ professions: [text] })],
      ['consultants', (text) => ({ consultants: [text] })],
      ['credentials', (text) => ({ credentials: [text] })],
      ['languages', (text) => ({ languages: [text] })],
      ['genders', (text) => ({ genders: [text] })],
      ['access', (text) => ({ access: [text] })],
      ['a zone', (text) => ({ free: [{ timeZone: text, from: '2026-12-01', to: '2026-12-02' }] })],
    ];
    beforeAll(async () => {
      const started = current();
      await started.index.replaceAll(batches([documentOf(started, 0), documentOf(started, 1)]));
    });

    for (const [what, text] of TEXTS) {
      it(`${what} in a choice finds nobody`, async () => {
        for (const [field, question] of fields)
          expect([field, (await ask(current(), question(text))).total]).toEqual([field, 0]);
        expect((await ask(current())).total).toBe(2);
      });

      it(`${what} among words is words`, async () => {
        const { total } = await ask(current(), { words: `person ${text}` });
        expect(total).toBeLessThanOrEqual(2);
      });
    }
  });
}
