import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { decidePolicyChange } from '#lib/server/domain/oversight/decide-policy-change.ts';
import type { PolicyChangeInput } from '#lib/server/domain/oversight/input.ts';
import { readPolicyPage } from '#lib/server/domain/oversight/policy-reads.ts';
import { proposePolicyChange, valueFrom } from '#lib/server/domain/oversight/propose-policy-change.ts';
import { publishPolicy } from '#lib/server/domain/policy/publish.ts';
import { policyOf } from '#lib/server/domain/policy/reads.ts';
import { isRefusal } from '#lib/server/domain/shared/refusal.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import { patient, staffMember } from '../../builders/people.ts';
import { as, expectRefusal, hold, openWorld, slots, type World } from './world.ts';

let world: World;
let proposer: ReturnType<typeof as>;
let decider: ReturnType<typeof as>;
beforeAll(async () => {
  world = await openWorld();
  proposer = as(await staffMember(world.owner, 'operator'));
  decider = as(world.town.reviewers[0]);
});

/** A longer retention in Queensland, where nobody has a visit. */
const change = (about: Partial<PolicyChangeInput> = {}): PolicyChangeInput => ({
  jurisdiction: 'queensland',
  key: 'retention_years',
  value: '12',
  status: 'sourced',
  source: 'Health Records Act, s. 3, read in full',
  sourceDate: '2026-11-01',
  effectiveFrom: '2090-01-01',
  reason: 'The Act was amended last month.',
  warned: false,
  ...about,
});
const accept = (changeId: string, actor = decider) =>
  decidePolicyChange(world.db, actor, { changeId, accept: true, reason: 'I have read it too.' });
const retentionOn = async (day: string) =>
  (await policyOf(world.db, 'queensland', Temporal.PlainDate.from(day))).retention_years;
const guardSays = async (day: string) => {
  const { rows } = await sql<{ years: number }>`
    SELECT policy_number('queensland', 'retention_years', ${day}::date) AS years`.execute(world.db);
  return rows[0]!.years;
};

describe('a rule changes by two people', () => {
  it('is proposed by one, accepted by another, and holds from its first day, in the database too', async () => {
    const { changeId } = await proposePolicyChange(world.db, proposer, change());
    expect(await retentionOn('2090-01-01')).toBe(7);
    await expectRefusal(accept(changeId, proposer), 'policy_second_person');
    await expectRefusal(proposePolicyChange(world.db, decider, change()), 'already_written');
    await accept(changeId);
    for (const years of [retentionOn, guardSays])
      expect([await years('2089-12-31'), await years('2090-01-01'), await years('2099-01-01')]).toEqual([
        7, 12, 12,
      ]);
    await expectRefusal(accept(changeId), 'not_now');

    const { decidedBy } = await policyOf(world.db, 'queensland', Temporal.PlainDate.from('2090-01-01'));
    expect(decidedBy.retention_years[0]?.reviewedBy).toMatch(/ and /);
    const audit = await world.owner
      .selectFrom('audit')
      .where('subject_id', '=', changeId)
      .select(['action', 'actor_id'])
      .orderBy('seq')
      .execute();
    expect(audit.map(({ action }) => action)).toEqual(['policy.propose', 'policy.decide']);
  });

  it('stays when the shipped rows are published again, and later changes lie before and after it', async () => {
    const sooner = await proposePolicyChange(
      world.db,
      proposer,
      change({ value: '9', effectiveFrom: '2080-01-01' }),
    );
    await accept(sooner.changeId);
    const again = await proposePolicyChange(
      world.db,
      proposer,
      change({ value: '15', effectiveFrom: '2090-01-01' }),
    );
    await accept(again.changeId);
    const years = () =>
      Promise.all(['2079-12-31', '2080-01-01', '2089-12-31', '2090-01-01'].map(retentionOn));
    expect(await years()).toEqual([7, 9, 9, 15]);
    await world.owner.transaction().execute((trx) => publishPolicy(trx));
    expect(await years()).toEqual([7, 9, 9, 15]);
  });

  it('rejected, leaves everything as it was', async () => {
    const { changeId } = await proposePolicyChange(world.db, proposer, change({ value: '99' }));
    await decidePolicyChange(world.db, decider, {
      changeId,
      accept: false,
      reason: 'Not what the Act says.',
    });
    expect(await retentionOn('2095-01-01')).not.toBe(99);
  });

  it('never makes a law looser than our floor', async () => {
    const { changeId } = await proposePolicyChange(
      world.db,
      proposer,
      change({ key: 'min_age', value: '16', effectiveFrom: '2091-01-01' }),
    );
    await accept(changeId);
    const policy = await policyOf(world.db, 'queensland', Temporal.PlainDate.from('2091-01-01'));
    expect(policy.min_age).toBe(18);
  });

  it('warns where visits are booked from that day on, and where the day has passed', async () => {
    const [start] = await slots(world);
    await hold(world, start!.start);
    const today = (await appNow(world.db)).toZonedDateTimeISO('UTC').toPlainDate().toString();
    const detailsOf = async (input: PolicyChangeInput) => {
      try {
        await proposePolicyChange(world.db, proposer, input);
        return null;
      } catch (error) {
        if (!isRefusal(error, 'policy_reaches_visits')) throw error;
        return error.details;
      }
    };
    const soon = change({ jurisdiction: 'england', effectiveFrom: today });
    expect(await detailsOf(soon)).toEqual({ visits: 1, isPast: false });
    expect(await detailsOf({ ...soon, jurisdiction: 'platform' })).toEqual({ visits: 1, isPast: false });
    expect(await detailsOf(change({ effectiveFrom: '2026-01-01' }))).toEqual({ visits: 0, isPast: true });
    expect(await detailsOf({ ...soon, warned: true })).toBeNull();
  });

  it.each<[string, Partial<PolicyChangeInput>, 'invalid_input' | 'policy_by_release']>([
    ['a word for a number', { value: 'twelve' }, 'invalid_input'],
    ['an age below zero', { key: 'min_age', value: '-1' }, 'invalid_input'],
    ['a law that is ours alone to state', { key: 'cover_days', value: '35' }, 'invalid_input'],
    [
      'a platform that states a law',
      { jurisdiction: 'platform', key: 'emergency_number', value: '112' },
      'invalid_input',
    ],
    ['words that ship with the code', { key: 'banned_terms', value: 'party' }, 'policy_by_release'],
  ])('is refused: %s', async (_what, about, code) => {
    await expectRefusal(proposePolicyChange(world.db, proposer, change(about)), code);
  });

  it('is nothing to anybody outside the staff', async () => {
    const stranger = as(await patient(world.owner));
    const { changeId } = await proposePolicyChange(world.db, proposer, change({ jurisdiction: 'ontario' }));
    await expectRefusal(proposePolicyChange(world.db, stranger, change()), 'not_found');
    await expectRefusal(accept(changeId, stranger), 'not_found');
    await expectRefusal(readPolicyPage(world.db, stranger, { in: 'england' }), 'not_found');
  });
});

