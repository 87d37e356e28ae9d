import pg from 'pg';
import { dataMap, columnsOf } from '#lib/server/domain/privacy/data-map.ts';

/*
 * Which columns can hold markup at all, asked of the catalogue, so that a new one cannot be forgotten: each is filled, or it is said
 * why not. Texts are put there past triggers and keys to other rows; the checks of the table say whether such a text may stand.
 */

export interface Column {
  readonly table: string;
  readonly name: string;
  readonly kind: 'text' | 'list' | 'json';
  /** Why it is left as it is, where the catalogue says so. */
  readonly because: string | null;
}

type Outcome =
  /** So many rows hold it now. */
  | { readonly rows: number }
  /** A check of the table lets no such text in. */
  | { readonly refused: string }
  /** Something else was wrong: a fault of this drill, or of the schema. */
  | { readonly failed: string };

/** Columns that the catalogue would let hold markup and that are left as they are. One that is not there, or is a key, is a finding. */
export const LEFT_ALONE: Readonly<Record<string, string>> = {
  'session.id': 'the hash of what a browser shows: nobody would be signed in',
  'record_share.secret_hash': 'the hash of what stands in an address of this drill',
  'record_access.secret_hash': 'the hash of what stands in an address of this drill',
  'jurisdiction.country_code': 'a code of the reference data, by which formats are chosen',
  'jurisdiction.currency': 'a code of the reference data, by which formats are chosen',
  'jurisdiction.locale': 'a code of the reference data, by which formats are chosen',
  'practice.currency': 'a code of the reference data, by which formats are chosen',
  'place.country_code': 'a code of the reference data, by which places are found',
  'postcode.country_code': 'a code of the reference data, by which places are found',
  'postcode.code': 'a code of the reference data, by which places are found',
  'adverse_event.jurisdiction': 'a code of the reference data, taken from the visit',
  'review.jurisdiction': 'a code of the reference data, taken from the visit',
  'required_credential.kind': 'a code of the reference data, by which it is seen who may be listed',
  'required_credential.register': 'a code of the reference data, by which it is seen who may be listed',
  'credential.register': 'a code of the reference data, by which it is seen who may be listed',
  'profession_capability.required_credential':
    'a code of the reference data, by which it is seen who may be listed',
  'policy_key.direction': 'a code of the reference data, by which rules are compared',
  'policy_key.words': 'words of the reference data, by which rules are compared',
  'retention_term.what': 'a code of the reference data, by which a term is found',
  'product.unit_system': 'a code of the reference data, by which doses are compared',
  'policy_row.jurisdiction': 'a code of the reference data, by which rules are found',
  'policy_change.jurisdiction': 'a code of the reference data, by which rules are found',
  'policy_change.value': 'numbers and codes; the schema of its rule takes no other words',
  'policy_row.value': 'numbers and codes; the schema of its rule takes no other words',
  'safety_figure.what': 'a code of what is counted',
  'answer_finding.answer': 'a code that the database compares',
  'answer_finding.finding_code': 'a code that the database compares',
  'answer_finding.question_code': 'a code that the database compares',
  'product_contraindication.finding_code': 'a code that the database compares',
  'consultation_finding.code': 'a code that the database compares',
  'consultation_record.face': 'points and codes of a drawing',
  'follow_up_record.outcomes': 'codes alone',
  'audit.stream': 'a kind and an id, given by the code',
  'audit_head.stream': 'a kind and an id, given by the code',
};

const ALONE: readonly (readonly [RegExp, string])[] = [
  [/^kysely_/, 'which migrations ran'],
  [
    /^graphile_worker\.(?!_private_jobs\.last_error$)/,
    'names and payloads of the queue, which the code gives',
  ],
  [/^search_/, 'the index, which is made anew of what these texts are in'],
  [/[._]time_zone$/, 'the database itself reads it as a zone'],
  [/[._](?:regions?|concerns)$/, 'codes of the drawing of a face, which stand in no form as words'],
];

/** Why a column is left as it is; null for one that is to be filled. */
export function leftAlone({ table, name, because }: Column): string | null {
  const full = `${table}.${name}`;
  return because ?? LEFT_ALONE[full] ?? ALONE.find(([pattern]) => pattern.test(full))?.[1] ?? null;
}

/** In tables that are longer, a row holds all of the texts where it is about the people of the stage, and else one. */
const LONG = 30;
/** So many rows of a column of JSON. */
const MOST_JSON = 2_000;

