import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise, type ICruiseResult, type IConfiguration } from 'dependency-cruiser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** A checker that sees nothing reports nothing, so every rule must catch a violation planted for it. */
const config = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as Required<IConfiguration>;

const server = 'src/lib/server';
const domain = `${server}/domain`;
const area = (name: string, other: string) =>
  [`area-${name}`, `${domain}/${name}/plant.ts`, `#lib/server/domain/${other}/plain.ts`] as const;

/** rule, file that breaks it, what the file imports */
const planted: (readonly [rule: string, file: string, specifier: string])[] = [
  area('privacy', 'notifications'),
  area('notifications', 'directory'),
  area('directory', 'privacy'),
  area('portfolio', 'directory'),
  area('oversight', 'portfolio'),
  area('reviews', 'oversight'),
  area('records', 'reviews'),
  area('care', 'records'),
  area('reception', 'care'),
  area('waitlist', 'reception'),
  area('booking', 'waitlist'),
  area('availability', 'booking'),
  area('credentials', 'availability'),
  area('practitioners', 'credentials'),
  area('accounts', 'practitioners'),
  area('audit', 'policy'),
  area('policy', 'accounts'),
  area('shared', 'policy'),
  ['area-known', `${domain}/marketing/plant.ts`, '#lib/server/domain/shared/plain.ts'],
  ['floor-format', 'src/lib/format/plant.ts', '#lib/ui/plain.ts'],
  ['floor-paths', 'src/lib/paths.ts', '#lib/server/domain/shared/plain.ts'],
  ['floor-ui', 'src/lib/ui/plant.ts', '#lib/server/http/plain.ts'],
  ['floor-ui', 'src/lib/ui/Plant.svelte', '#lib/server/platform/plain.ts'],
  ['floor-platform', `${server}/platform/plant.ts`, '#lib/server/domain/shared/plain.ts'],
  ['floor-domain', `${domain}/booking/http.ts`, '#lib/server/http/plain.ts'],
  ['floor-domain', `${domain}/booking/app.ts`, '#lib/server/app.ts'],
  ['floor-http', `${server}/http/plant.ts`, '../../../routes/plain.ts'],
  ['floor-http', `${server}/interop/plant.ts`, '#lib/ui/Plain.svelte'],
  ['floor-composition', `${server}/worker.ts`, '../../routes/plain.ts'],
  ['floor-routes', 'src/routes/search/+page.server.ts', '#db/schema.ts'],
  ['floor-routes', 'src/routes/search/+page.svelte', '#db/plain.ts'],
  ['floor-routes', 'src/hooks.server.ts', '#db/plain.ts'],
  ['floor-db', 'db/plant.ts', '#lib/server/platform/plain.ts'],
  ['floor-db', 'db/demoless.ts', '#db/demo/plain.ts'],
  ['floor-schema', 'db/schema.ts', '#lib/server/platform/plain.ts'],
  ['floor-demo', 'db/reference.ts', '#lib/server/http/plain.ts'],
  ['floor-demo', 'db/demo/plant.ts', '#lib/server/http/plain.ts'],
  ['queries-stay-in-domain', 'src/routes/+page.server.ts', '#lib/server/domain/booking/queries.ts'],
  ['queries-stay-in-domain', 'src/routes/+page.svelte', '#lib/server/domain/booking/queries.ts'],
  ['db-packages', 'db/pack.ts', 'zod'],
  ['migrations-frozen', 'db/migrations/0002_plant.ts', '#db/plain.ts'],
  ['migrations-frozen', 'db/migrations/0003_plant.ts', 'node:fs'],
  ['app-modules-in-routes-only', 'src/bin/plant.ts', '$env/dynamic/private'],
  ['app-modules-in-routes-only', 'src/lib/ui/State.svelte', '$app/state'],
  ['no-lib-alias', 'src/routes/alias.ts', '$lib/paths.ts'],
  ['no-lib-alias', 'src/routes/Alias.svelte', '$lib/paths.ts'],
  ['resolvable', 'src/routes/missing.ts', './nowhere.ts'],
  ['resolvable', 'src/routes/Missing.svelte', '#lib/ui/Nowhere.svelte'],
  ['resolvable', 'src/bin/typeless.ts', '#lib/$types'],
  ['no-cycle', 'src/lib/ui/Circle.svelte', './circle.ts'],
  ['no-tests-in-product', `${server}/platform/tested.ts`, '../../../../tests/plain.ts'],
  ['no-dev-packages-in-product', `${server}/platform/dev.ts`, 'vitest'],
  ['packages-declared', `${server}/platform/stowaway.ts`, 'stowaway'],
];

