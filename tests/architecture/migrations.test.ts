import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesBelow, textOf } from './files.ts';

const frozen = JSON.parse(textOf('db/migrations/frozen.json')) as Record<string, string>;
const migrations = filesBelow('db/migrations')
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ name: basename(path), hash: createHash('sha256').update(textOf(path)).digest('hex') }));

describe('migrations', () => {
  it('never change once they are released: add the next number', () => {
    const now = Object.fromEntries(migrations.map(({ name, hash }) => [name, hash]));
    expect(Object.fromEntries(Object.keys(frozen).map((name) => [name, now[name]]))).toEqual(frozen);
  });

  it('have numbers of their own, and a new one comes after all released ones', () => {
    const numbers = migrations.map(({ name }) => /^\d{4}(?=_)/.exec(name)?.[0]);
    expect(numbers).not.toContain(undefined);
    expect(new Set(numbers).size).toBe(numbers.length);
    const released = migrations.findLastIndex(({ name }) => name in frozen);
    expect(migrations.slice(0, released + 1).filter(({ name }) => !(name in frozen))).toEqual([]);
  });

  it('read the clock of PostgreSQL only to define app_now()', () => {
    const clock =
      /\b(now|clock_timestamp|transaction_timestamp|statement_timestamp)\(|\bcurrent_(date|time(stamp)?)\b/i;
    const lines = migrations.flatMap(({ name }) =>
      textOf(`db/migrations/${name}`)
        .split('\n')
        .filter((line) => clock.test(line))
        .map((line) => `${name}: ${line.trim()}`),
    );
    expect(lines).toEqual([expect.stringContaining('clock_timestamp() + (SELECT ahead_by')]);
  });
});
