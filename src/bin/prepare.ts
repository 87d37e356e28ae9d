import { Client } from 'pg';
import { CannotStart } from '#db/cannot-start.ts';
import { migrate } from '#db/migrate.ts';
import { publishReference } from '#db/reference.ts';
import { unreviewedAssumptions } from '#lib/server/domain/policy/row.ts';
import { POLICY_ROWS } from '#lib/server/domain/policy/rows.ts';

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
  return !(await holds(ownerUrl, 'exists (select from account)'));
}

/** Demo people do not mix with real ones, nor with what these keep here. */
export async function refuseRealPeople(ownerUrl: string): Promise<void> {
  const tables = ['account', 'practitioner', 'patient', 'clinic'];
  const anybody = tables.map((table) => `exists (select from ${table} where not is_demo)`).join(' or ');
  if (await holds(ownerUrl, anybody))
    throw new CannotStart(
      'There are people in the database who are not of the demo: no demo people are added.',
    );
}

/** What may stand in a demo and must never meet a patient. */
export async function refuseUnfitForProduction(appUrl: string): Promise<void> {
  const unfit: [string, boolean][] = [
    [
      'there are demo people in the database',
      await holds(appUrl, 'exists (select from account where is_demo)'),
    ],
    ['the clock of the database was moved', await holds(appUrl, `(select ahead_by <> '0' from clock)`)],
    [
      'rules were assumed and nobody reviewed them (npm run policy -- review --production)',
      unreviewedAssumptions(POLICY_ROWS).length > 0,
    ],
  ];
  const reasons = unfit.filter(([, found]) => found).map(([reason]) => reason);
  if (reasons.length > 0) throw new CannotStart(`Not fit for production: ${reasons.join('; ')}.`);
}

async function holds(url: string, condition: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ holds: boolean }>(`select ${condition} as holds`);
    return rows[0]?.holds ?? false;
  } finally {
    await client.end();
  }
}
