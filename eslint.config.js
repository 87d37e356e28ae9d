import svelte from 'eslint-plugin-svelte';
import { defineConfig } from 'eslint/config';
import ts from 'typescript-eslint';

/** A rule that refuses every syntax matching one of the selectors, under a name of its own. */
const refuse = (message, ...selectors) => ({
  meta: { type: 'problem', schema: [], messages: { refused: message } },
  create: (context) => ({
    [selectors.join(', ')]: (node) => context.report({ node, messageId: 'refused' }),
  }),
});

/** The same for every way to name another module. */
const refuseImport = (message, path) => ({
  meta: { type: 'problem', schema: [], messages: { refused: message } },
  create(context) {
    const judge = (node) => {
      if (path.test(node.source?.value)) context.report({ node, messageId: 'refused' });
    };
    return {
      ImportDeclaration: judge,
      ImportExpression: judge,
      ExportNamedDeclaration: judge,
      ExportAllDeclaration: judge,
      TSImportType: judge,
    };
  },
});

/** Text handed to the database: a `sql` template, `sql.raw(...)` or `client.query(...)`. */
const sqlText = (pattern) =>
  [
    'TaggedTemplateExpression[tag.name="sql"] > TemplateLiteral > TemplateElement',
    'CallExpression[callee.object.name="sql"][callee.property.name="raw"] > TemplateLiteral > TemplateElement',
    'CallExpression[callee.property.name="query"] > TemplateLiteral > TemplateElement',
  ]
    .map((place) => `${place}[value.raw=${pattern}]`)
    .concat(
      `CallExpression[callee.object.name="sql"][callee.property.name="raw"] > Literal[value=${pattern}]`,
      `CallExpression[callee.property.name="query"] > Literal[value=${pattern}]`,
    );

/** `z.string()…min(20)`: what a schema of a text is asked after any other checks. */
const measuredByZod = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      refused:
        'zod counts the places of UTF-16, the database counts characters: take words(), atLeast() or atMost() of domain/shared/words.ts.',
    },
  },
  create: (context) => ({
    'CallExpression[callee.property.name=/^(min|max|length|nonempty)$/]'(node) {
      let at = node.callee.object;
      while (at.type === 'CallExpression' && at.callee.object?.type === 'CallExpression')
        at = at.callee.object;
      if (at.callee?.object?.name === 'z' && at.callee.property.name === 'string')
        context.report({ node, messageId: 'refused' });
    },
  }),
};

