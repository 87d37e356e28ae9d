import { escapeIdentifier, type Client } from 'pg';

/**
 * Brings a database up to date with `prepare`, and makes it when it is not there. A new one is made under
 * another name and gets its own only when `prepare` is done: an interrupted first start begins afresh.
 */
export async function prepareDatabase(
  admin: Client,
  name: string,
  prepare: (name: string) => Promise<void>,
  template = 'template1',
): Promise<void> {
  const found = await admin.query('select from pg_database where datname = $1', [name]);
  if (found.rowCount) return prepare(name);
  const making = `${name}_making`;
  await admin.query(`drop database if exists ${escapeIdentifier(making)} with (force)`);
  await createDatabase(admin, making, template);
  await prepare(making);
  await admin.query(`alter database ${escapeIdentifier(making)} rename to ${escapeIdentifier(name)}`);
}

/** A copy of `template`, owned by the role that migrates. */
export async function createDatabase(admin: Client, name: string, template: string): Promise<void> {
  await admin.query(
    `create database ${escapeIdentifier(name)} template ${escapeIdentifier(template)} owner steadyhand_owner`,
  );
}
