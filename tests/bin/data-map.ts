import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { mapInWords } from '../domain/privacy/map-in-words.ts';

/*
 * Writes the data map into docs/privacy.md, below its heading. A test says when that has to be done again.
 */
const path = 'docs/privacy.md';
const text = readFileSync(path, 'utf8');
const heading = '\n## The map\n';
const end = text.indexOf(heading) + heading.length;
writeFileSync(
  path,
  await format(`${text.slice(0, end)}\n${mapInWords()}\n`, {
    ...(await resolveConfig(path)),
    filepath: path,
  }),
);
