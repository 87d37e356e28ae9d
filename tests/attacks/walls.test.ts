import { sql, type ControlledTransaction } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DB } from '#db/schema.ts';
import { databaseError } from '#lib/server/platform/db.ts';
import { NOTHING, run } from './attack.ts';
import { attacks } from './attacks.ts';
import { openStage } from './open-stage.ts';
import type { Stage } from './stage.ts';
import { MAY, QUIET_TRIGGERS } from './walls.ts';

const PRIVILEGES = ['insert', 'update', 'delete', 'truncate'] as const;
type Privilege = (typeof PRIVILEGES)[number];
/** TRUNCATE of a table that keys of other tables point at. */
const POINTED_AT = '0A000';

let trx: ControlledTransaction<DB>;
let stage: Stage;
beforeAll(async () => {
  ({ stage, trx } = await openStage());
});

/** Runs `work` with one thing changed in the schema, and takes both back. */
async function changed<T>(ddl: string, work: () => Promise<T>): Promise<T> {
  await sql`SAVEPOINT changed`.execute(trx);
  await sql.raw(ddl).execute(trx);
  const answer = await work();
  await sql`ROLLBACK TO SAVEPOINT changed; RELEASE SAVEPOINT changed`.execute(trx);
  return answer;
}

/** What the application's role may do with each table, read from the catalogue. */
async function privileges(): Promise<Record<string, string>> {
  const { rows } = await sql<{ table: string; may: string | null }>`
    SELECT c.relname AS table,
           (SELECT string_agg(p, ' ' ORDER BY n) FROM unnest(${[...PRIVILEGES]}::text[]) WITH ORDINALITY AS _ (p, n)
             WHERE has_table_privilege('steadyhand_app', c.oid, p)) AS may
      FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname NOT LIKE 'kysely%'
     ORDER BY 1`.execute(trx);
  return Object.fromEntries(rows.map(({ table, may }) => [table, may ?? '']));
}

/** The least that needs the privilege: no row is touched, and statement triggers fire all the same. */
async function tryIt(table: string, privilege: Privilege): Promise<string> {
  const { rows } = await sql<{ name: string }>`
    SELECT attname AS name FROM pg_attribute
     WHERE attrelid = ${table}::regclass AND attnum > 0 AND attgenerated = '' AND NOT attisdropped ORDER BY attnum LIMIT 1`.execute(
    trx,
  );
  const [name, column] = [sql.table(table), sql.ref(rows[0]!.name)];
  const words = {
    insert: sql`INSERT INTO ${name} (${column}) SELECT ${column} FROM ${name} WHERE false`,
    update: sql`UPDATE ${name} SET ${column} = ${column} WHERE false`,
    delete: sql`DELETE FROM ${name} WHERE false`,
    truncate: sql`TRUNCATE ${name}`,
  };
  await sql`SAVEPOINT tried`.execute(trx);
  try {
    await sql`SET LOCAL ROLE steadyhand_app`.execute(trx);
    await words[privilege].execute(trx);
    return 'through';
  } catch (error) {
    const { code, constraint } = databaseError(error)!;
    return constraint ?? code;
  } finally {
    await sql`ROLLBACK TO SAVEPOINT tried; RELEASE SAVEPOINT tried`.execute(trx);
  }
}

describe('privileges', () => {
  it('are these, and no others', async () => {
    expect(await privileges()).toEqual(MAY);
  });

  it('hold: what is not granted is refused, and behind it stands only an append-only trigger', async () => {
    const lines: string[] = [];
    for (const [table, may] of Object.entries(await privileges())) {
      for (const privilege of PRIVILEGES.filter((each) => !may.split(' ').includes(each))) {
        // Some columns of a practitioner may be changed; the others are attacked by name.
        if (table === 'practitioner' && privilege === 'update') continue;
        expect(await tryIt(table, privilege), `${privilege} ${table}`).toBe('42501');
        const grant = `GRANT SELECT, ${privilege} ON ${table} TO steadyhand_app`;
        const behind = await changed(grant, () => tryIt(table, privilege));
        lines.push(`no ${privilege} on ${table} -> ${behind}`);
        if (behind === 'through' || behind === POINTED_AT) continue;
        const both = `${grant}; ALTER TABLE ${table} DISABLE TRIGGER ${behind}`;
        expect(['through', POINTED_AT], both).toContain(await changed(both, () => tryIt(table, privilege)));
      }
    }
    process.stdout.write(`Without this revoked privilege:\n${lines.join('\n')}\n`);
  });
});