/** Takes away what would keep texts out whatever their form: triggers, and keys to other rows. */
export async function passGuards(client: pg.Client): Promise<void> {
  await client.query('SET session_replication_role = replica');
  const { rows } = await client.query<{ table: string; name: string }>(
    `SELECT tgrelid::regclass::text AS table, tgname AS name FROM pg_trigger WHERE tgenabled = 'A'`,
  );
  for (const { table, name } of rows)
    await client.query(`ALTER TABLE ${table} DISABLE TRIGGER ${pg.escapeIdentifier(name)}`);
}

/** Every column of words, lists of words and JSON in the database. */
export async function textColumns(client: pg.Client): Promise<Column[]> {
  const { rows } = await client.query<{
    table: string;
    name: string;
    kind: Column['kind'];
    because: string | null;
  }>(`
    SELECT CASE n.nspname WHEN 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END AS table, a.attname AS name,
           CASE WHEN t.typcategory = 'A' THEN 'list' WHEN t.typname IN ('json', 'jsonb') THEN 'json' ELSE 'text' END AS kind,
           CASE WHEN a.attgenerated <> '' OR a.attidentity <> '' THEN 'made by the database of other columns'
                WHEN EXISTS (SELECT FROM pg_constraint k WHERE k.contype = 'f' AND k.conrelid = c.oid AND a.attnum = ANY (k.conkey))
                THEN 'a key to a row elsewhere'
                WHEN EXISTS (SELECT FROM pg_constraint k WHERE k.contype = 'f' AND k.confrelid = c.oid AND a.attnum = ANY (k.confkey))
                THEN 'a key that rows elsewhere have' END AS because
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
     WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
       AND a.attnum > 0 AND NOT a.attisdropped
       AND (t.typcategory = 'S' OR t.typname IN ('json', 'jsonb', 'xml') OR (t.typcategory = 'A' AND e.typcategory = 'S'))
     ORDER BY 1, 2`);
  return rows;
}

/** Columns that no page shows because nobody reads them: the data map says so. */
export function readByNobody(): Set<string> {
  return new Set(
    Object.entries(dataMap).flatMap(([table, about]) =>
      columnsOf(about)
        .filter(({ kind }) => kind === 'secret' || (about.about !== 'nobody' && about.readers.length === 0))
        .map(({ name }) => `${table}.${name}`),
    ),
  );
}

/**
 * Puts texts into every row of a column: of each row one, by turns. `label` comes before it, so that it is seen whose it is;
 * `about` are ids of the people of the stage.
 * Where a check wants a certain shape (an address of mail or of a page, a number), the text takes that shape.
 */
export async function plant(
  client: pg.Client,
  column: Column,
  texts: readonly string[],
  singles: readonly string[],
  label: string,
  about: readonly string[],
): Promise<Outcome> {
  const table = column.table.split('.').map(pg.escapeIdentifier).join('.');
  const name = pg.escapeIdentifier(column.name);
  const { rows } = await client.query<{ isLong: boolean }>(
    `SELECT count(*) > ${LONG} AS "isLong" FROM (SELECT FROM ${table} LIMIT ${LONG + 1}) x`,
  );
  const mine = rows[0]!.isLong ? about : null;
  if (column.kind === 'json') return await plantJson(client, { table, name, mine }, texts, label);
  return await plantWords(
    client,
    { table, name, isList: column.kind === 'list', mine },
    texts,
    singles,
    label,
  );
}

/** Shapes that a check may want, each as a change of the text. */
const SHAPES: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim(),
  (text) => `${text.replaceAll(/[\s@]+/g, '/')}@example.test`,
  (text) => `https://example.test/${text.replaceAll(/\s+/g, '/')}`,
  (text) => text.slice(0, 90),
];

async function plantWords(
  client: pg.Client,
  {
    table,
    name,
    isList,
    mine,
  }: { table: string; name: string; isList: boolean; mine: readonly string[] | null },
  texts: readonly string[],
  singles: readonly string[],
  label: string,
): Promise<Outcome> {
  const none = isList ? `'{}'` : `''`;
  // Rows with words in them first: an empty column can mean that something has not happened.
  const wheres = [`${name} IS NOT NULL`, `${name} <> ${none}`, 'true'];
  let refused: string | undefined;
  let failed: string | undefined;
  for (const where of wheres)
    for (const shape of SHAPES) {
      const outcome = await write(client, {
        table,
        name,
        isList,
        mine,
        where,
        texts: texts.map((text) => shape(label + text)),
        short: singles.map((text) => shape(label + text)),
      });
      if ('rows' in outcome && outcome.rows > 0) return outcome;
      if ('refused' in outcome) refused ??= outcome.refused;
      if ('failed' in outcome) failed ??= outcome.failed;
    }
  if (refused !== undefined) return { refused };
  return failed === undefined ? { rows: 0 } : { failed };
}