const house = {
  rules: {
    'measured-in-characters': measuredByZod,
    'one-clock': refuse(
      'The clock is app_now(), read through platform/clock: tests and the demo move it by weeks.',
      'MemberExpression[object.name="Date"][property.name="now"]',
      'MemberExpression[object.property.name="Date"][property.name="now"]',
      ':matches(NewExpression, CallExpression)[callee.name="Date"][arguments.length=0]',
      'MemberExpression[object.name="Temporal"][property.name="Now"]',
      'MemberExpression[object.property.name="Temporal"][property.name="Now"]',
    ),
    'no-date-object': refuse(
      'Date loses microseconds, so a value that must match another row would not: use Temporal.Instant.',
      'NewExpression[callee.name="Date"][arguments.length>0]',
    ),
    'no-temporal-in-client': refuse(
      'Browsers do not all have Temporal: load returns ISO strings and text written on the server.',
      'Identifier[name="Temporal"]',
    ),
    'app-clock-in-sql': refuse(
      'Write app_now(): the clock of PostgreSQL cannot be moved by tests and the demo.',
      ...sqlText(
        '/\\b((now|clock_timestamp|transaction_timestamp|statement_timestamp|timeofday)\\s*\\(|(current_(timestamp|date|time)|localtime(stamp)?)\\b)/i',
      ),
    ),
    'no-select-all': refuse(
      'Name the columns: a new column must not reach a viewer by itself.',
      'CallExpression[callee.property.name="selectAll"]',
    ),
    'no-lib-alias': refuseImport(
      'Import #lib/...: $lib is known to Vite only, so Node and the import checks would miss it.',
      /^\$lib(\/|$)/,
    ),
    'import-extension': refuseImport(
      'Name the file with its extension (.ts, .svelte): plain Node runs these files.',
      /^(?!.*(\/\$types|\.config\.js|\.(ts|svelte|json|css|html|svg|cjs|mjs)(\?\w+)?)$)(\.\.?|#lib|#db)\//,
    ),
    'lucia-in-one-file': refuseImport(
      'lucia is retired by its author and stays behind domain/accounts/sessions.ts.',
      /^(lucia|@lucia-auth)(\/|$)/,
    ),
    'queries-in-domain-only': refuseImport(
      'Read through the area’s reads.ts, so that no page can forget the access rule.',
      /(^|\/)queries\.ts$/,
    ),
    'no-server-in-client': refuseImport(
      'This file runs in the browser: take what it needs as props or from load.',
      /^(#lib\/server|#db)\/|^\.\.?\/(.*\/)?server\//,
    ),
  },
};

const client = [
  '**/*.svelte',
  '**/*.svelte.ts',
  'src/lib/ui/**/*.ts',
  'src/lib/format/**/*.ts',
  'src/lib/paths.ts',
  'src/routes/**/+{page,layout}.ts',
  'src/hooks.client.ts',
  'src/service-worker.ts',
];

export default defineConfig(
  {
    ignores: ['build/', '.svelte-kit/', 'coverage/', 'reports/', '.stryker-tmp*/', 'static/', 'db/schema.ts'],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },

  ts.configs.strict,
  svelte.configs.recommended,
  svelte.configs.prettier,

  // Rules that need types look at .ts only: svelte-check judges the types of components.
  {
    files: ['{src,db,tests}/**/*.ts'],
    ignores: ['**/*.svelte.ts'],
    extends: [ts.configs.strictTypeCheckedOnly],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // It does not see that a callback changes a variable: `while (!ended)`.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // A chunk of output is added to a string as it comes.
      '@typescript-eslint/restrict-plus-operands': 'off',
      '@typescript-eslint/no-generated-empty-object-type': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true, allow: ['URL', 'Instant', 'PlainDate', 'PlainTime'] },
      ],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // Digits of a register number are spread one by one.
      '@typescript-eslint/no-misused-spread': 'off',
      // Modules of plain functions are taken apart; nothing here counts on `this`.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/use-unknown-in-catch-callback-variable': 'off',
      // SvelteKit's redirect() and error() answer by throwing.
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingUnknown: true }],
    },
  },
  { files: ['**/*.svelte', '**/*.svelte.ts'], languageOptions: { parserOptions: { parser: ts.parser } } },

  {
    plugins: { house },
    rules: {
      'house/one-clock': 'error',
      'house/no-date-object': 'error',
      'house/app-clock-in-sql': 'error',
      'house/no-select-all': 'error',
      'house/measured-in-characters': 'error',
      'house/no-lib-alias': 'error',
      'house/import-extension': 'error',
      'house/lucia-in-one-file': 'error',
      'house/queries-in-domain-only': 'error',
      'svelte/no-at-html-tags': 'error',
      'no-console': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      // noUncheckedIndexedAccess asks for it after a match that cannot fail.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // {' '} is a space that the formatter keeps.
      'svelte/no-useless-mustaches': 'off',
      // src/lib/paths.ts is the one place that knows the addresses, base path included.
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
  {
    files: client,
    rules: { 'house/no-temporal-in-client': 'error', 'house/no-server-in-client': 'error' },
  },

  // Where each rule's own subject lives.
  {
    files: [
      'src/lib/server/platform/clock*.ts',
      'src/bin/**',
      'db/embedded.ts',
      'db/embedded/**',
      'tests/{bin,harness,bench,drill}/**',
    ],
    rules: { 'house/one-clock': 'off', 'house/no-date-object': 'off' },
  },
  {
    // The browser formats an ISO string for people; lucia counts in Date.
    files: ['src/lib/format/**', 'src/lib/server/domain/accounts/sessions.ts'],
    rules: { 'house/no-date-object': 'off' },
  },
  { files: ['db/migrations/**'], rules: { 'house/app-clock-in-sql': 'off' } },
  { files: ['src/lib/server/domain/accounts/sessions.ts'], rules: { 'house/lucia-in-one-file': 'off' } },
  {
    files: ['src/lib/server/domain/**', 'tests/**/domain/**'],
    rules: { 'house/queries-in-domain-only': 'off' },
  },
  { files: ['tests/**'], rules: { 'house/no-select-all': 'off', 'house/measured-in-characters': 'off' } },
  {
    // The environment and the shipped rows meet no constraint.
    files: ['src/lib/server/platform/config.ts', 'src/lib/server/domain/policy/**'],
    rules: { 'house/measured-in-characters': 'off' },
  },
  { files: ['src/bin/**', 'tests/{bin,harness,bench,drill}/**'], rules: { 'no-console': 'off' } },
);
