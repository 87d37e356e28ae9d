import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { findViewer, startSession } from '#lib/server/domain/accounts/sessions.ts';
import { nameHandler } from '#lib/server/domain/oversight/complaints/name-handler.ts';
import { askToBeForgotten } from '#lib/server/domain/privacy/ask-to-be-forgotten.ts';
import { keepNoLonger } from '#lib/server/domain/privacy/keep-no-longer.ts';
import { takeCopy } from '#lib/server/domain/privacy/take-copy.ts';
import { acceptInvitation } from '#lib/server/domain/reception/accept-invitation.ts';
import { endMember } from '#lib/server/domain/reception/end-member.ts';
import { inviteMember, takeBackInvitation } from '#lib/server/domain/reception/invite-member.ts';
import { readDay } from '#lib/server/domain/reception/reads.ts';
import { readMembership, readTeamInvitation, readTeams } from '#lib/server/domain/reception/team-reads.ts';
import type { TeamRole } from '#lib/server/domain/reception/team.ts';
import type { Actor } from '#lib/server/domain/shared/actor.ts';
import { openDb, openPool } from '#lib/server/platform/db.ts';
import { passTime } from '../../builders/act.ts';
import { account, practitioner } from '../../builders/people.ts';
import { place, practise } from '../../builders/places.ts';
import { afterFile } from '../../harness/after.ts';
import { countedDb } from '../../harness/counted.ts';
import { as, expectRefusal, openWorld, refusalOf, type World } from '../booking/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});

const anAddress = () => `${randomUUID()}@example.test`;
const linkOf = (code: string) => `https://steadyhand.test/team/accept?code=${code}`;

/** A clinic of its own, with one doctor who practises there alone. */
async function aClinic() {
  const where = await place(world.owner, 'england');
  const doctor = await practitioner(world.owner);
  await practise(world.owner, doctor, where);
  return { clinicId: where.clinicId, doctor: as(doctor), doctorId: doctor.accountId };
}
type Clinic = Awaited<ReturnType<typeof aClinic>>;

/** Asks, and answers the code that the letter carries. */
async function invite(by: Actor, clinicId: string, email: string, role: TeamRole = 'reception') {
  await inviteMember(world.db, by, linkOf, { clinicId, role, email });
  const { body } = await world.owner
    .selectFrom('mail_message')
    .select('body')
    .where('to_address', '=', email)
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
  return /code=([\w-]+)/.exec(body)![1]!;
}

/** Somebody who was asked and has said yes. */
async function member({ clinicId, doctor }: Clinic, role: TeamRole = 'reception', by: Actor = doctor) {
  const email = anAddress();
  const { accountId } = await account(world.owner, { email });
  await acceptInvitation(world.db, as({ accountId }), { code: await invite(by, clinicId, email, role) });
  await passTime(world.owner, { seconds: 1 });
  return { email, actor: as({ accountId }), membership: { clinicId, accountId, role } };
}

const teamOf = async (actor: Actor, clinicId: string) =>
  (await readTeams(world.db, actor)).find(({ id }) => id === clinicId);

