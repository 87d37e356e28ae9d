import { defineConfig } from 'vitest/config';

/** Unit tests of the modules that are mutated: they need no database, so thousands of runs stay cheap. */
export default defineConfig({
  test: {
    include: [
      'tests/domain/policy/**/*.test.ts',
      'tests/domain/care/{gate,readiness,health-questions}*.test.ts',
    ],
    exclude: ['**/publish.test.ts'],
    env: { WITHOUT_DATABASE: 'yes' },
  },
});
