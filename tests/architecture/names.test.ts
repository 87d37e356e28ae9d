import { expect, it } from 'vitest';
import { filesBelow, textOf } from './files.ts';

/** A query that calls a practitioner by the name alone, for a page, a letter or a calendar. */
const WITHOUT_TITLE =
  /(?<!title, \w+\.)\bdisplay_name as "?(practitioner|injector|prescriber|consultant)Name\b/i;

it('a practitioner is named with their title, whoever reads it', () => {
  const queries = filesBelow('src/lib/server').filter((path) => path.endsWith('.ts'));
  expect(queries.length).toBeGreaterThan(100);
  expect(queries.filter((path) => WITHOUT_TITLE.test(textOf(path)))).toEqual([]);
  expect(WITHOUT_TITLE.test(`SELECT p.display_name AS "practitionerName"`)).toBe(true);
  expect(WITHOUT_TITLE.test(`'injector.display_name as injectorName'`)).toBe(true);
  expect(WITHOUT_TITLE.test(`concat_ws(' ', p.title, p.display_name) AS "practitionerName"`)).toBe(false);
});
