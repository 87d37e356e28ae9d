import { isDeepStrictEqual } from 'node:util';
import { appNow } from '#lib/server/platform/clock.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { capabilitiesFor, mayDelegate } from '../policy/capabilities.ts';
import {
  ANNOTATIONS,
  factsOf,
  JURISDICTIONS,
  PROFESSION_NAMES,
  PROFESSIONS,
  RULE_MAKERS,
  type Jurisdiction,
} from '../policy/codes.ts';
import { evaluatePolicy, lawAlone, type Policy } from '../policy/evaluate.ts';
import { POLICY_KEY_NAMES, POLICY_KEYS } from '../policy/keys.ts';
import { publishedRows } from '../policy/reads.ts';
import { isInForce, unreviewedAssumptions, type PolicyRow } from '../policy/row.ts';
import { valueText } from '../policy/words.ts';
import type { Actor } from '../shared/actor.ts';
import { formatCalendarDate, formatDayTime } from '../shared/dates.ts';
import { requireStaff } from './access.ts';
import { findPolicyChanges } from './policy-queries.ts';
import { BY_RELEASE } from './propose-policy-change.ts';

/** Staff read one clock, whoever and wherever they are. */
const STAFF_ZONE = 'Europe/London';

const nameOf = (ruleMaker: string) => (ruleMaker === 'platform' ? 'Steadyhand' : factsOf(ruleMaker).name);

/** The rules of one place, or of two side by side, as they are on a day; what changes later; and what waits for somebody. */
export async function readPolicyPage(
  db: Db,
  actor: Actor,
  asked: { in: Jurisdiction; with?: Jurisdiction | undefined; on?: string | undefined },
) {
  const accountId = await requireStaff(db, actor, 'operator', 'reviewer');
  const today = (await appNow(db)).toZonedDateTimeISO('UTC').toPlainDate();
  const on = asked.on === undefined ? today : Temporal.PlainDate.from(asked.on);
  const rows = await publishedRows(db);
  const places = [asked.in, ...(asked.with === undefined || asked.with === asked.in ? [] : [asked.with])];
  const silent = places.flatMap((place) => whatIsSilent(rows, place, on));
  const sides = silent.length > 0 ? [] : places.map((place) => sideOf(rows, place, on));
  const changes = (await findPolicyChanges(db)).map((change) => ({
    id: change.id,
    place: nameOf(change.jurisdiction),
    key: change.key,
    value: valueText(change.value),
    status: change.status,
    source: change.source,
    from: formatCalendarDate(change.effectiveFrom),
    reason: change.reason,
    state: change.state,
    visits: change.visits ?? 0,
    isPast: change.state === 'proposed' && change.effectiveFrom < today.toString(),
    isYours: change.proposedById === accountId,
    proposed: `${change.proposedBy}, ${formatDayTime(change.proposedAt, STAFF_ZONE)}`,
    decided:
      change.decidedAt === null
        ? null
        : `${change.decidedBy}, ${formatDayTime(change.decidedAt, STAFF_ZONE)}`,
    decisionReason: change.decisionReason,
  }));
  return {
    asked: { in: asked.in, with: places[1] ?? '', on: on.toString() },
    day: formatCalendarDate(on.toString()),
    places: places.map(nameOf),
    choices: {
      places: JURISDICTIONS.map((code) => ({ value: code, label: factsOf(code).name })),
      ruleMakers: RULE_MAKERS.map((code) => ({ value: code, label: nameOf(code) })),
      keys: POLICY_KEY_NAMES.filter((key) => !BY_RELEASE.includes(key)).map((key) => ({
        value: key,
        label: key,
      })),
    },
    silent,
    rules:
      sides.length === 0
        ? []
        : POLICY_KEY_NAMES.map((key) => ({
            key,
            meaning: POLICY_KEYS[key].meaning,
            direction: POLICY_KEYS[key].merge,
            differs: sides.some(({ policy }) => !isDeepStrictEqual(policy[key], sides[0]!.policy[key])),
            cells: sides.map(({ cells }) => cells[key]!),
          })),
    people: sides.map(({ place, people }) => ({ place, people })),
    later: rows
      .filter(
        ({ jurisdiction }) => jurisdiction === 'platform' || places.some((place) => place === jurisdiction),
      )
      .filter(({ effectiveFrom }) => effectiveFrom !== null && effectiveFrom > on.toString())
      .map((row) => ({
        place: nameOf(row.jurisdiction),
        key: row.key,
        value: valueText(row.value),
        from: formatCalendarDate(row.effectiveFrom!),
      })),
    unreviewed: unreviewedAssumptions(rows).length,
    waiting: changes.filter(({ state }) => state === 'proposed'),
    decided: changes.filter(({ state }) => state !== 'proposed'),
  };
}

/** "england.lay_injector" for each key on which floor and law are both silent that day: nothing can be evaluated then. */
function whatIsSilent(rows: readonly PolicyRow[], place: Jurisdiction, on: Temporal.PlainDate): string[] {
  const stated = new Set(
    rows
      .filter((row) => row.jurisdiction === place || row.jurisdiction === 'platform')
      .filter((row) => isInForce(row, on.toString()))
      .map(({ key }) => key),
  );
  return POLICY_KEY_NAMES.filter((key) => !stated.has(key)).map((key) => `${nameOf(place)}: ${key}`);
}

function sideOf(rows: readonly PolicyRow[], place: Jurisdiction, on: Temporal.PlainDate) {
  const policy = evaluatePolicy(rows, place, on);
  const law = lawAlone(rows, place, on);
  const cells = Object.fromEntries(
    POLICY_KEY_NAMES.map((key) => {
      const value = valueText(policy[key]);
      const alone = law.get(key);
      const lawText = alone === undefined ? null : valueText(alone.value);
      return [
        key,
        {
          value,
          /** What the law alone would say, where the floor made it stricter. */
          law: lawText === value ? null : lawText,
          decidedBy: policy.decidedBy[key].map((row) => ({
            by: nameOf(row.jurisdiction),
            status: row.status,
            source: row.source,
            dated: formatCalendarDate(row.sourceDate),
            from: row.effectiveFrom && formatCalendarDate(row.effectiveFrom),
            to: row.effectiveTo && formatCalendarDate(row.effectiveTo),
            reviewedBy: row.reviewedBy,
            isOpen: row.status === 'assumed' && row.reviewedAt === null,
          })),
        },
      ];
    }),
  );
  return { place: nameOf(place), policy, cells, people: peopleUnder(policy) };
}

/** Who may do what: a profession without and with each annotation, as far as that makes a difference. */
function peopleUnder(policy: Policy) {
  const trained = (['registered_nurse', 'esthetician'] as const).map((profession) => ({
    profession,
    annotations: ['toxin_training'] as const,
  }));
  return PROFESSIONS.map((profession) => {
    const most = { profession, annotations: ANNOTATIONS };
    const plain = capabilitiesFor(policy, profession, []);
    const withAll = capabilitiesFor(policy, profession, ANNOTATIONS);
    return {
      profession: PROFESSION_NAMES[profession],
      may: withAll.map((capability) => ({ capability, isPlain: plain.includes(capability) })),
      delegatesTo: trained
        .filter((injector) => mayDelegate(policy, most, injector))
        .map((injector) => PROFESSION_NAMES[injector.profession]),
    };
  });
}
