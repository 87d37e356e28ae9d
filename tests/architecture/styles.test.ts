import { describe, expect, it } from 'vitest';
import { filesBelow, textOf } from './files.ts';

/*
 * A class that nothing styles, or a token that nobody has defined, fails in silence: the page is only crowded, and no other
 * test sees it.
 */

const pages = filesBelow('src').filter((path) => path.endsWith('.svelte'));
const sheets = filesBelow('src').filter((path) => path.endsWith('.css'));
const styleOf = (text: string) =>
  [...text.matchAll(/<style>(.*?)<\/style>/gs)].map(([, style]) => style!).join('\n');
const names = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name]) => name!);
const classesIn = (style: string) => names(style, /\.([a-z][\w-]*)/gi);

const shared = sheets.map(textOf).join('\n');
const styles = pages.map((path) => styleOf(textOf(path)));
const everywhere = new Set([
  ...classesIn(shared),
  ...styles.flatMap((style) => names(style, /:global\(([^)]*)\)/g)).flatMap(classesIn),
]);

describe('in the markup', () => {
  it('every class is styled, by the page itself or for all of them', () => {
    const lost = pages.flatMap((path) => {
      const text = textOf(path);
      const own = new Set(classesIn(styleOf(text)));
      return names(text, /\sclass="([^"{}]*)"/g)
        .flatMap((list) => list.split(/\s+/))
        .filter((name) => name !== '' && !own.has(name) && !everywhere.has(name))
        .map((name) => `${path}: ${name}`);
    });
    expect(lost).toEqual([]);
  });

  it('every token that is used is defined', () => {
    const texts = [...pages, ...sheets].map((path) => [path, textOf(path)] as const);
    const defined = new Set(texts.flatMap(([, text]) => names(text, /(--[\w-]+)\s*[:=]/g)));
    const lost = texts.flatMap(([path, text]) =>
      names(text, /var\((--[\w-]+)\)/g)
        .filter((name) => !defined.has(name))
        .map((name) => `${path}: ${name}`),
    );
    expect(lost).toEqual([]);
  });
});
