// Everything that is checked, in one command: `npm test`. Every step runs, whatever the ones before it found.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, projectFolder } from '../../src/bin/build.ts';

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

const countOf = (ok: boolean): Count => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 });

interface Step {
  name: string;
  run: () => Promise<Count>;
}

/** Side by side, and what each prints in one piece: the linter and the type checker read what came before them. */
const checks: Step[] = [
  check('lint', 'eslint', 'eslint', '--max-warnings', '0', '.'),
  check('types', 'svelte-check', 'svelte-check', '--fail-on-warnings', '--output', 'human'),
  check('format', 'prettier', 'prettier', '--check', '--log-level', 'warn', '.'),
  check('import directions', 'dependency-cruiser', 'depcruise', 'src', 'db', 'tests'),
  check('unused code', 'knip', 'knip'),
];

const total: Count = { passed: 0, failed: 0, skipped: 0 };
await take(check('route types', '@sveltejs/kit', 'svelte-kit', 'sync'));
await Promise.all(
  Array.from({ length: Math.min(2, availableParallelism()) }, async () => {
    for (let step = checks.shift(); step; step = checks.shift()) await take(step);
  }),
);
await take({ name: 'build', run: build });
await take({ name: 'tests', run: runTests });
process.exitCode = total.failed > 0 ? 1 : 0;
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);

async function take({ name, run }: Step): Promise<void> {
  const startedAt = performance.now();
  const count = await run();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`── ${name}: ${count.failed > 0 ? 'FAILED' : 'ok'} in ${seconds} s`);
  total.passed += count.passed;
  total.failed += count.failed;
  total.skipped += count.skipped;
}

function check(name: string, ...command: [packageName: string, command: string, ...args: string[]]): Step {
  return {
    name,
    run: async () => {
      const { ok, output } = await tool(command, { kept: true });
      process.stdout.write(output);
      return countOf(ok);
    },
  };
}

async function build(): Promise<Count> {
  try {
    await ensureBuilt(console.log);
    return countOf(true);
  } catch (error) {
    console.error((error as Error).message);
    return countOf(false);
  }
}

/** Runs a command of an installed package; what it prints is ours too, or kept for later. */
async function tool(
  [packageName, command, ...args]: [packageName: string, command: string, ...args: string[]],
  { kept }: { kept: boolean },
): Promise<{ ok: boolean; output: string }> {
  const folder = join(projectFolder, 'node_modules', packageName);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    bin: string | Record<string, string>;
  };
  const script = typeof bin === 'string' ? bin : bin[command]!;
  const child = spawn(process.execPath, [join(folder, script), ...args], {
    cwd: projectFolder,
    stdio: kept ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  return new Promise((resolve) => child.once('close', (code) => resolve({ ok: code === 0, output })));
}

async function runTests(): Promise<Count> {
  const folder = mkdtempSync(join(tmpdir(), 'steadyhand-report-'));
  const report = join(folder, 'report.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    console.log('\n── tests');
    const { ok } = await tool(['vitest', 'vitest', 'run', ...reporters], { kept: false });
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