describe('row security', () => {
  it('is what hides each clinical table from a stranger', async () => {
    const { rows } = await sql<{ table: string }>`
      SELECT relname AS table FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relrowsecurity
         -- What everybody may read is shut against writing alone.
         AND NOT EXISTS (SELECT FROM pg_policies o WHERE o.tablename = relname AND o.cmd = 'SELECT' AND o.qual = 'true')
       ORDER BY 1`.execute(trx);
    for (const { table } of rows) {
      const reading = attacks.find(({ name }) => name === `a stranger who reads ${table}`);
      expect(reading, `an attack on ${table}`).toBeDefined();
      const open = `ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY`;
      expect(await changed(open, () => run(trx, stage, reading!, 'attack')), table).toBe('through');
      // Without its policy a table is shut to everybody.
      const shut = `DROP POLICY ${table}_own ON ${table}`;
      expect(await changed(shut, () => run(trx, stage, reading!, 'twin')), table).toEqual(NOTHING);
    }
  });
});

describe('policies for writing alone', () => {
  it('each stop an attack', async () => {
    const { rows } = await sql<{ name: string; table: string; isUpdate: boolean }>`
      SELECT policyname AS name, tablename AS table, cmd = 'UPDATE' AS "isUpdate" FROM pg_policies
       WHERE schemaname = 'public' AND cmd IN ('INSERT', 'UPDATE') AND 'steadyhand_app' = ANY (roles) ORDER BY 1`.execute(
      trx,
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const { name, table, isUpdate } of rows) {
      const open = `ALTER POLICY ${name} ON ${table} ${isUpdate ? 'USING (true)' : 'WITH CHECK (true)'}`;
      const its = attacks.filter(({ refused: { by } }) => by === (isUpdate ? NOTHING.by : table));
      const through = await changed(open, async () => {
        const passed: string[] = [];
        for (const one of its)
          if ((await run(trx, stage, one, 'attack')) === 'through') passed.push(one.name);
        return passed;
      });
      expect([name, through.length > 0]).toEqual([name, true]);
    }
  });
});

describe('triggers', () => {
  it('each stop an attack, or are listed with what they do', async () => {
    const { rows } = await sql<{ name: string; table: string }>`
      SELECT tgname AS name, c.relname AS table FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid
       WHERE NOT tgisinternal AND c.relnamespace = 'public'::regnamespace ORDER BY 1`.execute(trx);
    const quiet: string[] = [];
    const lines: string[] = [];
    for (const { name, table } of rows.filter(({ name }) => !/_(append_only|never_deleted)$/.test(name))) {
      // What a trigger refuses, or writes so that a key or a reader refuses, carries the name of its table.
      const its = attacks.filter(({ refused: { by }, name: about }) =>
        by === NOTHING.by ? !about.startsWith('a stranger') : isOf(table, by),
      );
      const through = await changed(`ALTER TABLE ${table} DISABLE TRIGGER ${name}`, async () => {
        const passed: string[] = [];
        for (const one of its) {
          // Where not even what comes before the attack works any more, nothing gets through.
          const result = await run(trx, stage, one, 'attack').catch(() => undefined);
          if (result === 'through') passed.push(one.name);
        }
        return passed;
      });
      lines.push(`${name} -> ${through.join('; ') || 'nothing'}`);
      if (through.length === 0) quiet.push(name);
    }
    process.stdout.write(`Without this trigger these attacks get through:\n${lines.join('\n')}\n`);
    expect(quiet).toEqual(Object.keys(QUIET_TRIGGERS).toSorted());
  });
});

/** The rules of a treatment's gate and of a record's parts go by names of their own. */
function isOf(table: string, by: string): boolean {
  const prefixes: Record<string, string[]> = {
    appointment: ['appointment', 'treatment_', 'policy_known'],
    consultation_question: ['consultation_part'],
    consultation_finding: ['consultation_part'],
    risk_disclosure: ['consultation_part'],
    injection_point: ['treatment_part'],
    deviation: ['treatment_part', 'deviation'],
    portfolio_picture: ['portfolio_picture', 'portfolio_part'],
    portfolio_rendition: ['portfolio_rendition', 'portfolio_part'],
    portfolio_upload: ['portfolio_part'],
    portfolio_upload_piece: ['portfolio_part'],
    // What it writes, the listing and the appointments of later ask for.
    capability_period: ['capability_period', 'vetting_evidence_fresh'],
    credential_check: ['credential_check', 'appointment_register_read'],
  };
  return (prefixes[table] ?? [table]).some((prefix) => by.startsWith(prefix));
}
