import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesBelow, root, textOf } from './files.ts';

const self = 'tests/architecture/words.test.ts';
const notText = /\.(png|jpe?g|webp|avif|ico|woff2|gz|br)$/;

const own = [
  ...['src', 'db', 'docs', 'static', 'tests', '.ci'].flatMap(filesBelow),
  ...readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'package-lock.json')
    .map((entry) => entry.name),
].filter((path) => path !== self && !notText.test(path));

/** Each file is read once for all patterns. */
const texts = own.map((path) => ({ path, text: textOf(path) }));
const filesWith = (pattern: RegExp) => texts.filter(({ text }) => pattern.test(text)).map(({ path }) => path);

describe('no file of ours', () => {
  it.each([
    ['a folder of somebody’s machine', /(?<![\w.-])\/(home|Users|work|root|mnt)\/[\w.]+|[A-Z]:\\\\?Users/],
    ['unfinished business', /\b(TODO|FIXME|XXX|HACK|WIP)\b/],
    ['filler', /lorem ipsum|\bfoo(bar)?\b|\basdf\b/i],
    ['a switched-off test', /\b(it|test|describe)\.(only|todo)\(|\bdebugger;/],
    ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ])('holds %s', (_what, pattern) => {
    expect(filesWith(pattern)).toEqual([]);
  });

  it('has a name that says nothing', () => {
    const empty = /^(utils?|helpers?|managers?|misc|common|data|stuff)\.\w+$/;
    expect(own.filter((path) => path.startsWith('src/') && empty.test(basename(path)))).toEqual([]);
  });
});
