import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { completeChecks } from '#lib/server/domain/oversight/complete-checks.ts';
import { decideCase } from '#lib/server/domain/oversight/decide.ts';
import { openCase } from '#lib/server/domain/oversight/open-case.ts';
import { readCase, readQueue } from '#lib/server/domain/oversight/reads.ts';
import { recordCheck } from '#lib/server/domain/oversight/record-check.ts';
import { suspendPractitioner } from '#lib/server/domain/oversight/suspend.ts';
import { risksOf, whyNot } from '#lib/server/domain/oversight/vetting.ts';
import { patient, practitioner } from '../../builders/people.ts';
import { countedDb } from '../../harness/counted.ts';
import { openDaily, practise } from '../../builders/places.ts';
import {
  as,
  booked,
  checkAll,
  checkedDoctor,
  eventsOf,
  expectRefusal,
  handIn,
  openWorld,
  slotsFrom,
  stateOf,
  type World,
} from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});

/** What policy asks of a doctor in England. */
const REQUIRED_KINDS = ['registration', 'toxin_training', 'life_support', 'indemnity_insurance'];

/** Somebody who has handed in the credentials and applies to be listed in England. */
async function applicant(about: Parameters<typeof handIn>[2] = {}) {
  const who = await practitioner(world.owner, 'doctor');
  await practise(world.owner, who, world.town.leeds);
  await openDaily(world.owner, who, world.town.leeds);
  const credentials = await handIn(world, who, about);
  const [checker] = world.town.reviewers;
  const { caseId } = await openCase(world.db, as(checker), {
    practitionerId: who.id,
    jurisdiction: 'england',
  });
  return { who, credentials, caseId };
}

const approve = (caseId: string, by = world.town.reviewers[1]) =>
  decideCase(world.db, as(by), { caseId, approve: true, reason: 'All seen at the source.' });

async function isListed(practitionerId: string): Promise<boolean> {
  const row = await world.owner
    .selectFrom('listing')
    .select('may_prescribe')
    .where('practitioner_id', '=', practitionerId)
    .executeTakeFirst();
  return row !== undefined;
}

