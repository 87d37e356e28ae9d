import { isDeepStrictEqual, parseArgs } from 'node:util';
import { JURISDICTIONS, RULE_MAKERS, type Jurisdiction } from '#lib/server/domain/policy/codes.ts';
import { evaluatePolicy, lawAlone } from '#lib/server/domain/policy/evaluate.ts';
import { POLICY_KEY_NAMES, POLICY_KEYS } from '#lib/server/domain/policy/keys.ts';
import { unreviewedAssumptions, type PolicyRow } from '#lib/server/domain/policy/row.ts';
import { POLICY_ROWS } from '#lib/server/domain/policy/rows.ts';
import { valueText } from '#lib/server/domain/policy/words.ts';

const USAGE = `Usage:
  npm run policy -- review [--production]            every row, its source, and what nobody has reviewed yet
  npm run policy -- show <jurisdiction> [date]       the rules in force, and which row decided each
  npm run policy -- compare <one> <other> [date]     where two jurisdictions differ
Jurisdictions: ${JURISDICTIONS.join(', ')}. Without a date: the day on which the sources were last read.`;

const VALUE_WIDTH = 44;
const LAST_READ = POLICY_ROWS.map((row) => row.sourceDate).reduce((latest, date) =>
  date > latest ? date : latest,
);

/** Prints every row; with `production`, an assumption that nobody reviewed is a failure. */
function review(production: boolean): void {
  for (const ruleMaker of RULE_MAKERS) {
    const rows = POLICY_ROWS.filter((row) => row.jurisdiction === ruleMaker);
    console.log(`\n${heading(ruleMaker)}`);
    printTable(
      ['key', 'value', 'status', 'in force', 'reviewed', 'source', 'dated'],
      rows.map((row) => [
        row.key,
        short(row.value),
        row.status,
        period(row),
        reviewer(row),
        row.source,
        row.sourceDate,
      ]),
    );
  }
  const open = unreviewedAssumptions(POLICY_ROWS);
  console.log(`\n${POLICY_ROWS.length} rows, ${open.length} of them assumed and not reviewed:`);
  for (const row of open)
    console.log(`  ${row.jurisdiction}.${row.key} = ${short(row.value)} (${row.source})`);
  if (production && open.length > 0)
    fail('Production does not start on an assumption that nobody has reviewed.');
}

function show(jurisdiction: Jurisdiction, date: Temporal.PlainDate): void {
  const policy = evaluatePolicy(POLICY_ROWS, jurisdiction, date);
  console.log(`${heading(jurisdiction)} on ${policy.asOf}`);
  printTable(
    ['key', 'value', 'decided by', 'combined by', 'status', 'source'],
    POLICY_KEY_NAMES.map((key) => {
      const rows = policy.decidedBy[key];
      return [
        key,
        short(policy[key]),
        rows.map((row) => row.jurisdiction).join(' + '),
        POLICY_KEYS[key].merge,
        [...new Set(rows.map((row) => row.status))].join(' + '),
        rows.map((row) => row.source).join(' + '),
      ];
    }),
  );
}

/** The laws beneath are compared too: the floor may hide that one of them is looser. */
function compare(jurisdictions: readonly Jurisdiction[], date: Temporal.PlainDate): void {
  const sides = jurisdictions.map((jurisdiction) => {
    const policy = evaluatePolicy(POLICY_ROWS, jurisdiction, date);
    return { policy, law: lawAlone(POLICY_ROWS, jurisdiction, date) };
  });
  console.log(`${jurisdictions.map(heading).join(' and ')} on ${date.toString()}: where they differ`);
  for (const key of POLICY_KEY_NAMES) {
    const views = sides.map(({ policy, law }) => ({
      rule: long(policy[key]),
      law: long(law.get(key)?.value),
    }));
    if (views.every((view) => isDeepStrictEqual(view, views[0]))) continue;
    console.log(`\n${key}`);
    for (const [index, { rule, law }] of views.entries()) {
      console.log(`  ${jurisdictions[index]}: ${rule}${law === rule ? '' : `   (law alone: ${law})`}`);
    }
  }
}

function printTable(head: readonly string[], body: readonly (readonly string[])[]): void {
  const rows = [head, ...body];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) {
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  }
}

function short(value: unknown): string {
  const text = long(value);
  return text.length <= VALUE_WIDTH ? text : `${text.slice(0, VALUE_WIDTH - 1)}…`;
}

function long(value: unknown): string {
  return value === undefined ? 'silent' : valueText(value);
}

function period({ effectiveFrom, effectiveTo }: PolicyRow): string {
  if (effectiveFrom === null && effectiveTo === null) return 'always';
  return `${effectiveFrom ?? ''}..${effectiveTo ?? ''}`;
}

function reviewer({ status, reviewedBy, reviewedAt }: PolicyRow): string {
  if (reviewedAt !== null) return `${reviewedBy} ${reviewedAt}`;
  return status === 'assumed' ? 'NOT REVIEWED' : '-';
}

function heading(ruleMaker: string): string {
  return ruleMaker.charAt(0).toUpperCase() + ruleMaker.slice(1);
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

function jurisdictionFrom(word: string | undefined): Jurisdiction {
  return JURISDICTIONS.find((jurisdiction) => jurisdiction === word) ?? fail(USAGE);
}

function dateFrom(word: string | undefined): Temporal.PlainDate {
  try {
    return Temporal.PlainDate.from(word ?? LAST_READ);
  } catch {
    return fail(`Not a date: ${word}. Write it as 2026-12-01.`);
  }
}

function run(): void {
  const { values, positionals } = commandLine();
  const [command, first, second, third] = positionals;
  if (command === 'review') review(values.production);
  else if (command === 'show') show(jurisdictionFrom(first), dateFrom(second));
  else if (command === 'compare') compare([first, second].map(jurisdictionFrom), dateFrom(third));
  else fail(USAGE);
}

function commandLine() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { production: { type: 'boolean', default: false } },
    });
  } catch {
    return fail(USAGE);
  }
}

run();
