import type pg from 'pg';
import { columnsOf, dataMap } from '#lib/server/domain/privacy/data-map.ts';

/** A text that is nowhere else, in one column of one table, about one person. */
export interface Marker {
  text: string;
  table: string;
  column: string;
  about: 'mine' | 'other' | 'practitioner';
}

export interface Subject {
  about: Marker['about'];
  accountId: string;
  patientId: string | null;
  practitionerId: string | null;
}

/** Texts that are one of a few words to the application, whatever the column would take. */
const CODES =
  /(^|\.)(product_code|region|side|code|kind|risk_code|severity|outcome|decision|gender|slug|time_zone|host|identity_document|body_image_screen|brow_height|lid_position|capacity|dry_eye|end_reason|adverse_event|movement_kept|document)$/;
const TEXTS = new Set(['text', 'citext', 'jsonb']);

/**
 * Marks each personal and clinical text of the data map, in every row about this subject. Answers also which could not be: a
 * condition of the column refused it, or there was nothing in it that a text could be put behind; and of which there is no row. `client` is past every trigger.
 */
export async function mark(
  client: pg.Client,
  subject: Subject,
): Promise<{ markers: Marker[]; bare: string[]; empty: string[] }> {
  const { rows } = await client.query<{ table: string; column: string; type: string }>(
    `SELECT table_name AS table, column_name AS column, udt_name AS type FROM information_schema.columns WHERE table_schema = 'public' AND is_generated = 'NEVER'`,
  );
  const types = new Map(rows.map(({ table, column, type }) => [`${table}.${column}`, type]));
  const markers: Marker[] = [];
  const bare: string[] = [];
  const empty: string[] = [];
  const next = (table: string, column: string): Marker => ({
    text: `canary${String(markers.length).padStart(3, '0')}${subject.about}`,
    table,
    column,
    about: subject.about,
  });
  await client.query(`SET session_replication_role = replica`);

  // Letters are found by the address of the account: both get the same one.
  const address = next('account', 'email');
  const email = `${address.text}@example.test`;
  for (const table of ['mail_message', 'mail_declined'])
    await client.query(
      `UPDATE ${table} SET to_address = $2 WHERE to_address = (SELECT email FROM account WHERE id = $1)`,
      [subject.accountId, email],
    );
  await client.query(`UPDATE account SET email = $2 WHERE id = $1`, [subject.accountId, email]);
  markers.push(address);

  for (const [table, about] of Object.entries(dataMap)) {
    if (about.about === 'nobody' || about.find === null) continue;
    for (const { name: column, kind } of columnsOf(about)) {
      const type = types.get(`${table}.${column}`) ?? '';
      if ((kind !== 'personal' && kind !== 'clinical') || !TEXTS.has(type)) continue;
      if (CODES.test(column) || column === 'to_address' || (table === 'account' && column === 'email'))
        continue;
      const marker = next(table, column);
      const outcome = await write(client, { ...marker, type, where: about.find }, subject, email);
      if (outcome === 'written') markers.push(marker);
      if (outcome === 'refused') bare.push(`${table}.${column}`);
      if (outcome === 'nothing') empty.push(`${table}.${column}`);
    }
  }
  await client.query(`SET session_replication_role = origin`);
  return { markers, bare, empty };
}

async function write(
  client: pg.Client,
  { table, column, type, where, text }: Marker & { type: string; where: string },
  subject: Subject,
  email: string,
): Promise<'written' | 'refused' | 'nothing'> {
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
  for (const value of valuesFor(column, type, text)) {
    try {
      await client.query(`UPDATE ${table} SET ${column} = ${value} WHERE ${condition}`, values);
      const { rows } = await client.query(
        `SELECT FROM ${table} WHERE ${column}::text LIKE '%${text}%' LIMIT 1`,
      );
      if (rows.length > 0) return 'written';
    } catch {
      // The next one may fit.
    }
  }
  return 'refused';
}

/** What a column may take: behind what is in it, or in its place. */
function valuesFor(column: string, type: string, text: string): string[] {
  // Behind the first sentence in it: codes and days have no spaces, and what follows a key is a colon.
  if (type === 'jsonb')
    return [
      String.raw`regexp_replace(${column}::text, '"([^"\\ ]+ [^"\\]*)"(?=\s*[,}\]])', '"\1 ${text}"')::jsonb`,
    ];
  if (/email/.test(column)) return [`'${text}@example.test'`];
  return [`trim(left(${column}, 60) || ' ${text}')`, `'${text}'`, `'${text} and more words'`];
}