describe('asking somebody to work at a desk', () => {
  it('a doctor who works alone asks; whoever proves the address works there, and nobody else with the same link', async () => {
    const { db, owner } = world;
    const clinic = await aClinic();
    const email = anAddress();
    const code = await invite(clinic.doctor, clinic.clinicId, email);
    expect(await teamOf(clinic.doctor, clinic.clinicId)).toMatchObject({
      runs: true,
      hasManager: false,
      members: [],
      invitations: [{ email, roleName: 'Reception' }],
    });

    const thief = as(await account(owner));
    expect(await readTeamInvitation(db, thief, code)).toBeUndefined();
    await expectRefusal(acceptInvitation(db, thief, { code }), 'invitation_ended');
    await expectRefusal(acceptInvitation(db, clinic.doctor, { code }), 'invitation_ended');

    const { accountId } = await account(owner, { email });
    const jo = as({ accountId });
    await owner.updateTable('account').set({ email_verified_at: null }).where('id', '=', accountId).execute();
    await expectRefusal(acceptInvitation(db, jo, { code }), 'invitation_ended');
    await owner
      .updateTable('account')
      .set({ email_verified_at: sql`app_now()` })
      .where('id', '=', accountId)
      .execute();
    await expectRefusal(readDay(db, jo, null), 'not_found');
    expect((await readTeamInvitation(db, jo, code))!.sees).toContain('reads no record');
    await acceptInvitation(db, jo, { code });
    await expectRefusal(acceptInvitation(db, jo, { code }), 'invitation_ended');
    await readDay(db, jo, null);
    const team = await teamOf(jo, clinic.clinicId);
    expect(team).toMatchObject({ runs: false, invitations: [], members: [{ accountId, isSelf: true }] });
  });

  it('says in the letter which clinic and role and what it sees, and never whether there is an account', async () => {
    const { owner } = world;
    const { clinicId, doctor } = await aClinic();
    const letters = [];
    for (const email of [anAddress(), anAddress()]) {
      if (letters.length === 0) await account(owner, { email });
      const code = await invite(doctor, clinicId, email);
      const row = await owner
        .selectFrom('mail_message')
        .select(['kind', 'subject', 'body'])
        .where('to_address', '=', email)
        .executeTakeFirstOrThrow();
      letters.push({ ...row, body: row.body.replace(code, 'CODE') });
    }
    expect(letters[0]).toEqual(letters[1]);
    expect(letters[0]!.body).toContain('reads no record');
  });

  it('is for who runs the clinic: not for its desk, others, or its practitioners once it has a manager', async () => {
    const clinic = await aClinic();
    const { clinicId, doctor } = clinic;
    const desk = await member(clinic);
    await expectRefusal(invite(desk.actor, clinicId, anAddress()), 'not_found');
    await expectRefusal(invite((await aClinic()).doctor, clinicId, anAddress()), 'not_found');
    await expectRefusal(invite({ kind: 'visitor', partyId: null }, clinicId, anAddress()), 'not_found');
    const boss = await member(clinic, 'manager');
    await expectRefusal(invite(doctor, clinicId, anAddress()), 'not_found');
    await invite(boss.actor, clinicId, anAddress());
    expect(await teamOf(doctor, clinicId)).toMatchObject({ runs: false, hasManager: true, invitations: [] });
    await expectRefusal(endMember(world.db, doctor, desk.membership), 'not_found');
  });

  it('once for an address and a role until it is answered, taken back or has run out', async () => {
    const { db, owner } = world;
    const { clinicId, doctor } = await aClinic();
    const email = anAddress();
    const first = await invite(doctor, clinicId, email);
    await expectRefusal(invite(doctor, clinicId, email.toUpperCase()), 'team_invited_already');
    await invite(doctor, clinicId, email, 'manager');
    const { invitations } = (await teamOf(doctor, clinicId))!;
    const invitationId = invitations.find(({ roleName }) => roleName === 'Reception')!.id;
    await expectRefusal(takeBackInvitation(db, (await aClinic()).doctor, { invitationId }), 'not_found');
    await takeBackInvitation(db, doctor, { invitationId });
    await expectRefusal(takeBackInvitation(db, doctor, { invitationId }), 'not_found');
    const who = as(await account(owner, { email }));
    await expectRefusal(acceptInvitation(db, who, { code: first }), 'invitation_ended');
    const second = await invite(doctor, clinicId, email);
    await passTime(owner, { hours: 7 * 24 });
    await expectRefusal(acceptInvitation(db, who, { code: second }), 'invitation_ended');
    await acceptInvitation(db, who, { code: await invite(doctor, clinicId, email) });
    const again = await invite(doctor, clinicId, email);
    await expectRefusal(acceptInvitation(db, who, { code: again }), 'team_member_already');
  });

  it('twenty at once, and no more', async () => {
    const { clinicId, doctor } = await aClinic();
    for (let nth = 0; nth < 20; nth += 1) await invite(doctor, clinicId, anAddress());
    await expectRefusal(invite(doctor, clinicId, anAddress()), 'team_invitations_full');
    await passTime(world.owner, { hours: 7 * 24 });
    await invite(doctor, clinicId, anAddress());
  });

  it('a code that is used twice at once makes one member', async () => {
    const { clinicId, doctor } = await aClinic();
    const email = anAddress();
    const who = as(await account(world.owner, { email }));
    const code = await invite(doctor, clinicId, email);
    const answers = await Promise.all(
      [1, 2, 3].map(() => refusalOf(acceptInvitation(world.db, who, { code }))),
    );
    expect(answers.filter((answer) => answer === undefined)).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'invitation_ended')).toHaveLength(2);
    expect((await teamOf(doctor, clinicId))!.members).toHaveLength(1);
  });
});