describe('two people list a practitioner', () => {
  it('one checks, another decides, and the directory hears of it', async () => {
    const { who, credentials, caseId } = await applicant();
    await checkAll(world, caseId, credentials);
    expect(await isListed(who.id)).toBe(false);
    await expectRefusal(approve(caseId, world.town.reviewers[0]), 'second_person_needed');
    await approve(caseId);
    expect(await isListed(who.id)).toBe(true);
    expect(await eventsOf(world, who.id)).toEqual(['practitioner.listed']);
    await expectRefusal(approve(caseId), 'not_now');
  });

  it('neither of them is the subject, and nobody else exists', async () => {
    const { who, credentials, caseId } = await applicant();
    await world.owner.insertInto('staff').values({ account_id: who.accountId, role: 'reviewer' }).execute();
    const check = {
      caseId,
      credentialId: credentials[0]!,
      method: 'document',
      result: 'confirmed',
      note: '',
    } as const;
    await expectRefusal(recordCheck(world.db, as(who), check), 'not_about_yourself');
    await checkAll(world, caseId, credentials);
    await expectRefusal(approve(caseId, who), 'not_about_yourself');
    const stranger = await patient(world.owner);
    await expectRefusal(recordCheck(world.db, as(stranger), check), 'not_found');
    await expectRefusal(approve(caseId, stranger), 'not_found');
    await expectRefusal(readCase(world.db, as(stranger), caseId), 'not_found');
  });

  it('two decisions at once: one counts', async () => {
    const { credentials, caseId } = await applicant();
    await checkAll(world, caseId, credentials);
    const outcomes = await Promise.allSettled([approve(caseId), approve(caseId), approve(caseId)]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBe(1);
  });

  it('there is one open case at a time', async () => {
    const { who } = await applicant();
    const again = openCase(world.db, as(world.town.reviewers[0]), {
      practitionerId: who.id,
      jurisdiction: 'england',
    });
    await expectRefusal(again, 'already_written');
  });
});

describe('evidence', () => {
  it('every current credential is checked before the checks are complete; unreachable is not checked', async () => {
    const { credentials, caseId } = await applicant();
    const [checker] = world.town.reviewers;
    await expectRefusal(completeChecks(world.db, as(checker), { caseId }), 'checks_missing');
    await expectRefusal(checkAll(world, caseId, credentials, 'unreachable'), 'checks_missing');
    await checkAll(world, caseId, credentials);
  });

  it('what was not confirmed approves nobody, and can be turned down', async () => {
    const { who, credentials, caseId } = await applicant();
    await checkAll(world, caseId, credentials, 'not_confirmed');
    await expectRefusal(approve(caseId), 'evidence_incomplete');
    await decideCase(world.db, as(world.town.reviewers[1]), {
      caseId,
      approve: false,
      reason: 'The register knows nobody of that number.',
    });
    expect(await isListed(who.id)).toBe(false);
  });

  it('each required kind is needed: the words and the database ask for the same', async () => {
    for (const missing of REQUIRED_KINDS) {
      const { credentials, caseId } = await applicant({
        kinds: REQUIRED_KINDS.filter((kind) => kind !== missing),
      });
      await checkAll(world, caseId, credentials);
      await expectRefusal(approve(caseId), 'evidence_incomplete');
    }
  });

  it('a credential of somebody else, or a register that is none, is refused', async () => {
    const mine = await applicant();
    const other = await applicant();
    const check = { caseId: mine.caseId, result: 'confirmed', note: '' } as const;
    const [checker] = world.town.reviewers;
    await expectRefusal(
      recordCheck(world.db, as(checker), {
        ...check,
        method: 'document',
        credentialId: other.credentials[0]!,
      }),
      'not_found',
    );
    await expectRefusal(
      recordCheck(world.db, as(checker), {
        ...check,
        method: 'register_page',
        credentialId: mine.credentials[1]!,
      }),
      'invalid_input',
    );
  });
});

describe('renewal', () => {
  it('is accepted under live appointments, and carries treatments further', async () => {
    const who = await checkedDoctor(world, { until: 20 });
    const appointmentId = await booked(world, who, (await slotsFrom(world, who, 3))[0]!);
    const credentials = await handIn(world, who, { from: 20, until: 400 });
    const { caseId } = await openCase(world.db, as(world.town.reviewers[0]), {
      practitionerId: who.id,
      jurisdiction: 'england',
    });
    const old = await world.owner
      .selectFrom('credential')
      .select('id')
      .where('practitioner_id', '=', who.id)
      .where('id', 'not in', credentials)
      .execute();
    await checkAll(world, caseId, [...old.map(({ id }) => id), ...credentials]);
    await approve(caseId);
    expect(await stateOf(world, appointmentId)).toBe('confirmed');
    const { rows } = await sql<{ days: number }>`
      SELECT DISTINCT date_part('day', upper(valid) - app_now()) AS days FROM capability_period WHERE practitioner_id = ${who.id}`.execute(
      world.owner,
    );
    expect(rows.map(({ days }) => days > 390)).toEqual([true]);
  });

  it('brings a suspended practitioner back, by two people again', async () => {
    const who = await checkedDoctor(world);
    const [checker, decider] = world.town.reviewers;
    await suspendPractitioner(world.db, as(checker), {
      practitionerId: who.id,
      reason: 'A complaint looked into',
    });
    expect(await isListed(who.id)).toBe(false);
    const { caseId } = await openCase(world.db, as(checker), {
      practitionerId: who.id,
      jurisdiction: 'england',
    });
    await checkAll(world, caseId, []);
    await expectRefusal(approve(caseId, checker), 'second_person_needed');
    await approve(caseId, decider);
    expect(await isListed(who.id)).toBe(true);
  });
});

describe('what a reviewer reads', () => {
  it('takes the same few queries however many cases and credentials there are', async () => {
    const { caseId } = await applicant();
    const reviewer = as(world.town.reviewers[0]);
    const { db, counted } = countedDb(world.appUrl);
    const queries = async (work: () => Promise<unknown>) => (await counted(work))[1];
    expect(await queries(() => readQueue(db, reviewer))).toBe(2);
    expect(await queries(() => readCase(db, reviewer, caseId))).toBe(6);
    await applicant();
    await applicant();
    expect((await readQueue(db, reviewer)).length).toBeGreaterThanOrEqual(3);
    expect(await queries(() => readQueue(db, reviewer))).toBe(2);
  });

  it('names what approval would mean and what is missing', async () => {
    const { credentials, caseId } = await applicant();
    const reviewer = as(world.town.reviewers[0]);
    const before = await readCase(world.db, reviewer, caseId);
    expect(before.approval.missing.length).toBe(4);
    expect(before.whyNot.complete).toContain('4 credentials');
    await checkAll(world, caseId, credentials);
    const after = await readCase(world.db, reviewer, caseId);
    expect(after.approval).toMatchObject({ missing: [], capabilities: ['consult', 'prescribe', 'inject'] });
    expect(after.whyNot.decide).toContain('second reviewer');
    expect((await readCase(world.db, as(world.town.reviewers[1]), caseId)).whyNot.decide).toBeNull();
  });

  it('says what to look at with care', () => {
    const fine = { numberFits: true, daysLeft: 200, lastResult: 'confirmed' } as const;
    expect(risksOf({ wasSuspended: false, credentials: [fine] })).toEqual([]);
    expect(
      risksOf({ wasSuspended: true, credentials: [{ ...fine, numberFits: false, daysLeft: 30 }] }).length,
    ).toBe(3);
    // What has ended proves nothing and endangers nothing.
    expect(
      risksOf({ wasSuspended: false, credentials: [{ ...fine, daysLeft: 0, numberFits: false }] }),
    ).toEqual([]);
  });

  it('says why not in the place of each button', () => {
    const vetting = { state: 'checks_complete', subjectAccountId: 's', checkedBy: 'a' };
    expect(whyNot('decide', vetting, 'b')).toBeNull();
    expect(whyNot('decide', vetting, 'a')).not.toBeNull();
    expect(whyNot('decide', vetting, 's')).not.toBeNull();
    expect(whyNot('check', vetting, 'b')).not.toBeNull();
    expect(whyNot('check', { ...vetting, state: 'submitted', checkedBy: null }, 'b')).toBeNull();
    expect(whyNot('decide', { ...vetting, state: 'approved' }, 'b')).not.toBeNull();
  });
});
