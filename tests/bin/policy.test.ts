import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { POLICY_KEY_NAMES, POLICY_KEYS } from '#lib/server/domain/policy/keys.ts';
import { unreviewedAssumptions } from '#lib/server/domain/policy/row.ts';
import { POLICY_ROWS } from '#lib/server/domain/policy/rows.ts';

function policy(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['src/bin/policy.ts', ...words], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr, lines: stdout.split('\n') };
}

describe('npm run policy', () => {
  it('review prints every row and names what nobody has reviewed', () => {
    const { status, stderr, lines } = policy('review');
    const open = unreviewedAssumptions(POLICY_ROWS);
    expect([status, stderr]).toEqual([0, '']);
    for (const { key, status: ground, sourceDate, source } of POLICY_ROWS) {
      const isItsLine = (line: string) =>
        line.startsWith(`${key} `) &&
        line.includes(` ${ground} `) &&
        line.includes(source) &&
        line.endsWith(sourceDate);
      expect(lines.some(isItsLine)).toBe(true);
    }
    expect(lines).toContain(`${POLICY_ROWS.length} rows, ${open.length} of them assumed and not reviewed:`);
    expect(lines.filter((line) => line.includes('NOT REVIEWED'))).toHaveLength(open.length);
  });

  it('review --production fails while an assumption is unreviewed', () => {
    const { status, stderr } = policy('review', '--production');
    expect(status).toBe(1);
    expect(stderr).toBe('Production does not start on an assumption that nobody has reviewed.\n');
  });

  it('show prints the rules of a day and who decided them', () => {
    const { status, lines } = policy('show', 'england', '2026-12-01');
    expect(status).toBe(0);
    expect(lines[0]).toBe('England on 2026-12-01');
    const line = (key: string) =>
      lines
        .find((one) => one.startsWith(`${key} `))
        ?.split(/ {2,}/)
        .slice(0, 5);
    expect(line('min_age')).toEqual(['min_age', '18', 'platform + england', 'max', 'assumed + sourced']);
    expect(line('rx_max_dispenses')).toEqual(['rx_max_dispenses', '1', 'platform', 'min', 'sourced']);
  });

  it('compare prints where two jurisdictions differ, and the law that the floor hides', () => {
    const { status, stdout } = policy('compare', 'england', 'texas');
    expect(status).toBe(0);
    expect(stdout).toContain('England and Texas on 2026-11-23: where they differ\n');
    expect(stdout).toContain('\nlay_injector\n  england: on_directions\n  texas: by_delegation\n');
    expect(stdout).toContain(
      '\nconsult_valid_days\n  england: 84   (law alone: silent)\n  texas: 84   (law alone: 365)\n',
    );
    expect(stdout).toMatch(
      /\nconsult_mode\n {2}england: .*in_person\n {2}texas: .*law alone: .*doctor:video/,
    );
    expect(stdout).not.toContain('\nreviews_public\n');
  });

  it.each([[[]], [['show']], [['show', 'wales']], [['compare', 'england']], [['review', '--loud']]])(
    'explains itself when asked %j',
    (words) => {
      const { status, stderr } = policy(...words);
      expect(status).toBe(1);
      expect(stderr).toContain('npm run policy -- review');
    },
  );

  it('says when a date is none', () => {
    const { status, stderr } = policy('show', 'texas', '2026-13-01');
    expect([status, stderr]).toEqual([1, 'Not a date: 2026-13-01. Write it as 2026-12-01.\n']);
  });
});

describe('docs/policy.md', () => {
  it('explains every key, with its direction', () => {
    const page = readFileSync('docs/policy.md', 'utf8').replaceAll(/ +/g, ' ');
    for (const key of POLICY_KEY_NAMES) {
      const { merge, meaning } = POLICY_KEYS[key];
      expect(page).toContain(`| \`${key}\` | ${merge} | ${meaning} |`);
    }
  });
});