describe('ending it', () => {
  it('closes the desk at once, wherever they are signed in, and tells them; the row stays', async () => {
    const { db, owner } = world;
    const clinic = await aClinic();
    const { actor, membership, email } = await member(clinic);
    const token = await startSession(owner, membership.accountId);
    expect(await findViewer(db, token)).toMatchObject({
      receptionClinicIds: [clinic.clinicId],
      isProfessional: true,
    });
    await expectRefusal(readMembership(db, (await aClinic()).doctor, membership), 'not_found');
    expect(await readMembership(db, clinic.doctor, membership)).toMatchObject({ isSelf: false });
    await endMember(db, clinic.doctor, membership);
    expect(await findViewer(db, token)).toMatchObject({ receptionClinicIds: [], isProfessional: false });
    await expectRefusal(readDay(db, actor, null), 'not_found');
    await expectRefusal(endMember(db, clinic.doctor, membership), 'not_found');
    // Signed in anew they are anybody: no desk, and a session as everybody has.
    await owner.deleteFrom('session').where('account_id', '=', membership.accountId).execute();
    await startSession(owner, membership.accountId);
    const { rows: sessions } = await sql<{ long: boolean }>`
      SELECT expires_at > app_now() + interval '29 days' AS long FROM session WHERE account_id = ${membership.accountId}`.execute(
      owner,
    );
    expect(sessions).toEqual([{ long: true }]);
    const told = await owner
      .selectFrom('mail_message')
      .select('subject')
      .where('to_address', '=', email)
      .where('kind', '=', 'clinic_member_ended')
      .execute();
    expect(told).toHaveLength(1);
    const rows = await owner
      .selectFrom('clinic_member')
      .select(sql<boolean>`upper_inf(valid)`.as('isOpen'))
      .where('account_id', '=', membership.accountId)
      .execute();
    expect(rows).toEqual([{ isOpen: false }]);

    const back = await invite(clinic.doctor, clinic.clinicId, email);
    await acceptInvitation(db, actor, { code: back });
    await readDay(db, actor, null);
  });

  it('members leave themselves; nobody is told, and what they answered goes with them', async () => {
    const { db, owner } = world;
    const clinic = await aClinic();
    const { actor, membership, email } = await member(clinic);
    const colleague = await member(clinic);
    await nameHandler(db, clinic.doctor, membership);
    await expectRefusal(endMember(db, actor, colleague.membership), 'not_found');
    await endMember(db, actor, membership);
    await expectRefusal(readDay(db, actor, null), 'not_found');
    const ended = await owner
      .selectFrom('complaint_handler')
      .select('ended_at')
      .where('account_id', '=', membership.accountId)
      .execute();
    expect(ended.every(({ ended_at }) => ended_at !== null)).toBe(true);
    const { count } = await owner
      .selectFrom('mail_message')
      .select((eb) => eb.fn.countAll<string>().as('count'))
      .where('to_address', '=', email)
      .where('kind', '=', 'clinic_member_ended')
      .executeTakeFirstOrThrow();
    expect(Number(count)).toBe(0);
  });

  it('leaves somebody who runs the clinic: the last manager stays where nobody practises', async () => {
    const { db, owner } = world;
    const clinic = await aClinic();
    const boss = await member(clinic, 'manager');
    await owner
      .updateTable('practitioner')
      .set({ standing: 'withdrawn' })
      .where('account_id', '=', clinic.doctorId)
      .execute();
    await expectRefusal(endMember(db, boss.actor, boss.membership), 'team_last_manager');
    const second = await member(clinic, 'manager', boss.actor);
    const both = await Promise.all(
      [boss, second].map(({ actor, membership }) => refusalOf(endMember(db, actor, membership))),
    );
    expect(both.sort()).toEqual(['team_last_manager', undefined]);
  });

  it('takes along what a manager asked and nobody has answered', async () => {
    const clinic = await aClinic();
    const boss = await member(clinic, 'manager');
    const email = anAddress();
    const code = await invite(boss.actor, clinic.clinicId, email, 'manager');
    await endMember(world.db, boss.actor, boss.membership);
    const friend = as(await account(world.owner, { email }));
    await expectRefusal(acceptInvitation(world.db, friend, { code }), 'invitation_ended');
    expect((await teamOf(clinic.doctor, clinic.clinicId))!.runs).toBe(true);
  });
});

