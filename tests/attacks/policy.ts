import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import { acting } from '../builders/act.ts';
import { attack, breaks, forbidden, insert, twice, unproven } from './attack.ts';
import type { Stage } from './stage.ts';

/** A longer retention in Texas, where nobody has a visit from that day on. */
const change = (about: object = {}) =>
  insert('policy_change', {
    jurisdiction: 'texas',
    key: 'retention_years',
    value: '10',
    status: 'sourced',
    source: 'Texas Administrative Code, read',
    source_date: '2026-11-01',
    effective_from: '2090-01-01',
    reason: 'The rule has changed.',
    ...about,
  });

/** The signature of a reviewer, in somebody else's hand. */
const signed = ({ reviewers }: Stage, step: 'proposed' | 'decided', which: 0 | 1) => ({
  [`${step}_by`]: reviewers[which].accountId,
  [`${step}_as`]: 'reviewer',
  [`${step}_at`]: '2026-11-01T09:00:00Z',
});

/** A change that the first reviewer has proposed. */
const proposed = async (trx: Queryable, { reviewers }: Stage): Promise<string> => {
  await acting(trx, reviewers[0], (as) => change().execute(as));
  const { id } = await trx.selectFrom('policy_change').select('id').executeTakeFirstOrThrow();
  return id;
};
const decide = (id: string) => sql`SELECT decide_policy_change(${id}, true, 'Read as well')`;
const byReviewer = (t: Stage) => t.reviewers[0];

/** A rule changes by two members of staff, and never by a stroke of SQL. */
export const policyAttacks = [
  attack('L3', 'one person who proposes a rule and accepts it', breaks('policy_change_two_people'), {
    before: proposed,
    actor: (t, lawful) => t.reviewers[lawful ? 1 : 0],
    attack: (_, id) => decide(id),
  }),
  attack('L3', 'a rule accepted by somebody outside the staff', unproven('policy_change_decided_by_staff'), {
    before: proposed,
    actor: (t, lawful) => (lawful ? t.reviewers[1] : t.stranger),
    attack: (_, id) => decide(id),
  }),
  attack('L3', 'a rule proposed by somebody outside the staff', unproven('policy_change_proposed_by_staff'), {
    actor: (t, lawful) => (lawful ? t.reviewers[0] : t.stranger),
    attack: () => change(),
  }),
  attack('L3', 'a rule born accepted', breaks('policy_change_waiting'), {
    actor: byReviewer,
    attack: (t) => change({ state: 'accepted', ...signed(t, 'proposed', 0), ...signed(t, 'decided', 1) }),
    twin: (t) => change(signed(t, 'proposed', 0)),
  }),
  attack('L3', 'a rule decided a second time', breaks('policy_change_waiting'), {
    before: async (trx, t, lawful) => {
      const id = await proposed(trx, t);
      if (!lawful) await acting(trx, t.reviewers[1], (as) => decide(id).execute(as));
      return id;
    },
    actor: (t) => t.reviewers[1],
    attack: (_, id) => decide(id),
  }),
  attack('L3', 'a second change of the same rule while one waits', twice('policy_change_one_open'), {
    before: async (trx, t, lawful) => {
      if (!lawful) await proposed(trx, t);
    },
    actor: byReviewer,
    attack: () => change(),
  }),
  attack('L3', 'a number that becomes a word, and so no rule at all', breaks('policy_change_value_kind'), {
    actor: byReviewer,
    attack: () => change({ value: '"ten"' }),
    twin: () => change(),
  }),
  attack('L3', 'a law that says what is the platform’s to say', breaks('policy_change_rule_maker'), {
    actor: byReviewer,
    attack: () => change({ key: 'cover_days', value: '7' }),
    twin: () => change({ key: 'cover_days', value: '35', jurisdiction: 'platform' }),
  }),
  attack('L3', 'who may prescribe changed without a release', breaks('policy_change_by_release'), {
    actor: byReviewer,
    attack: () => change({ key: 'prescriber_roles', value: '[]' }),
    twin: () => change({ key: 'review_conditions', value: '[]' }),
  }),
  attack('G8', 'a rule for a day that has passed, and nobody warned', breaks('policy_change_warned'), {
    actor: byReviewer,
    attack: () => change({ effective_from: '2026-01-01' }),
    twin: () => change({ effective_from: '2026-01-01', warned: true }),
  }),
  attack('L3', 'a change put among the rules by hand', forbidden('apply_policy_change'), {
    before: proposed,
    actor: (t) => t.reviewers[1],
    attack: (_, id) => sql`SELECT apply_policy_change(${id})`,
    twin: (_, id) => decide(id),
  }),
];