/** The same floors and areas, used as they should be. */
const lawful: [file: string, specifier: string][] = [
  [`${domain}/privacy/lawful.ts`, '#lib/server/domain/oversight/plain.ts'],
  [`${domain}/care/lawful.ts`, '#lib/server/domain/booking/queries.ts'],
  [`${domain}/policy/lawful.ts`, '#lib/server/domain/shared/plain.ts'],
  [`${domain}/shared/lawful.ts`, '#lib/server/platform/plain.ts'],
  [`${domain}/shared/rows.ts`, '#db/schema.ts'],
  [`${server}/http/lawful.ts`, '#lib/server/domain/booking/plain.ts'],
  ['src/routes/Lawful.svelte', '#lib/ui/plain.ts'],
  ['src/routes/lawful.ts', './$types'],
  ['src/routes/app.ts', '$app/navigation'],
  ['src/lib/ui/Lawful.svelte', '#lib/format/plain.ts'],
  ['db/lawful.ts', 'pg'],
  ['db/migrations/0001_lawful.ts', 'kysely'],
  ['db/demo/lawful.ts', '#lib/server/domain/booking/plain.ts'],
];

const plain = [
  ...config.forbidden
    .flatMap((rule) => /^area-(?!known)(.+)/.exec(rule.name ?? '')?.[1] ?? [])
    .map((name) => `${domain}/${name}/plain.ts`),
  `${domain}/booking/queries.ts`,
  `${server}/http/plain.ts`,
  `${server}/platform/plain.ts`,
  `${server}/app.ts`,
  'src/lib/ui/plain.ts',
  'src/lib/ui/Plain.svelte',
  'src/lib/format/plain.ts',
  'src/routes/plain.ts',
  'db/plain.ts',
  'db/demo/plain.ts',
  'tests/plain.ts',
];

let tree: string;
let result: ICruiseResult;

const found = () => result.summary.violations.map(({ rule, from }) => ({ rule: rule.name, file: from }));

beforeAll(async () => {
  tree = mkdtempSync(join(tmpdir(), 'imports-'));
  const write = (path: string, content: string) => {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), content);
  };
  const importing = (file: string, specifier: string) => {
    const line = `import { plain } from '${specifier}';`;
    return file.endsWith('.svelte')
      ? `<script lang="ts">${line}</script>{plain}`
      : `${line}\nexport { plain };`;
  };

  const packages = ['kysely', 'pg', 'svelte', 'zod'];
  for (const name of [...packages, 'vitest', 'stowaway']) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }));
    write(`node_modules/${name}/index.js`, 'exports.plain = 1;');
  }
  // What the compiler of components makes them import.
  for (const part of ['client', 'disclose-version', 'flags/legacy', 'flags/async'])
    write(`node_modules/svelte/internal/${part}.js`, 'export const plain = 1;');
  write(
    'package.json',
    JSON.stringify({
      type: 'module',
      imports: { '#lib/*': './src/lib/*', '#db/*': './db/*' },
      dependencies: Object.fromEntries(packages.map((name) => [name, '1.0.0'])),
      devDependencies: { vitest: '1.0.0' },
    }),
  );
  for (const file of plain)
    write(file, file.endsWith('.svelte') ? '<p>plain</p>' : 'export const plain = 1;');
  for (const [, file, specifier] of planted) write(file, importing(file, specifier));
  for (const [file, specifier] of lawful) write(file, importing(file, specifier));

  write('src/lib/ui/circle.ts', importing('circle.ts', './Circle.svelte'));

  const cruised = await cruise(['src', 'db', 'tests'], {
    ...config.options,
    baseDir: tree,
    validate: true,
    ruleSet: { forbidden: config.forbidden },
  });
  result = cruised.output as ICruiseResult;
}, 60_000);

afterAll(() => rmSync(tree, { recursive: true, force: true }));

describe('the import checker', () => {
  it.each(planted)('%s catches %s importing %s', (rule, file) => {
    expect(found()).toContainEqual({ rule, file });
  });

  it('lets lawful imports pass, and blames no file but the planted ones', () => {
    const guilty = new Set(planted.map(([, file]) => file));
    expect(found().filter(({ file }) => !guilty.has(file))).toEqual([]);
  });

  it('has a violation planted for every rule', () => {
    const rules = config.forbidden.map((rule) => rule.name);
    expect([...new Set(planted.map(([rule]) => rule))].toSorted()).toEqual(rules.toSorted());
  });
});
