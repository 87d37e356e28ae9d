import { sql } from 'kysely';
import { saveTerms } from '#lib/server/domain/availability/save-terms.ts';
import { completeChecks } from '#lib/server/domain/oversight/complete-checks.ts';
import { decideCase } from '#lib/server/domain/oversight/decide.ts';
import { openCase } from '#lib/server/domain/oversight/open-case.ts';
import { recordCheck } from '#lib/server/domain/oversight/record-check.ts';
import { suspendPractitioner } from '#lib/server/domain/oversight/suspend.ts';
import type { Actor } from '#lib/server/domain/shared/actor.ts';
import { recordEvent } from '#lib/server/domain/shared/record-event.ts';
import { transact } from '#lib/server/domain/shared/transact.ts';
import type { Db } from '#lib/server/platform/db.ts';
import type { Suspension } from './checker.ts';

/** Somebody listed in England, with a place where they work. */
export interface Subject {
  id: string;
  accountId: string;
  slug: string;
  name: string;
  /** Nobody else is called so. */
  hasOwnName: boolean;
  locationId: string;
}

export interface Changes {
  db: Db;
  owner: Db;
  subjects: readonly Subject[];
  /** Two people who check practitioners. */
  reviewers: readonly [Actor, Actor];
  random: () => number;
  suspensions: Suspension[];
  /** How many of each have been acknowledged. */
  made: { terms: number; profiles: number; suspensions: number; returns: number; failures: number };
}

const REASON = 'A drill of the search index.';

/** Everybody listed in England who has an account, and the two reviewers of the demo town. */
export async function openChanges(db: Db, owner: Db, random: () => number): Promise<Changes> {
  const { rows: subjects } = await sql<Subject>`
    SELECT DISTINCT ON (p.id) p.id, p.account_id AS "accountId", p.slug, p.display_name AS name, t.location_id AS "locationId",
           NOT EXISTS (SELECT FROM practitioner o WHERE o.display_name = p.display_name AND o.id <> p.id) AS "hasOwnName"
      FROM listing i JOIN practitioner p ON p.id = i.practitioner_id JOIN practice t ON t.practitioner_id = p.id
      JOIN location l ON l.id = t.location_id AND l.jurisdiction = i.jurisdiction
     WHERE i.jurisdiction = 'england' AND i.may_prescribe ORDER BY p.id, t.location_id`.execute(owner);
  const staff = await owner.selectFrom('staff').where('role', '=', 'reviewer').select('account_id').execute();
  const [first, second] = staff.map(({ account_id }) => as(account_id));
  const made = { terms: 0, profiles: 0, suspensions: 0, returns: 0, failures: 0 };
  return { db, owner, subjects, reviewers: [first!, second!], random, suspensions: [], made };
}

const as = (accountId: string): Actor => ({ kind: 'account', accountId });

/** Somebody of them who is not suspended. */
function anybody({ subjects, suspensions, random }: Changes): Subject {
  const away = new Set(suspensions.filter(({ until }) => until === Infinity).map(({ slug }) => slug));
  const there = subjects.filter(({ slug }) => !away.has(slug));
  return there[Math.floor(random() * there.length)]!;
}

/** A practitioner changes how far ahead may be booked, and so when they are free. */
export async function changeTerms(changes: Changes): Promise<void> {
  const { db, owner, random, made } = changes;
  const { accountId, locationId, id } = anybody(changes);
  const terms = await owner
    .selectFrom('practice')
    .where('practitioner_id', '=', id)
    .where('location_id', '=', locationId)
    .select([
      'consultation_minutes as consultationMinutes',
      'treatment_minutes as treatmentMinutes',
      'follow_up_minutes as followUpMinutes',
      'buffer_before_minutes as bufferBeforeMinutes',
      'buffer_after_minutes as bufferAfterMinutes',
      'travel_minutes as travelMinutes',
      'step_minutes as stepMinutes',
      'starts_count_from as startsCountFrom',
      'notice_minutes as noticeMinutes',
      'daily_limit as dailyLimit',
      'weekly_limit as weeklyLimit',
      'cancel_notice_hours as cancelNoticeHours',
      'move_notice_hours as moveNoticeHours',
      'closed_on_public_holidays as closedOnPublicHolidays',
      'needs_room as needsRoom',
    ])
    .executeTakeFirstOrThrow();
  const startsCountFrom = terms.startsCountFrom as 'hours' | 'clock';
  const horizonDays = 20 + Math.floor(random() * 60);
  await saveTerms(db, as(accountId), { locationId, terms: { ...terms, startsCountFrom, horizonDays } });
  made.terms++;
}

/** A practitioner's headline changes, and the event that tells of it with it. */
export async function changeProfile(changes: Changes): Promise<void> {
  const { owner, made } = changes;
  const { id, accountId } = anybody(changes);
  await transact(owner, as(accountId), async (trx) => {
    const headline = `Time to talk, and to think about it (${made.profiles})`;
    await trx.updateTable('practitioner').set({ headline }).where('id', '=', id).execute();
    await recordEvent(trx, {
      type: 'practitioner.profile_changed',
      subjectType: 'practitioner',
      subjectId: id,
      payload: {},
    });
  });
  made.profiles++;
}

/** Somebody is suspended. From the moment that this is acknowledged nobody may be shown them. */
export async function suspend(changes: Changes): Promise<void> {
  const { db, reviewers, suspensions, made } = changes;
  const { id, slug } = anybody(changes);
  await suspendPractitioner(db, reviewers[0], { practitionerId: id, reason: REASON });
  suspensions.push({ slug, from: performance.now(), until: Infinity });
  made.suspensions++;
}

/** Who has been suspended longest is listed again, as two people decide. */
export async function letReturn(changes: Changes): Promise<void> {
  const { db, owner, subjects, suspensions, reviewers, made } = changes;
  const suspension = suspensions.find(({ until }) => until === Infinity);
  if (suspension === undefined) return;
  const { id: practitionerId } = subjects.find(({ slug }) => slug === suspension.slug)!;
  const [checker, decider] = reviewers;
  const { caseId } = await openCase(db, checker, { practitionerId, jurisdiction: 'england' });
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM credential WHERE practitioner_id = ${practitionerId} AND jurisdiction = 'england'
       AND valid @> (app_now() AT TIME ZONE 'UTC')::date`.execute(owner);
  for (const { id: credentialId } of rows) {
    const check = { caseId, credentialId, method: 'document', result: 'confirmed', note: '' } as const;
    await recordCheck(db, checker, check);
  }
  await completeChecks(db, checker, { caseId });
  suspension.until = performance.now();
  await decideCase(db, decider, { caseId, approve: true, reason: REASON });
  made.returns++;
}
