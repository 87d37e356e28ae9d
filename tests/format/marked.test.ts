import { describe, expect, it } from 'vitest';
import { marked } from '../../src/lib/format/marked.ts';

const shown = (text: string, typed: string) =>
  marked(text, typed)
    .map((part) => (part.isMarked ? `[${part.text}]` : part.text))
    .join('');

describe('marks what was typed', () => {
  it.each([
    ['Dr Amara Okafor-Bell', 'amara', 'Dr [Amara] Okafor-Bell'],
    ['Dr Amara Okafor-Bell', 'okaf bell', 'Dr Amara [Okaf]or-[Bell]'],
    ['Zoë Wróbel', 'zoe wrob', '[Zoë] [Wrób]el'],
    ['Zoë Wróbel'.normalize('NFD'), 'zoe', `[${'Zoë'.normalize('NFD')}] ${'Wróbel'.normalize('NFD')}`],
    ['Amara Bell', '', 'Amara Bell'],
    ['Amara Bell', '<b> $1 .*', 'Amara [B]ell'],
    ['Amara Bell', 'mara', 'Amara Bell'],
  ])('%s by %s', (text, typed, expected) => {
    expect(shown(text, typed)).toBe(expected);
    expect(
      marked(text, typed)
        .map((part) => part.text)
        .join(''),
    ).toBe(text);
  });
});
