import { beforeAll, expect, it } from 'vitest';
import { askForRecord } from '#lib/server/domain/reception/ask-for-record.ts';
import { grantRecord } from '#lib/server/domain/reception/grant-record.ts';
import { issueClaimCode } from '#lib/server/domain/reception/issue-claim-code.ts';
import { readOwnClaim, readPerson } from '#lib/server/domain/reception/reads.ts';
import { account } from '../../builders/people.ts';
import { passTime } from '../../builders/act.ts';
import { as, expectRefusal } from '../booking/world.ts';
import { bookNew, openDesk, type DeskWorld } from './world.ts';

let world: DeskWorld;
beforeAll(async () => {
  world = await openDesk();
});

const BORN = '1961-03-12';

it('the code opens nothing before photo identification is seen at the desk, and then the record', async () => {
  const { db, joe, ada, owner } = world;
  const { id, patientId } = await bookNew(world);
  const { code } = await issueClaimCode(db, joe, { appointmentId: id });
  expect(code).toMatch(/^([2-9A-HJKMNP-Z]{4}-){2}[2-9A-HJKMNP-Z]{4}$/);

  const self = as(await account(owner));
  await askForRecord(db, self, { code: ` ${code.toLowerCase()} `, dateOfBirth: BORN });
  expect(await readOwnClaim(db, self)).toMatchObject({ hasRecord: false, asked: {} });
  const claim = (await readPerson(db, ada, patientId)).claim!;

  await grantRecord(db, ada, { claimId: claim.id, idDocument: 'passport' });
  expect(await readOwnClaim(db, self)).toEqual({ hasRecord: true, asked: null });
  await expectRefusal(grantRecord(db, ada, { claimId: claim.id, idDocument: 'passport' }), 'not_now');
  await expectRefusal(issueClaimCode(db, joe, { appointmentId: id }), 'not_now');
});

it('every wrong try is refused in the same words', async () => {
  const { db, joe, owner } = world;
  const { id } = await bookNew(world);
  const self = as(await account(owner));
  const { code: old } = await issueClaimCode(db, joe, { appointmentId: id });
  const { code } = await issueClaimCode(db, joe, { appointmentId: id });
  for (const tried of [
    { code: old, dateOfBirth: BORN },
    { code, dateOfBirth: '1961-03-13' },
    { code: 'AAAA-AAAA-AAAA', dateOfBirth: BORN },
  ])
    await expectRefusal(askForRecord(db, self, tried), 'claim_not_found');
  await askForRecord(db, self, { code, dateOfBirth: BORN });
  const thief = as(await account(owner));
  await expectRefusal(askForRecord(db, thief, { code, dateOfBirth: BORN }), 'claim_not_found');
});

it('the code runs out after ninety days', async () => {
  const { db, joe, owner } = world;
  const { id } = await bookNew(world);
  const { code } = await issueClaimCode(db, joe, { appointmentId: id });
  await passTime(owner, { hours: 90 * 24 });
  const self = as(await account(owner));
  await expectRefusal(askForRecord(db, self, { code, dateOfBirth: BORN }), 'claim_not_found');
});

it('another desk neither issues nor grants, and who has a record already is told where to ask', async () => {
  const { db, joe, elsewhere, owner, town } = world;
  const { id, patientId } = await bookNew(world);
  await expectRefusal(issueClaimCode(db, elsewhere, { appointmentId: id }), 'not_found');
  const { code } = await issueClaimCode(db, joe, { appointmentId: id });
  await expectRefusal(askForRecord(db, as(town.patient), { code, dateOfBirth: BORN }), 'record_exists');
  await askForRecord(db, as(await account(owner)), { code, dateOfBirth: BORN });
  const { claim } = await readPerson(db, joe, patientId);
  await expectRefusal(
    grantRecord(db, elsewhere, { claimId: claim!.id, idDocument: 'passport' }),
    'not_found',
  );
});

it('nobody grants a record to themselves', async () => {
  const { db, joe } = world;
  const { id, patientId } = await bookNew(world);
  const { code } = await issueClaimCode(db, joe, { appointmentId: id });
  await askForRecord(db, joe, { code, dateOfBirth: BORN });
  const { claim } = await readPerson(db, joe, patientId);
  await expectRefusal(
    grantRecord(db, joe, { claimId: claim!.id, idDocument: 'passport' }),
    'second_member_needed',
  );
});