async function write(
  client: pg.Client,
  about: {
    table: string;
    name: string;
    isList: boolean;
    /** The rows with one of these in them hold all of the texts, and others one; null where each row holds all. */
    mine: readonly string[] | null;
    where: string;
    texts: readonly string[];
    short: readonly string[];
  },
): Promise<Outcome> {
  const { table, name, isList, mine, where } = about;
  const turn = (of: string) =>
    `(${of})[(1 + abs(hashtext(ctid::text)::bigint) % cardinality(${of}))::integer]`;
  let { texts } = about;
  let isUnique = false;
  for (let tries = 0; tries < 8; tries++) {
    const text =
      mine === null
        ? turn('$1::text[]')
        : `CASE WHEN EXISTS (SELECT FROM unnest($2::text[]) i WHERE position(i IN x::text) > 0) THEN ${turn('$1::text[]')} ELSE ${turn('$3::text[]')} END`;
    // What has to be one of a kind gets where it stands in front, which every shape may have.
    const own = isUnique ? `translate(ctid::text, '(,)', 'xyz') || (${text})` : text;
    try {
      const { rowCount } = await client.query(
        `UPDATE ${table} x SET ${name} = ${isList ? `ARRAY[${own}]` : own} WHERE ${where}`,
        mine === null ? [texts] : [texts, mine, about.short],
      );
      return { rows: rowCount ?? 0 };
    } catch (problem) {
      if (!(problem instanceof pg.DatabaseError)) throw problem;
      const { code, constraint, message } = problem;
      if (code === '23505' && !isUnique) isUnique = true;
      // An index takes so much and no more.
      else if (code === '54000' && texts !== about.short) texts = about.short;
      else if (code === '23514' && constraint !== undefined) {
        // How long a text may be is no business of this drill.
        if (!(await isOnLength(client, constraint))) return { refused: constraint };
        await client.query(`ALTER TABLE ${table} DROP CONSTRAINT ${pg.escapeIdentifier(constraint)}`);
      } else if (code === '22001' || code?.startsWith('22')) return { refused: message };
      else return { failed: `${code} ${message}` };
    }
  }
  return { failed: 'too many checks' };
}

async function isOnLength(client: pg.Client, constraint: string): Promise<boolean> {
  const { rows } = await client.query<{ text: string }>(
    `SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conname = $1`,
    [constraint],
  );
  return rows.some(({ text }) => /length\(/.test(text) && !/ ~/.test(text));
}

/** Behind every sentence in it; an address of a page is replaced where the text is an address of its own. */
async function plantJson(
  client: pg.Client,
  { table, name, mine }: { table: string; name: string; mine: readonly string[] | null },
  texts: readonly string[],
  label: string,
): Promise<Outcome> {
  const { rows } = await client.query<{ at: string; json: unknown }>(
    `SELECT ctid::text AS at, ${name}::jsonb AS json FROM ${table} x WHERE ${name}::text ~ '"[^"]*[ /][^"]*"'
        AND ($1::text[] IS NULL OR EXISTS (SELECT FROM unnest($1::text[]) i WHERE position(i IN x::text) > 0)) LIMIT ${MOST_JSON}`,
    [mine],
  );
  let turn = 0;
  const changed = rows.flatMap(({ at, json }) => {
    const text = texts[turn++ % texts.length]!;
    const json2 = JSON.stringify(withText(json, label, text));
    return json2 === JSON.stringify(json) ? [] : [{ at, json: json2 }];
  });
  try {
    const { rowCount } = await client.query(
      `UPDATE ${table} x SET ${name} = v.json::jsonb FROM unnest($1::text[], $2::text[]) AS v (at, json) WHERE x.ctid = v.at::tid`,
      [changed.map(({ at }) => at), changed.map(({ json }) => json)],
    );
    return { rows: rowCount ?? 0 };
  } catch (problem) {
    if (!(problem instanceof pg.DatabaseError)) throw problem;
    const { code, constraint, message } = problem;
    return code === '23514' ? { refused: constraint ?? message } : { failed: `${code} ${message}` };
  }
}

function withText(value: unknown, label: string, text: string): unknown {
  if (Array.isArray(value)) return value.map((one) => withText(one, label, text));
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withText(one, label, text)]));
  if (typeof value !== 'string') return value;
  if (/^(?:https?:\/)?\//.test(value)) return label === '' ? text : value;
  // Codes, days and times have no spaces.
  return / /.test(value) && label !== '' ? `${value} ${label}${text}` : value;
}
