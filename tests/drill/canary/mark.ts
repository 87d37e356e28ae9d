import type pg from 'pg';
import { columnsOf, dataMap } from '#lib/server/domain/privacy/data-map.ts';
import { foundBy, unmarkable } from './columns.ts';

/** Whose rows are marked: two patients, their practitioner, one who has stopped, and somebody who is forgotten already. */
export type About = 'mine' | 'other' | 'practitioner' | 'former' | 'locked';

/** Something that is nowhere else, in one column of one table, about one person. */
export interface Marker {
  text: string;
  /** How it may be written where somebody reads it: a day has several ways. */
  forms: readonly string[];
  table: string;
  column: string;
  about: About;
}

export interface Subject {
  about: About;
  accountId: string | null;
  patientId: string | null;
  practitionerId: string | null;
}

/** A personal or clinical column of the data map in which a marker can stand, with the rows that are about somebody. */
interface Markable {
  table: string;
  column: string;
  /** Undefined where nobody has said how they are found. */
  where: string | undefined;
}

/** Every personal and clinical column that is not listed with a reason. */
export function markableColumns(): Markable[] {
  return Object.entries(dataMap).flatMap(([table, about]) =>
    about.about === 'nobody'
      ? []
      : columnsOf(about)
          .filter(({ kind }) => kind === 'personal' || kind === 'clinical')
          .map(({ name }) => ({ table, column: name, where: about.find ?? foundBy[table] }))
          .filter(({ column }) => !unmarkable.has(`${table}.${column}`)),
  );
}

/**
 * Marks each of them in the rows about this subject. Answers also which refused every marker, and of which there is no row.
 * `client` is past every trigger.
 */
export async function mark(
  client: pg.Client,
  subject: Subject,
): Promise<{ markers: Marker[]; refused: string[]; empty: string[] }> {
  const { rows } = await client.query<{ table: string; column: string; type: string }>(
    `SELECT table_name AS table, column_name AS column, udt_name AS type FROM information_schema.columns WHERE table_schema = 'public'`,
  );
  const types = new Map(rows.map(({ table, column, type }) => [`${table}.${column}`, type]));
  const markers: Marker[] = [];
  const refused: string[] = [];
  const empty: string[] = [];
  await client.query(`SET session_replication_role = replica`);

  // Letters are found by the address of the account: both get the same one.
  const address = `canary000${subject.about}`;
  const email = `${address}@example.test`;
  if (subject.accountId !== null) {
    for (const table of ['mail_message', 'mail_declined'])
      await client.query(
        `UPDATE ${table} SET to_address = $2 WHERE to_address = (SELECT email FROM account WHERE id = $1)`,
        [subject.accountId, email],
      );
    await client.query(`UPDATE account SET email = $2 WHERE id = $1`, [subject.accountId, email]);
    markers.push({
      text: address,
      forms: [address],
      table: 'account',
      column: 'email',
      about: subject.about,
    });
  }
  let nth = 0;
  for (const { table, column, where } of markableColumns()) {
    if (where === undefined || (table === 'account' && column === 'email')) continue;
    const name = `${table}.${column}`;
    nth += 1;
    const type = types.get(name) ?? '';
    const ways = waysFor(type, column, nth, subject.about);
    const outcome = await write(client, { table, column, type, where, ways }, subject, email);
    if (outcome === 'refused') refused.push(name);
    else if (outcome === 'nothing') empty.push(name);
    else markers.push({ text: outcome[0]!, forms: outcome, table, column, about: subject.about });
  }
  await client.query(`SET session_replication_role = origin`);
  return { markers, refused, empty };
}

/** A value to try, as SQL, and what it looks like to a reader. */
interface Way {
  value: string;
  forms: readonly string[];
}

