import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capabilitiesFor, mayDelegate } from '#lib/server/domain/policy/capabilities.ts';
import {
  ANNOTATIONS,
  JURISDICTION_FACTS,
  PROFESSIONS,
  type Annotation,
  type Jurisdiction,
  type Profession,
} from '#lib/server/domain/policy/codes.ts';
import { consultModes, evaluatePolicy, lawAlone, type Policy } from '#lib/server/domain/policy/evaluate.ts';
import { POLICY_KEY_NAMES, type PolicyKey } from '#lib/server/domain/policy/keys.ts';
import { publishPolicy } from '#lib/server/domain/policy/publish.ts';
import type { PolicyRow } from '#lib/server/domain/policy/row.ts';
import { POLICY_ROWS } from '#lib/server/domain/policy/rows.ts';
import { openDb, openPool, type Db, type Trx } from '#lib/server/platform/db.ts';
import { setClock } from '../../../builders/act.ts';
import { createTestDatabase } from '../../../harness/database.ts';

/** What a row of a decision table can ask. Whoever injects for somebody else has the training that everybody needs. */
const ACTS = [
  'consult in person',
  'consult by video',
  'prescribe',
  'inject',
  'have a nurse inject',
  'have a lay person inject',
] as const;
type Act = (typeof ACTS)[number];

const DELEGATES: Partial<Record<Act, { profession: Profession; annotations: Annotation[] }>> = {
  'have a nurse inject': { profession: 'registered_nurse', annotations: ['toxin_training'] },
  'have a lay person inject': { profession: 'esthetician', annotations: ['toxin_training'] },
};

/** The keys whose rows may be cited for a decision. */
const DECIDING: Record<Act, PolicyKey[]> = {
  'consult in person': ['consult_mode', 'prescriber_roles'],
  'consult by video': ['consult_mode', 'prescriber_roles'],
  prescribe: ['prescriber_roles'],
  inject: ['injector_roles', 'lay_injector'],
  'have a nurse inject': ['prescriber_roles', 'injector_roles'],
  'have a lay person inject': ['prescriber_roles', 'injector_roles', 'lay_injector'],
};

interface Decision {
  line: string;
  date: string;
  profession: Profession;
  annotations: Annotation[];
  act: Act;
  /** What the law alone says; where it is silent, our floor speaks for it. */
  law: boolean;
  /** What is allowed here: the stricter of law and floor. */
  here: boolean;
  source: string;
}

/**
 * Tests of one jurisdiction: its decision table against the evaluation and against the rows that the guards of the
 * database read. A line is `date | profession +annotation | act | law | here | source`.
 */
