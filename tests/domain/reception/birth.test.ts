import { beforeAll, expect, it } from 'vitest';
import { arrive } from '#lib/server/domain/booking/arrive.ts';
import { cancelForPatient } from '#lib/server/domain/reception/change-for-patient.ts';
import { correctBirth } from '#lib/server/domain/reception/correct-birth.ts';
import { readPerson } from '#lib/server/domain/reception/reads.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import { consulted } from '../../builders/care.ts';
import { patient } from '../../builders/people.ts';
import { advance } from '../../builders/visits.ts';
import { rowOf } from '../booking/booked.ts';
import { expectRefusal } from '../booking/world.ts';
import { bookNew, moveClockTo, openDesk, type DeskWorld } from './world.ts';

let world: DeskWorld;
beforeAll(async () => {
  world = await openDesk();
});

const correct = (patientId: string, dateOfBirth: string, who = world.joe) =>
  correctBirth(world.db, who, { patientId, dateOfBirth, knownBy: 'said' });

it('puts the entry and its visits to come right, and writes down what it was', async () => {
  const { db, joe, owner } = world;
  const gone = await bookNew(world, {}, 2);
  const { patientId } = gone;
  await cancelForPatient(db, joe, { appointmentId: gone.id, askedBy: 'patient', reason: '' });
  const again = await bookNew(world, {}, 4);
  expect(await readPerson(db, joe, patientId)).toMatchObject({ mayCorrectBirth: true });

  await correct(patientId, '1961-12-03');
  await correct(again.patientId, '1961-12-03');
  expect(await readPerson(db, joe, patientId)).toMatchObject({ born: '3 December 1961' });
  const births = async (id: string) => (await rowOf(world, id)).patient_date_of_birth;
  // What is over stays as it was written.
  expect([await births(gone.id), await births(again.id)]).toEqual(['1961-03-12', '1961-12-03']);
  const written = await owner
    .selectFrom('birth_correction')
    .where('patient_id', '=', patientId)
    .select(['was', 'became', 'known_by', 'corrected_by'])
    .execute();
  const { accountId } = joe as { accountId: string };
  expect(written).toEqual([
    { was: '1961-03-12', became: '1961-12-03', known_by: 'said', corrected_by: accountId },
  ]);
  const audited = await owner
    .selectFrom('audit')
    .where('stream', '=', `patient:${patientId}`)
    .where('action', '=', 'person.birth_corrected')
    .select(['actor_id', 'detail'])
    .execute();
  expect(audited).toEqual([{ actor_id: accountId, detail: { knownBy: 'said' } }]);
  await correct(patientId, '1961-12-03');
});

it('never makes anybody under age', async () => {
  const { patientId, id } = await bookNew(world, {}, 8);
  const today = (await appNow(world.db)).toZonedDateTimeISO(world.town.leeds.timeZone).toPlainDate();
  await expectRefusal(
    correct(patientId, today.subtract({ years: 18 }).add({ days: 1 }).toString()),
    'under_age',
  );
  await expectRefusal(correct(patientId, today.add({ days: 1 }).toString()), 'invalid_input');
  expect((await rowOf(world, id)).patient_date_of_birth).toBe('1961-03-12');
  await correct(patientId, today.subtract({ years: 18 }).toString());
});

it('is for people whom a desk entered, at that desk', async () => {
  const { patientId } = await bookNew(world, {}, 12);
  await expectRefusal(correct(patientId, '1961-12-03', world.elsewhere), 'not_found');
  const { id } = await patient(world.owner);
  await expectRefusal(correct(id, '1961-12-03'), 'not_found');
  // Known here, with an account of their own.
  const { owner, town } = world;
  const own = await patient(owner);
  await consulted(owner, { patient: own, prescriber: town.otherPrescriber, where: town.leeds });
  await expectRefusal(correct(own.id, '1961-12-03'), 'birth_settled');
});

it('is possible while they stand at the desk, and no more once they have been seen', async () => {
  const { owner } = world;
  const visit = await bookNew(world, {}, 16);
  await moveClockTo(owner, visit.start.subtract({ minutes: 20 }));
  await arrive(world.db, world.joe, { appointmentId: visit.id });
  await correct(visit.patientId, '1961-12-03');
  await advance(owner, { id: visit.id }, 'started');
  expect(await readPerson(world.db, world.joe, visit.patientId)).toMatchObject({ mayCorrectBirth: false });
  await expectRefusal(correct(visit.patientId, '1961-03-12'), 'birth_settled');
});
