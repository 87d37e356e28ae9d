import { describe, expect, it } from 'vitest';
import { capabilitiesFor, mayDelegate } from '#lib/server/domain/policy/capabilities.ts';
import {
  ANNOTATIONS,
  JURISDICTION_FACTS,
  PROFESSIONS,
  type Annotation,
  type Jurisdiction,
  type Profession,
  type RuleMaker,
} from '#lib/server/domain/policy/codes.ts';
import { consultModes, evaluatePolicy, lawAlone, type Policy } from '#lib/server/domain/policy/evaluate.ts';
import type { PolicyKey } from '#lib/server/domain/policy/keys.ts';
import type { PolicyRow } from '#lib/server/domain/policy/row.ts';
import { POLICY_ROWS } from '#lib/server/domain/policy/rows.ts';
import { ACTS, DELEGATES, type Act, type Decision } from './decision.ts';

// Mutation tests run without a database, and load nothing that needs one.
const inDatabase = process.env['WITHOUT_DATABASE']
  ? undefined
  : (await import('./in-database.ts')).sameInDatabase;

/** The keys whose rows may be cited for a decision. */
const DECIDING: Record<Act, PolicyKey[]> = {
  'consult in person': ['consult_mode', 'prescriber_roles'],
  'consult by video': ['consult_mode', 'prescriber_roles'],
  prescribe: ['prescriber_roles'],
  inject: ['injector_roles', 'lay_injector'],
  'have a nurse inject': ['prescriber_roles', 'injector_roles'],
  'have a lay person inject': ['prescriber_roles', 'injector_roles', 'lay_injector'],
};

/**
 * Tests of one jurisdiction: its decision table against the evaluation and against the rows that the guards of the
 * database read. A line is `date | profession +annotation | act | law | here | source`.
 */
export function decisionTable(jurisdiction: Jurisdiction, table: string): void {
  const decisions = table.trim().split('\n').map(decisionFrom);

  describe(`${JURISDICTION_FACTS[jurisdiction].name}: who may do what, and when`, () => {
    it('has at least sixty rows, each its own, about every profession and every act', () => {
      expect(decisions.length).toBeGreaterThanOrEqual(60);
      expect(new Set(decisions.map(questionOf)).size).toBe(decisions.length);
      expect(new Set(decisions.map(({ profession }) => profession))).toEqual(new Set(PROFESSIONS));
      expect(new Set(decisions.map(({ act }) => act))).toEqual(new Set(ACTS));
    });

    const answerTo = answering(POLICY_ROWS, jurisdiction);
    it.each(decisions)('$line', (decision) => {
      expect(answerTo(decision)).toEqual({
        law: decision.law,
        here: decision.here,
      });
      const sources = rowsFor(jurisdiction, decision).map(({ source }) => source);
      expect(sources.filter((source) => source.includes(decision.source))).not.toEqual([]);
    });

    it('no right can be given to anybody or taken away without a row here that says otherwise', () => {
      const unseen = rightsChanged(jurisdiction).filter(({ rows }) => {
        const answer = answering(rows, jurisdiction);
        return decisions.every((decision) => {
          const { law, here } = answer(decision);
          return law === decision.law && here === decision.here;
        });
      });
      expect(unseen.map(({ what }) => what)).toEqual([]);
    });

    inDatabase?.(jurisdiction, decisions);
  });
}