export function decisionTable(jurisdiction: Jurisdiction, table: string): void {
  const decisions = table.trim().split('\n').map(decisionFrom);
  const dates = [...new Set(decisions.map(({ date }) => date))];

  describe(`${JURISDICTION_FACTS[jurisdiction].name}: who may do what, and when`, () => {
    it('has at least sixty rows, each its own, about every profession and every act', () => {
      expect(decisions.length).toBeGreaterThanOrEqual(60);
      expect(new Set(decisions.map(questionOf)).size).toBe(decisions.length);
      expect(new Set(decisions.map(({ profession }) => profession))).toEqual(new Set(PROFESSIONS));
      expect(new Set(decisions.map(({ act }) => act))).toEqual(new Set(ACTS));
    });

    it.each(decisions)('$line', (decision) => {
      const policy = policyOn(POLICY_ROWS, jurisdiction, decision.date);
      const lawful = policyOn(withoutFloor(jurisdiction, decision.date), jurisdiction, decision.date);
      expect({ law: isAllowed(lawful, decision), here: isAllowed(policy, decision) }).toEqual({
        law: decision.law,
        here: decision.here,
      });
      const sources = rowsFor(jurisdiction, decision).map(({ source }) => source);
      expect(sources.filter((source) => source.includes(decision.source))).not.toEqual([]);
    });

    // Mutation tests run without one.
    describe.skipIf(process.env['WITHOUT_DATABASE'])('in the database', () => {
      let db: Db;
      beforeAll(async () => {
        const { urls } = await createTestDatabase();
        db = openDb(openPool(urls.owner, { max: 1, onError: () => undefined }));
      });
      afterAll(() => db.destroy());

      it.each(dates)('the guards read the same rules on %s', async (date) => {
        await publishedOn(db, date, async (trx) => {
          const grants = await trx
            .selectFrom('profession_capability')
            .where('jurisdiction', '=', jurisdiction)
            .selectAll()
            .execute();
          const may = (who: Pick<Decision, 'profession' | 'annotations'>, capability: string) =>
            grants.some(
              (grant) =>
                grant.profession === who.profession &&
                grant.capability === capability &&
                (grant.required_credential === null ||
                  who.annotations.some((annotation) => annotation === grant.required_credential)),
            );
          const answer = (decision: Decision) => {
            const { act } = decision;
            const delegate = DELEGATES[act];
            if (delegate)
              return may(decision, 'prescribe') && may(delegate, 'inject') && !may(delegate, 'prescribe');
            // Every consultation in the database is face to face: appointment_face_to_face.
            if (act === 'consult by video') return false;
            return may(decision, act === 'consult in person' ? 'consult' : act);
          };
          const asked = decisions.filter((decision) => decision.date === date);
          expect(asked.map((decision) => [decision.line, answer(decision)])).toEqual(
            asked.map((decision) => [decision.line, decision.here]),
          );
        });
      });

      it.each(dates)('policy_number() says what the evaluation says on %s', async (date) => {
        await publishedOn(db, date, async (trx) => {
          const policy = policyOn(POLICY_ROWS, jurisdiction, date);
          const numbers = POLICY_KEY_NAMES.filter((key) => typeof policy[key] === 'number');
          expect(numbers.length).toBeGreaterThan(10);
          const { rows } = await sql<{ key: string; answer: number }>`
            SELECT key, policy_number(${jurisdiction}, key, ${date}::date) AS answer
              FROM unnest(${numbers}::text[]) AS key`.execute(trx);
          expect(Object.fromEntries(rows.map(({ key, answer }) => [key, answer]))).toEqual(
            Object.fromEntries(numbers.map((key) => [key, policy[key]])),
          );
        });
      });
    });
  });
}

/** What the law of a jurisdiction says, key by key: value, status, and words of its source. */
export function lawTable(
  jurisdiction: Jurisdiction,
  date: string,
  rows: readonly (readonly [
    key: PolicyKey,
    value: unknown,
    status: PolicyRow['status'],
    source: string,
    from?: string,
  ])[],
): void {
  describe(`${JURISDICTION_FACTS[jurisdiction].name}: what the law says on ${date}`, () => {
    const law = lawAlone(POLICY_ROWS, jurisdiction, Temporal.PlainDate.from(date));

    it('is stated here key by key, and nothing else is', () => {
      const written = new Set(rows.map(([key]) => key));
      const elsewhere = [
        'prescriber_roles',
        'injector_roles',
        'consult_mode',
        'banned_terms',
        'required_credentials',
      ];
      expect([...law.keys()].filter((key) => !written.has(key) && !elsewhere.includes(key))).toEqual([]);
    });

    it.each(rows.map((row) => [...row] as const))(
      '%s is %j, %s',
      (key, value, status, source, from?: string) => {
        const row = law.get(key);
        const stated =
          key === 'licensed_products'
            ? (row?.value as { code: string }[]).map(({ code }) => code)
            : row?.value;
        expect([stated, row?.status, row?.effectiveFrom]).toEqual([value, status, from ?? null]);
        expect(row?.source).toContain(source);
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
  return { law: allowedBy(withoutFloor(jurisdiction, date)), here: allowedBy(POLICY_ROWS) };
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

/** The shipped rows, without the floor wherever the law itself speaks. */
function withoutFloor(jurisdiction: Jurisdiction, date: string): PolicyRow[] {
  const law = lawAlone(POLICY_ROWS, jurisdiction, Temporal.PlainDate.from(date));
  return POLICY_ROWS.filter((row) => row.jurisdiction !== 'platform' || !law.has(row.key));
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

/** Runs `work` in a database whose policy was published on `date`, and undoes it. */
async function publishedOn(db: Db, date: string, work: (trx: Trx) => Promise<void>): Promise<void> {
  const undo = new Error('undo');
  const done = db.transaction().execute(async (trx) => {
    await setClock(trx, `${date}T12:00:00Z`);
    await publishPolicy(trx);
    await work(trx);
    throw undo;
  });
  await expect(done).rejects.toBe(undo);
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