describe('the page of the rules', () => {
  it('shows a day, two places side by side, where they differ and what decides', async () => {
    const page = await readPolicyPage(world.db, decider, { in: 'england', with: 'texas', on: '2026-12-01' });
    expect([page.day, page.places]).toEqual(['1 December 2026', ['England', 'Texas']]);
    const rule = (key: string) => page.rules.find((one) => one.key === key)!;
    expect(rule('lay_injector').differs).toBe(true);
    expect(rule('min_age').differs).toBe(false);
    expect(rule('consult_valid_days').cells.map(({ value, law }) => [value, law])).toEqual([
      ['84', null],
      ['84', '365'],
    ]);
    expect(rule('min_age').cells[0]!.decidedBy.map(({ by, status }) => [by, status])).toEqual([
      ['Steadyhand', 'assumed'],
      ['England', 'sourced'],
    ]);
    expect(page.people.map(({ people }) => people.at(-1)!.may.length)).toEqual([1, 1]);
  });

  it('is read as of a day: the change of 1 June 2025 is a row that comes later, then one in force', async () => {
    const on = (day: string) => readPolicyPage(world.db, decider, { in: 'england', on: day });
    expect((await on('2025-05-31')).later.map(({ key, from }) => [key, from])).toContainEqual([
      'consult_mode',
      '1 June 2025',
    ]);
    expect((await on('2025-06-01')).later.map(({ key }) => key)).not.toContain('consult_mode');
  });

  it('says so where nobody stated the rules of a day', async () => {
    const page = await readPolicyPage(world.db, decider, { in: 'texas', on: '2024-01-01' });
    expect(page.rules).toEqual([]);
    expect(page.silent).toContain('Texas: lay_injector');
  });
});

describe('what is typed', () => {
  it.each([
    ['retention_years', '12', 12],
    ['reviews_public', 'no', false],
    ['reviews_public', 'Yes', true],
    ['cooling_off_hours_minor', 'none', null],
    ['review_conditions', 'genuine, dated', ['genuine', 'dated']],
    ['review_conditions', 'none', []],
    ['before_after_public', 'never', 'never'],
    ['emergency_number', '112', '112'],
    ['adverse_event_url', 'http://plain.example', undefined],
    ['reviews_public', 'perhaps', undefined],
  ] as const)('%s: %s', (key, typed, value) => {
    expect(valueFrom(key, typed)).toEqual(value);
  });
});
