import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';

const minute = 60_000;
const everyProject = {
  setupFiles: ['tests/harness/after.ts'],
  // No test is decided by time: these only end what hangs.
  testTimeout: 10 * minute,
  hookTimeout: 10 * minute,
  expect: { poll: { timeout: 1.5 * minute } },
};

export default defineConfig({
  test: {
    globalSetup: ['tests/harness/global.ts'],
    maxWorkers: 2,
    projects: [
      {
        plugins: [sveltekit()],
        test: {
          name: 'parts',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/e2e/**'],
          ...everyProject,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['tests/e2e/**/*.test.ts'],
          ...everyProject,
          // A browser on a busy machine may lose a click: a second try, and the report names whoever needed it.
          // The parts get none: what fails there once, by whatever seed, has failed.
          retry: 1,
        },
      },
    ],
  },
});