/** The shipped rows with one right of this jurisdiction changed, each in its own way. */
function rightsChanged(jurisdiction: Jurisdiction): { what: string; rows: PolicyRow[] }[] {
  return POLICY_ROWS.flatMap((row, index) => {
    if (row.jurisdiction !== jurisdiction) return [];
    const change = (what: string, value: unknown) => ({
      what: `${row.key}: ${what}`,
      rows: POLICY_ROWS.with(index, { ...row, value }),
    });
    if (row.key === 'lay_injector' && row.value === 'no') return [];
    if (row.key === 'lay_injector') return [change('nobody', 'no')];
    if (!['prescriber_roles', 'injector_roles', 'consult_mode'].includes(row.key)) return [];
    const items = row.value as { profession: Profession; annotation?: Annotation | null; mode?: string }[];
    const nameOfItem = (item: object) => Object.values(item).join(' ');
    const shut = (wanted: Profession) => !items.some(({ profession }) => profession === wanted);
    return [
      ...items.map((item, nth) => change(`without ${nameOfItem(item)}`, items.toSpliced(nth, 1))),
      ...(row.key === 'consult_mode'
        ? []
        : [
            ...items.flatMap((item, nth) =>
              [null, ...ANNOTATIONS]
                .filter((annotation) => annotation !== item.annotation)
                .map((annotation) =>
                  change(`${nameOfItem(item)} with ${annotation}`, items.with(nth, { ...item, annotation })),
                ),
            ),
            // An esthetician stays out by another row where the law has no lay hands.
            ...PROFESSIONS.filter((profession) => shut(profession) && profession !== 'esthetician').map(
              (profession) => change(`and ${profession}`, [...items, { profession, annotation: null }]),
            ),
          ]),
    ];
  });
}

/** One row of a law as a test writes it down again: value, status, words of its source, and dates where it has any. */
type StatedRow = readonly [
  key: PolicyKey,
  value: unknown,
  status: PolicyRow['status'],
  source: string,
  dates?: { from?: string; to?: string; dated?: string },
];

/** The day on which sources without a date of their own were read. */
const READ_ON = '2026-11-23';

/** What a rule maker says, row by row and whole: no row can be changed, left out or added that is not changed here as well. */
export function lawTable(ruleMaker: RuleMaker, statedRows: readonly StatedRow[]): void {
  const nameOfRow = (key: PolicyKey, from: string | null | undefined, to: string | null | undefined) =>
    `${key} from ${from ?? 'ever'} to ${to ?? 'ever'}`;
  const nameOfStated = ([key, , , , dates]: StatedRow) => nameOfRow(key, dates?.from, dates?.to);
  const nameOfShipped = ({ key, effectiveFrom, effectiveTo }: PolicyRow) =>
    nameOfRow(key, effectiveFrom, effectiveTo);
  // In which order they are written down says nothing.
  const rows = POLICY_ROWS.filter(({ jurisdiction }) => jurisdiction === ruleMaker).toSorted((a, b) =>
    nameOfShipped(a).localeCompare(nameOfShipped(b)),
  );
  const stated = statedRows.toSorted((a, b) => nameOfStated(a).localeCompare(nameOfStated(b)));

  describe(`${ruleMaker}: every row`, () => {
    it('is stated here, and nothing else is', () => {
      expect(rows.map(nameOfShipped)).toEqual(stated.map(nameOfStated));
    });

    it.each(stated.map(([key, value, status], index) => [key, value, status, index] as const))(
      '%s is %j, %s',
      (_key, _value, _status, index) => {
        const [key, value, status, source, { from, to, dated } = {}] = stated[index]!;
        const row = rows[index]!;
        // What a product is has a table of its own, in products.test.ts.
        const said =
          key === 'licensed_products' ? (row.value as { code: string }[]).map(({ code }) => code) : row.value;
        expect([row.key, said, row.status, row.sourceDate, row.effectiveFrom, row.effectiveTo]).toEqual([
          key,
          value,
          status,
          dated ?? READ_ON,
          from ?? null,
          to ?? null,
        ]);
        expect(row.source).toContain(source);
      },
    );
  });
}

/** Everything that a jurisdiction allows anybody on a day: profession, annotation and act, by law and here. */
export function allowedOn(jurisdiction: Jurisdiction, date: string): { law: Set<string>; here: Set<string> } {
  const asked = PROFESSIONS.flatMap((profession) =>
    [[], ...ANNOTATIONS.map((annotation) => [annotation])].flatMap((annotations) =>
      ACTS.map((act) => ({ profession, annotations, act })),
    ),
  );
  const allowedBy = (rows: readonly PolicyRow[]) => {
    const policy = policyOn(rows, jurisdiction, date);
    return new Set(asked.filter((one) => isAllowed(policy, one)).map((one) => nameOf(one)));
  };
  return { law: allowedBy(withoutFloor(POLICY_ROWS, jurisdiction, date)), here: allowedBy(POLICY_ROWS) };
}