it('a session that was there before lasts no longer than that of a desk', async () => {
  const { db, owner } = world;
  const { clinicId, doctor } = await aClinic();
  const email = anAddress();
  const { accountId } = await account(owner, { email });
  await startSession(owner, accountId);
  await acceptInvitation(db, as({ accountId }), { code: await invite(doctor, clinicId, email) });
  const { rows } = await sql<{ short: boolean }>`
    SELECT expires_at <= app_now() + interval '12 hours' AS short FROM session WHERE account_id = ${accountId}`.execute(
    owner,
  );
  expect(rows).toEqual([{ short: true }]);
});

it('is kept for a month, and then it is gone', async () => {
  const { owner, workerUrl } = world;
  const worker = openDb(openPool(workerUrl, { max: 2, onError: () => {} }));
  afterFile(() => worker.destroy());
  const { clinicId, doctor } = await aClinic();
  await invite(doctor, clinicId, anAddress());
  const ours = () =>
    owner.selectFrom('clinic_invitation').select('id').where('clinic_id', '=', clinicId).execute();
  await passTime(owner, { hours: 29 * 24 });
  await keepNoLonger(worker);
  expect(await ours()).toHaveLength(1);
  await passTime(owner, { hours: 2 * 24 });
  expect((await keepNoLonger(worker)).invitations).toBeGreaterThan(0);
  expect(await ours()).toEqual([]);
});

it('stands in the copy of who asked and of who was asked, and is forgotten with them', async () => {
  const { db, owner, workerUrl } = world;
  const publicUrl = new URL('https://steadyhand.test');
  const worker = openDb(openPool(workerUrl, { max: 2, onError: () => {} }));
  afterFile(() => worker.destroy());
  const clinic = await aClinic();
  const { email, membership } = await member(clinic);
  const viewerOf = async (accountId: string) => (await findViewer(db, await startSession(owner, accountId)))!;
  const held = async (accountId: string) =>
    (await takeCopy(db, await viewerOf(accountId), publicUrl)).tables.clinic_invitation?.rows ?? [];
  expect(await held(clinic.doctorId)).toMatchObject([{ invited_email: email, role: 'reception' }]);
  expect(await held(membership.accountId)).toMatchObject([{ accepted_by: membership.accountId }]);
  expect(JSON.stringify(await held(membership.accountId))).not.toContain('code_hash');
  expect(await held((await account(owner)).accountId)).toEqual([]);

  // Who works at a desk ends that first.
  const ask = async () => askToBeForgotten(db, await viewerOf(membership.accountId), publicUrl);
  await expectRefusal(ask(), 'erasure_by_patients');
  await endMember(db, as(membership), membership);
  await ask();
  await passTime(owner, { hours: 7 * 24 + 1 });
  await keepNoLonger(worker);
  expect(await held(clinic.doctorId)).toEqual([]);
});

it('reads the team in as many queries, however many work there', async () => {
  const clinic = await aClinic();
  const { db, counted } = countedDb(world.appUrl);
  await member(clinic);
  const [, few] = await counted(() => readTeams(db, clinic.doctor));
  for (let nth = 0; nth < 4; nth += 1) await member(clinic);
  const [[team], many] = await counted(() => readTeams(db, clinic.doctor));
  expect(team!.members).toHaveLength(5);
  expect(many).toBe(few);
});
