// Everything that is checked, in one command: `npm test`. Every step runs, whatever the ones before it found.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, projectFolder } from '../../src/bin/build.ts';

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

const countOf = (ok: boolean): Count => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 });

const steps: Record<string, () => Promise<Count>> = {
  // First: the linter and the type checker read what it writes.
  'route types': async () => countOf(await tool('@sveltejs/kit', 'svelte-kit', 'sync')),
  format: async () => countOf(await tool('prettier', 'prettier', '--check', '--log-level', 'warn', '.')),
  lint: async () => countOf(await tool('eslint', 'eslint', '--max-warnings', '0', '.')),
  types: async () =>
    countOf(await tool('svelte-check', 'svelte-check', '--fail-on-warnings', '--output', 'human')),
  'import directions': async () =>
    countOf(await tool('dependency-cruiser', 'depcruise', 'src', 'db', 'tests')),
  'unused code': async () => countOf(await tool('knip', 'knip')),
  build: async () => {
    try {
      await ensureBuilt(console.log);
      return countOf(true);
    } catch (error) {
      console.error((error as Error).message);
      return countOf(false);
    }
  },
  tests: runTests,
};

const total: Count = { passed: 0, failed: 0, skipped: 0 };
for (const [name, run] of Object.entries(steps)) {
  console.log(`\n── ${name}`);
  const startedAt = performance.now();
  const count = await run();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`── ${name}: ${count.failed > 0 ? 'FAILED' : 'ok'} in ${seconds} s`);
  total.passed += count.passed;
  total.failed += count.failed;
  total.skipped += count.skipped;
}
process.exitCode = total.failed > 0 ? 1 : 0;
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);

/** Runs a command of an installed package, its output to ours. */
async function tool(packageName: string, command: string, ...args: string[]): Promise<boolean> {
  const folder = join(projectFolder, 'node_modules', packageName);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    bin: string | Record<string, string>;
  };
  const script = typeof bin === 'string' ? bin : bin[command]!;
  const child = spawn(process.execPath, [join(folder, script), ...args], {
    cwd: projectFolder,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return new Promise((resolve) => child.once('close', (code) => resolve(code === 0)));
}

async function runTests(): Promise<Count> {
  const folder = mkdtempSync(join(tmpdir(), 'steadyhand-report-'));
  const report = join(folder, 'report.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const ok = await tool('vitest', 'vitest', 'run', ...reporters);
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
      readFileSync(report, 'utf8'),
    ) as Record<'numPassedTests' | 'numFailedTests' | 'numPendingTests' | 'numTodoTests', number>;
    return {
      passed: numPassedTests,
      // A file that does not load, or an error outside any test, fails the run and is no test.
      failed: Math.max(numFailedTests, ok ? 0 : 1),
      skipped: numPendingTests + numTodoTests,
    };
  } catch (error) {
    console.error((error as Error).message);
    return countOf(false);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
