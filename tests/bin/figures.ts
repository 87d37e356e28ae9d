import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** One measured value; a `bar` of null is told and not judged. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  bar: number | null;
  ok: boolean;
  /** What the random choices came from, and how many observations the value stands for. */
  seed: number;
  n: number;
}

/**
 * Runs `tests/<folder>/<name>.ts` for the name on the command line: one JSON line a figure on stdout, a table
 * for people on stderr, and a failure when a bar is missed.
 */
export async function runNamed(folder: 'bench' | 'drill'): Promise<void> {
  const path = join(import.meta.dirname, '..', folder);
  const names = readdirSync(path)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -'.ts'.length));
  const name = process.argv[2] ?? '';
  if (!names.includes(name)) {
    console.error(`npm run ${folder} -- NAME, where NAME is one of: ${names.join(', ')}`);
    process.exit(1);
  }

  // Who breaks it off leaves nothing running: what was started ends when this process does.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

  const { run } = (await import(join(path, `${name}.ts`))) as { run: () => Promise<Figure[]> };
  const figures = await run();
  for (const { name, value, unit, bar, ok, seed, n } of figures) {
    console.log(JSON.stringify({ name, value, unit, bar, ok, seed, n }));
  }
  console.error(table(figures));
  // Pools and servers a run left open must not keep its answer waiting.
  process.exit(figures.every((figure) => figure.ok) ? 0 : 1);
}

/** For drills that draw nothing by lot: a value that has to equal its bar, where it has one, and to stand for something. */
export function exactly(
  name: string,
  value: number,
  unit: string,
  bar: number | null,
  n: number,
  ok = true,
): Figure {
  return { name, value, unit, bar, ok: ok && (bar === null || value === bar) && n > 0, seed: 1, n };
}

/** The same for a value that may reach its bar and not pass it; told in tenths. */
export function atMost(name: string, value: number, unit: string, bar: number, n: number): Figure {
  return { name, value: Math.round(value * 10) / 10, unit, bar, ok: value <= bar && n > 0, seed: 1, n };
}

/** The middle of several measurements; NaN of none. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

function table(figures: Figure[]): string {
  const rows = [
    ['', 'figure', 'value', 'bar', 'n'],
    ...figures.map(({ ok, name, value, unit, bar, n }) => [
      ok ? 'ok' : 'MISSED',
      name,
      `${value} ${unit}`,
      bar === null ? '' : String(bar),
      String(n),
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  '));
  return ['', ...lines.map((line) => line.trimEnd())].join('\n');
}
