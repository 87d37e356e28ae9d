import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { refusals } from '#lib/server/domain/shared/refusals.ts';
import { filesBelow, root, textOf } from './files.ts';

/** What a reader of docs/ must find there is read from the code, so that the two cannot drift apart. */
const docs = filesBelow('docs')
  .filter((path) => /^docs\/[^/]+\.md$/.test(path))
  .map(textOf)
  .join('\n')
  .replaceAll(/\{(\w+)\}|(?<=\/):(\w+)/g, '[$1$2]');

const mentions = (name: string) =>
  new RegExp(`${name.startsWith('/') ? '' : '(?<![\\w/-])'}${RegExp.escape(name)}(?![\\w/[]|-\\w)`).test(
    docs,
  );

const undocumented = (names: Iterable<string>) =>
  [...new Set(names)].filter((name) => !mentions(name)).toSorted();

const environment = [
  ...textOf('src/lib/server/platform/config.ts').matchAll(
    /(?:\benv\.|^\s*)([A-Z][A-Z\d]*(?:_[A-Z\d]+)*)\b(?=\s*[:.,;)?!=]|$)/gm,
  ),
  ...['src', 'db']
    .flatMap(filesBelow)
    .filter((path) => /\.(ts|svelte)$/.test(path))
    .flatMap((path) => [...textOf(path).matchAll(/\benv(?:\.|\[')([A-Z][A-Z\d_]*)\b(?! (?:\?\?)?= )/g)]),
].flatMap(([, name]) => name ?? []);

const routes = filesBelow('src/routes')
  .filter((path) =>
    /^src\/routes\/(\([^)]+\)\/)*(api|fhir|healthz|metrics|readyz)\/.*\+server\.ts$/.test(path),
  )
  .map((path) =>
    path
      .slice('src/routes'.length, -'/+server.ts'.length)
      .replaceAll(/\/\([^)]+\)/g, '')
      .replaceAll(/=\w+(?=\])/g, ''),
  );

const migrations = filesBelow('db/migrations')
  .filter((path) => path.endsWith('.ts'))
  .map((path) => basename(path, '.ts'));

const areas = readdirSync(join(root, 'src/lib/server/domain'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => `\`${entry.name}\``);

describe('docs/*.md mention', () => {
  it.each([
    ['each environment variable', environment],
    ['each refusal code', Object.keys(refusals).map((code) => `\`${code}\``)],
    ['each route of the API', routes],
    ['each migration', migrations],
    ['each area of the domain', areas],
  ])('%s', (_what, names) => {
    expect(names).not.toEqual([]);
    expect(undocumented(names)).toEqual([]);
  });
});

describe('what is written for readers', () => {
  const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'NOTICES.md', ...filesBelow('docs')].filter(
    (path) => path.endsWith('.md'),
  );
  const found = (pattern: RegExp) =>
    pages.flatMap((page) => [...textOf(page).matchAll(pattern)].map(([, what]) => ({ page, what: what! })));

  it('links to files that are there', () => {
    const links = found(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g);
    expect(links.length).toBeGreaterThan(50);
    expect(links.filter(({ page, what }) => !existsSync(join(root, dirname(page), what)))).toEqual([]);
  });

  it('links to headings that are there', () => {
    const headings = (path: string) =>
      [...textOf(path).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
        heading!
          .toLowerCase()
          .replaceAll(/[^\p{L}\p{N} -]/gu, '')
          .replaceAll(' ', '-'),
      );
    const links = pages.flatMap((page) =>
      [...textOf(page).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)#([^)\s]+)\)/g)].map(
        ([, path, heading]) => ({
          to: path === '' ? page : join(dirname(page), path!),
          heading: heading!,
        }),
      ),
    );
    expect(links.length).toBeGreaterThan(1);
    expect(links.filter(({ to, heading }) => !headings(to).includes(heading))).toEqual([]);
  });

  it('names commands that there are', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    const commands = found(/npm run ([\w:-]*\w)/g);
    expect(commands.length).toBeGreaterThan(50);
    expect(commands.filter(({ what }) => !(what in scripts))).toEqual([]);
    for (const kind of ['bench', 'drill']) {
      const named = found(new RegExp(`npm run ${kind} -- ([\\w-]+)`, 'g'));
      expect(named.filter(({ what }) => !existsSync(join(root, `tests/${kind}/${what}.ts`)))).toEqual([]);
    }
    const programs = found(/(?<![\w/])node ((?:src|tests|db)\/[\w/.-]+\.ts)/g);
    expect(programs.filter(({ what }) => !existsSync(join(root, what)))).toEqual([]);
  });

  it('knows each drill and each bench', () => {
    const told = pages.map(textOf).join('\n');
    const programs = ['bench', 'drill'].flatMap((kind) =>
      readdirSync(join(root, 'tests', kind))
        .filter((name) => name.endsWith('.ts'))
        .map((name) => `npm run ${kind} -- ${basename(name, '.ts')}`),
    );
    expect(programs.length).toBeGreaterThan(20);
    expect(programs.filter((command) => !told.includes(command))).toEqual([]);
  });

  it('names environment variables that something reads', () => {
    const [, table] = /## Environment\n\n([^]*?)\n\n/.exec(textOf('docs/operating.md'))!;
    const names = table!
      .split('\n')
      .flatMap((row) =>
        [...row.matchAll(/`([A-Z][A-Z\d]*(?:_[A-Z\d]+)+|HOST|PORT|MODE)`/g)].map(([, name]) => name!),
      );
    expect(names.length).toBeGreaterThan(20);
    const code = ['src', 'db', 'tests']
      .flatMap(filesBelow)
      .filter((path) => path.endsWith('.ts'))
      .map(textOf)
      .join('\n');
    // What is built reads these two by itself.
    const byAdapter = textOf('node_modules/@sveltejs/adapter-node/files/handler.js');
    expect(names.filter((name) => !code.includes(name) && !byAdapter.includes(`env('${name}'`))).toEqual([]);
  });
});

it('docs/refusals.md says of each refusal what a person is told, once', () => {
  const rows = [...textOf('docs/refusals.md').matchAll(/^\| `(\w+)`\s+\| (\d+)\s+\| (.*?)\s+\|$/gm)];
  const told = rows.map(([, code, status, text]) => `${code} ${status} ${text}`);
  const meant = Object.entries(refusals).map(([code, { status, text }]) => `${code} ${status} ${text}`);
  expect(told.toSorted()).toEqual(meant.toSorted());
});

describe('NOTICES.md names', () => {
  it('each package that the product needs', () => {
    const { dependencies } = JSON.parse(textOf('package.json')) as { dependencies: Record<string, string> };
    const notices = textOf('NOTICES.md');
    expect(Object.keys(dependencies).filter((name) => !notices.includes(`\`${name}\``))).toEqual([]);
  });
});