/** What these rows answer: their law alone, and law and floor together. */
function answering(rows: readonly PolicyRow[], jurisdiction: Jurisdiction) {
  const policies = new Map<string, { law: Policy; here: Policy }>();
  return (decision: Decision): { law: boolean; here: boolean } => {
    const { date } = decision;
    const found = policies.get(date) ?? {
      law: policyOn(withoutFloor(rows, jurisdiction, date), jurisdiction, date),
      here: policyOn(rows, jurisdiction, date),
    };
    policies.set(date, found);
    return { law: isAllowed(found.law, decision), here: isAllowed(found.here, decision) };
  };
}

function isAllowed(
  policy: Policy,
  { profession, annotations, act }: Pick<Decision, 'profession' | 'annotations' | 'act'>,
): boolean {
  const capabilities = capabilitiesFor(policy, profession, annotations);
  switch (act) {
    case 'consult in person':
      return capabilities.includes('consult') && consultModes(policy, profession).includes('in_person');
    case 'consult by video':
      return capabilities.includes('consult') && consultModes(policy, profession).includes('video');
    case 'prescribe':
    case 'inject':
      return capabilities.includes(act);
    case 'have a nurse inject':
    case 'have a lay person inject':
      return mayDelegate(policy, { profession, annotations }, DELEGATES[act]!);
  }
}

/** The rows without the floor wherever the law itself speaks. */
function withoutFloor(rows: readonly PolicyRow[], jurisdiction: Jurisdiction, date: string): PolicyRow[] {
  const law = lawAlone(rows, jurisdiction, Temporal.PlainDate.from(date));
  return rows.filter((row) => row.jurisdiction !== 'platform' || !law.has(row.key));
}

function policyOn(rows: readonly PolicyRow[], jurisdiction: Jurisdiction, date: string): Policy {
  return evaluatePolicy(rows, jurisdiction, Temporal.PlainDate.from(date));
}

/** The rows on which the decision can rest: the law's, and our floor's. */
function rowsFor(jurisdiction: Jurisdiction, { act, date }: Decision): PolicyRow[] {
  return POLICY_ROWS.filter(
    (row) =>
      (row.jurisdiction === jurisdiction || row.jurisdiction === 'platform') &&
      DECIDING[act].includes(row.key) &&
      (row.effectiveFrom ?? '') <= date &&
      date < (row.effectiveTo ?? '9999'),
  );
}

function decisionFrom(line: string): Decision {
  const [date, who, act, law, here, source] = line.split('|').map((cell) => cell.trim());
  const [profession, ...annotations] = who!.split(/ \+/);
  const isOneOf = (words: readonly string[], word = '') => {
    if (!words.includes(word)) throw new Error(`not one of ${words.join(', ')}: ${word} (${line})`);
  };
  isOneOf(PROFESSIONS, profession);
  isOneOf(ACTS, act);
  for (const annotation of annotations) isOneOf(ANNOTATIONS, annotation);
  for (const answer of [law, here]) isOneOf(['yes', 'no'], answer);
  return {
    line: line.replaceAll(/ +/g, ' ').trim(),
    date: date!,
    profession: profession as Profession,
    annotations: annotations as Annotation[],
    act: act as Act,
    law: law === 'yes',
    here: here === 'yes',
    source: source!,
  };
}

function nameOf({
  profession,
  annotations,
  act,
}: Pick<Decision, 'profession' | 'annotations' | 'act'>): string {
  return `${[profession, ...annotations].join(' +')}: ${act}`;
}

function questionOf(decision: Decision): string {
  return `${decision.date} ${nameOf(decision)}`;
}
