import { beforeAll, expect, it } from 'vitest';
import { bookForPatient } from '#lib/server/domain/reception/book-for-patient.ts';
import { decideMerge } from '#lib/server/domain/reception/decide-merge.ts';
import { proposeMerge } from '#lib/server/domain/reception/propose-merge.ts';
import { readPerson, readProposals } from '#lib/server/domain/reception/reads.ts';
import { consulted } from '../../builders/care.ts';
import { patient } from '../../builders/people.ts';
import { expectRefusal } from '../booking/world.ts';
import { bookNew, freeTime, openDesk, type DeskWorld } from './world.ts';

let world: DeskWorld;
beforeAll(async () => {
  world = await openDesk();
});

const merge = (decision: 'merged' | 'declined', mergeId: string, who = world.ada) =>
  decideMerge(world.db, who, { mergeId, decision });

it('one proposes, another confirms; bookings go over at the same times, and the empty entry takes no more', async () => {
  const { db, joe, owner } = world;
  const stays = await bookNew(world, { phone: '', postalAddress: '3 Mill Lane, Leeds' });
  const goes = await bookNew(world, { email: 'oona@example.test' }, 4);
  const { id: mergeId } = await proposeMerge(db, joe, {
    patientId: goes.patientId,
    otherId: stays.patientId,
  });
  expect(await readProposals(db, world.ada)).toMatchObject([{ id: mergeId, isOwn: false }]);
  await expectRefusal(merge('merged', mergeId, joe), 'second_member_needed');
  await expectRefusal(merge('merged', mergeId, world.elsewhere), 'not_found');
  await merge('merged', mergeId);

  const shown = await readPerson(db, joe, stays.patientId);
  expect(shown).toMatchObject({ phone: '0113 496 0123', email: 'oona@example.test' });
  expect(shown.visits.map(({ start, stateText }) => [start, stateText])).toEqual([
    [goes.start.toString(), 'Booked'],
    [stays.start.toString(), 'Booked'],
  ]);
  const followed = await owner
    .selectFrom('appointment')
    .where('follows_id', '=', goes.id)
    .select(['patient_id', 'state'])
    .executeTakeFirstOrThrow();
  expect(followed).toEqual({ patient_id: stays.patientId, state: 'confirmed' });
  expect((await readPerson(db, joe, goes.patientId)).mergedIntoId).toBe(stays.patientId);

  const { practitionerId, locationId, start } = await freeTime(world, 8);
  await expectRefusal(
    bookForPatient(db, joe, {
      person: { patientId: goes.patientId },
      practitionerId,
      locationId,
      start,
      channel: 'desk',
      needs: [],
    }),
    'not_now',
  );
  await expectRefusal(merge('declined', mergeId), 'not_now');
});

it('the entry with the record stays, whichever is named first; two records are never joined at the desk', async () => {
  const { db, joe, owner, town } = world;
  const seen = await patient(owner, { dateOfBirth: '1961-03-12' });
  await consulted(owner, { patient: seen, prescriber: town.prescriber, where: town.leeds });
  const entered = await bookNew(world, { givenName: 'Empty' }, 2);
  const { id: mergeId } = await proposeMerge(db, joe, { patientId: seen.id, otherId: entered.patientId });
  const [proposal] = await readProposals(db, joe);
  expect(proposal).toMatchObject({ id: mergeId, isOwn: true, keep: { id: seen.id } });
  await merge('declined', mergeId);
  expect(await readProposals(db, joe)).toEqual([]);

  const alsoSeen = await patient(owner, { dateOfBirth: '1961-03-12' });
  await consulted(owner, { patient: alsoSeen, prescriber: town.otherPrescriber, where: town.leeds });
  await expectRefusal(
    proposeMerge(db, joe, { patientId: seen.id, otherId: alsoSeen.id }),
    'merge_needs_prescriber',
  );
});

it('people born on different days are not one', async () => {
  const a = await bookNew(world, { dateOfBirth: '1950-01-01' }, 1);
  const b = await bookNew(world, { dateOfBirth: '1950-01-02' }, 6);
  await expectRefusal(
    proposeMerge(world.db, world.joe, { patientId: a.patientId, otherId: b.patientId }),
    'merge_same_birth',
  );
});

it('a visit that has begun is ended first', async () => {
  const { db, joe, owner } = world;
  const stays = await bookNew(world, { givenName: 'Early' });
  const goes = await bookNew(world, { givenName: 'Earlie' }, 9);
  const { id: mergeId } = await proposeMerge(db, joe, {
    patientId: stays.patientId,
    otherId: goes.patientId,
  });
  await owner.updateTable('appointment').set({ state: 'paused' }).where('id', '=', goes.id).execute();
  await expectRefusal(merge('merged', mergeId), 'merge_visit_open');
});
