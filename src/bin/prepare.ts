import { Client } from 'pg';
import { migrate } from '#db/migrate.ts';
import { publishReference } from '#db/reference.ts';

/** Brings a database up to this code: its shape first, then the rules and texts that ship with the code. */
export async function bringUpToDate(ownerUrl: string): Promise<{ applied: string[] }> {
  const done = await migrate(ownerUrl);
  await publishReference(ownerUrl);
  return done;
}

/** Founds the demo town where nobody lives yet. */
export async function foundDemoTown(ownerUrl: string, say: (line: string) => void): Promise<void> {
  if (!(await hasNoPeople(ownerUrl))) return;
  say('Founding the demo town ...');
  const { seedDemo } = await import('#db/demo/seed.ts');
  await seedDemo(ownerUrl);
}

async function hasNoPeople(ownerUrl: string): Promise<boolean> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ empty: boolean }>(
      'select not exists (select from account) as empty',
    );
    return rows[0]?.empty ?? false;
  } finally {
    await client.end();
  }
}