async function write(
  client: pg.Client,
  {
    table,
    column,
    type,
    where,
    ways,
  }: { table: string; column: string; type: string; where: string; ways: readonly Way[] },
  subject: Subject,
  email: string,
): Promise<readonly string[] | 'refused' | 'nothing'> {
  const values: unknown[] = [];
  const bound: Readonly<Record<string, [unknown, string]>> = {
    account: [subject.accountId, 'uuid'],
    email: [email, 'citext'],
    patients: [subject.patientId === null ? [] : [subject.patientId], 'uuid[]'],
    practitioner: [subject.practitionerId, 'uuid'],
    streams: [[], 'text[]'],
  };
  const condition = where.replaceAll(/(?<!:):([a-z]+)/g, (_, name: string) => {
    const [value, cast] = bound[name]!;
    return `$${values.push(value)}::${cast}`;
  });
  const { rows: there } = await client.query(`SELECT FROM ${table} WHERE ${condition} LIMIT 1`, values);
  if (there.length === 0) return 'nothing';
  // In every row about them, or in one where each has to be another.
  const one = (order: string) =>
    `ctid IN (SELECT ctid FROM ${table} WHERE ${condition} ORDER BY ctid ${order} LIMIT 1)`;
  const rows = [condition, one('ASC'), one('DESC')];
  for (const { value, forms } of ways)
    for (const which of rows) {
      try {
        await client.query(`UPDATE ${table} SET ${column} = ${value} WHERE ${which}`, values);
      } catch {
        // The next one may fit.
        continue;
      }
      const { rowCount } = await client.query(
        `SELECT FROM ${table} WHERE position($1 IN ${asText(column, type)}) > 0 LIMIT 1`,
        [forms[0]],
      );
      if (rowCount! > 0) return forms;
    }
  return 'refused';
}

/** A column as text, so that a marker can be looked for in it. */
export function asText(column: string, type: string): string {
  return type === 'bytea' ? `encode("${column}", 'escape')` : `"${column}"::text`;
}

/** Types of columns in which a marker can stand. */
export const MARKED_TYPES: ReadonlySet<string> = new Set(
  'text citext jsonb date float8 bytea _text'.split(' '),
);

/** What a column of this type may take, the likeliest first. */
function waysFor(type: string, column: string, nth: number, about: About): Way[] {
  const text = `canary${String(nth).padStart(3, '0')}${about}`;
  const forms = [text];
  const of = (...values: string[]): Way[] => values.map((value) => ({ value, forms }));
  switch (type) {
    case 'jsonb':
      // Behind the first sentence in it: codes and days have no spaces, and what follows a key is a colon.
      return of(
        String.raw`regexp_replace(${column}::text, '"([^"\\ ]+ [^"\\]*)"(?=\s*([,}\]]|$))', '"\1 ${text}"')::jsonb`,
      );
    case 'date':
      return [1903, 2093].map((year) => day(nth, about, year));
    case 'float8':
      return [{ value: number(nth, about), forms: [number(nth, about)] }];
    case 'bytea':
      return of(`convert_to('${text}', 'UTF8')`);
    case '_text':
      return of(`array_append(${column}, '${text}')`, `ARRAY['${text}']`);
    case 'text':
    case 'citext':
      if (/email/.test(column)) return of(`'${text}@example.test'`);
      return [
        ...of(
          `trim(left(${column}, 60) || ' ${text}')`,
          `'${text}'`,
          `'${text} and more words than twenty letters'`,
          `'https://${text}.example/'`,
          `'data:image/webp;base64,${text}'`,
        ),
        { value: `'${telephone(nth, about)}'`, forms: [telephone(nth, about)] },
      ];
    default:
      return [];
  }
}

const ORDER: readonly About[] = ['mine', 'other', 'practitioner', 'former', 'locked'];

/** A day that nothing else in the town falls on; never one of the first twelve of its month, so that nobody can read it otherwise. */
function day(nth: number, about: About, century: number): Way {
  const at = ORDER.indexOf(about) * 2 * 12 * 15 + nth;
  const date = Temporal.PlainDate.from({
    year: century + Math.floor(at / 180),
    month: 1 + (Math.floor(at / 15) % 12),
    day: 13 + (at % 15),
  });
  const { day: d, month: m, year } = date;
  const two = (one: number) => String(one).padStart(2, '0');
  const name = date.toLocaleString('en-GB', { month: 'long' });
  return {
    value: `'${date.toString()}'`,
    forms: [
      date.toString(),
      `${d} ${name} ${year}`,
      `${d} ${name.slice(0, 3)} ${year}`,
      `${name} ${d}, ${year}`,
      `${two(d)}/${two(m)}/${year}`,
      `${two(m)}/${two(d)}/${year}`,
      date.toString().replaceAll('-', ''),
    ],
  };
}

/** So many places behind the point has nothing else. */
const number = (nth: number, about: About) =>
  `51.${ORDER.indexOf(about) + 1}${String(nth).padStart(3, '0')}71317`;

const telephone = (nth: number, about: About) =>
  `+44791${ORDER.indexOf(about) + 1}${String(nth).padStart(3, '0')}713`;
