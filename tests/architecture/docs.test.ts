import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
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
