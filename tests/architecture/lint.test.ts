import { ESLint, type Linter } from 'eslint';
import ts from 'typescript-eslint';
import { describe, expect, it } from 'vitest';

/** The planted files do not exist, so only the rules that need no types can look at them. */
const syntaxOnly = new ESLint({ overrideConfig: ts.configs.disableTypeChecked as Linter.Config });
const withTypes = new ESLint();

const server = 'src/lib/server';
const command = `${server}/domain/booking/plant.ts`;
const page = 'src/routes/search/+page.svelte';
const load = 'src/routes/search/+page.server.ts';
const inScript = (code: string) => `<script lang="ts">\n${code}\n</script>`;

/** rule, file that breaks it, code that breaks it */
const planted: [rule: string, file: string, code: string][] = [
  ['house/one-clock', command, 'export const at = Date.now();'],
  ['house/one-clock', command, 'export const at = globalThis.Date.now();'],
  ['house/one-clock', command, 'export const at = new Date();'],
  ['house/one-clock', command, 'export const at = Temporal.Now.instant();'],
  ['house/one-clock', 'src/lib/format/plant.ts', 'export const at = new Date();'],
  ['house/one-clock', page, inScript('const at = Date.now();')],
  ['house/one-clock', page, '<p>{new Date().getFullYear()}</p>'],
  ['house/no-date-object', command, 'export const at = (iso: string) => new Date(iso);'],
  ['house/no-date-object', page, inScript('const at = new Date("2026-05-01");')],
  ['house/no-temporal-in-client', page, inScript('let { at }: { at: Temporal.Instant } = $props();')],
  ['house/no-temporal-in-client', page, '<p>{Temporal.Instant.from(at)}</p>'],
  ['house/no-temporal-in-client', 'src/lib/ui/plant.ts', 'export const day = Temporal.PlainDate.from;'],
  ['house/no-temporal-in-client', 'src/lib/format/plant.ts', 'export type Day = Temporal.PlainDate;'],
  ['house/no-temporal-in-client', 'src/routes/+page.ts', 'export const day = Temporal.PlainDate.from;'],
  ['house/app-clock-in-sql', command, 'export const due = sql`select 1 where at < now()`;'],
  ['house/app-clock-in-sql', command, 'export const due = sql<Row>`select ${1}, clock_timestamp()`;'],
  ['house/app-clock-in-sql', command, 'export const due = sql.raw("select CURRENT_DATE");'],
  ['house/app-clock-in-sql', load, 'await client.query("select now()");'],
  ['house/app-clock-in-sql', page, inScript('const due = sql`select now()`;')],
  ['house/no-select-all', command, 'export const all = db.selectFrom("patient").selectAll();'],
  ['house/no-select-all', command, 'export const all = db.selectFrom("patient").selectAll("patient");'],
  ['house/no-select-all', page, inScript('const all = db.selectFrom("patient").selectAll();')],
  ['house/measured-in-characters', command, 'export const words = z.string().trim().min(20).max(200);'],
  ['house/measured-in-characters', command, 'export const words = z.string({ error }).regex(/a/).length(4);'],
  ['house/measured-in-characters', page, inScript('const words = z.string().min(20);')],
  ['house/no-lib-alias', load, "import '$lib/paths.ts';"],
  ['house/no-lib-alias', page, inScript("import { paths } from '$lib/paths.ts';")],
  ['house/import-extension', command, "import { hold } from './hold';"],
  ['house/import-extension', command, "export * from '#lib/paths';"],
  ['house/import-extension', command, "export const hold = () => import('./hold.js');"],
  ['house/import-extension', command, "export type Hold = import('./hold').Hold;"],
  ['house/import-extension', page, inScript("import { paths } from '#lib/paths';")],
  ['house/lucia-in-one-file', `${server}/domain/accounts/plant.ts`, "import { Lucia } from 'lucia';"],
  ['house/lucia-in-one-file', page, inScript("import { Lucia } from 'lucia';")],
  ['house/queries-in-domain-only', load, "import '#lib/server/domain/booking/queries.ts';"],
  ['house/queries-in-domain-only', page, inScript("import '#lib/server/domain/booking/queries.ts';")],
  ['house/no-server-in-client', page, inScript("import type { App } from '#lib/server/app.ts';")],
  ['house/no-server-in-client', 'src/lib/ui/plant.ts', "import type { DB } from '#db/schema.ts';"],
  ['house/no-server-in-client', 'src/lib/paths.ts', "export * from './server/app.ts';"],
  ['svelte/no-at-html-tags', page, '{@html biography}'],
  ['no-console', command, 'console.log("held");'],
  ['no-console', page, inScript('console.log("seen");')],
];

/** The same code where it belongs. */
const lawful: [file: string, code: string][] = [
  [`${server}/platform/clock.ts`, 'export const at = Temporal.Now.instant();'],
  ['tests/harness/plant.ts', 'console.log(Date.now());'],
  ['src/lib/format/day.ts', 'export const at = (iso: string) => new Date(iso);'],
  [command, 'export const due = sql`select 1 where at < app_now() and known(1)`;'],
  [command, 'export const few = z.array(z.string()).min(1).max(Math.max(1, most));'],
  ['db/migrations/0001_plant.ts', 'await sql`create function app_now() as $$ select clock_timestamp() $$`;'],
  [`${server}/domain/accounts/sessions.ts`, "export { Lucia } from 'lucia';"],
  [`${server}/domain/booking/reads.ts`, "export * from './queries.ts';"],
  [load, "import type { PageServerLoad } from './$types';\nexport const load: PageServerLoad = () => ({});"],
  ['src/bin/plant.ts', 'console.log(`ready ${url}`);'],
  [page, inScript("import Face from '#lib/ui/Face.svelte';") + '\n<Face />'],
];

const rulesBroken = async (eslint: ESLint, code: string, filePath: string) => {
  const [result] = await eslint.lintText(code, { filePath });
  return result?.messages.map(({ ruleId, message }) => ruleId ?? message) ?? [];
};

describe('the linter', () => {
  it.each(planted)('%s looks at %s: %s', async (rule, file, code) => {
    expect(await rulesBroken(syntaxOnly, code, file)).toContain(rule);
  });

  it.each(lawful)('%s may say: %s', async (file, code) => {
    expect(await rulesBroken(syntaxOnly, code, file)).toEqual([]);
  });

  it('knows types: a forgotten await is refused', async () => {
    const broken = await rulesBroken(
      withTypes,
      'export const forget = (job: () => Promise<void>) => { job(); };',
      `${server}/domain/shared/refusal.ts`,
    );
    expect(broken).toContain('@typescript-eslint/no-floating-promises');
  });

  it('has a violation planted for every house rule, one of them in a component', async () => {
    const config = (await syntaxOnly.calculateConfigForFile(page)) as Linter.Config;
    const own = Object.keys(config.plugins?.['house']?.rules ?? {}).map((name) => `house/${name}`);
    expect(own.length).toBeGreaterThan(0);
    for (const rule of own)
      expect(planted.filter(([name, file]) => name === rule && file.endsWith('.svelte'))).not.toEqual([]);
  });
});
