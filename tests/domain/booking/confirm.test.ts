import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { cancelAppointment } from '#lib/server/domain/booking/cancel-appointment.ts';
import { confirmBooking } from '#lib/server/domain/booking/confirm-booking.ts';
import { readBooking } from '#lib/server/domain/booking/reads.ts';
import { saveDraft } from '#lib/server/domain/booking/save-draft.ts';
import { account, patient } from '../../builders/people.ts';
import {
  anonymous,
  as,
  eventsOf,
  expectRefusal,
  hold,
  openWorld,
  rows,
  slots,
  stateOf,
  type World,
} from './world.ts';

let world: World;
let next = 0;
/** A free time of the prescriber's, each time another, far enough from the last. */
const aTime = async () => (await slots(world)).at((next += 5))!.start;

beforeAll(async () => {
  world = await openWorld();
});

const typed = {
  givenName: 'Ada',
  familyName: 'Osei',
  phone: '020 7946 0018',
  note: 'Only to ask.',
  needs: ['step_free'],
};

describe('confirming', () => {
  it('makes the account a patient, opens a course of care, and keeps what was typed with the appointment', async () => {
    const person = await account(world.owner);
    const kept = await hold(world, await aTime());
    const own = { appointmentId: kept.id, partyId: kept.partyId };
    await saveDraft(world.db, anonymous, { ...own, typed: { concerns: ['frown_lines', 'asymmetry'] } });
    const confirmed = await confirmBooking(world.db, as(person), { ...own, typed });
    expect(confirmed).toMatchObject({ id: kept.id, start: kept.start });

    const row = await world.owner
      .selectFrom('appointment')
      .innerJoin('patient', 'patient.id', 'appointment.patient_id')
      .innerJoin('care_episode', 'care_episode.id', 'appointment.episode_id')
      .innerJoin('booking_party', 'booking_party.patient_id', 'patient.id')
      .where('appointment.id', '=', kept.id)
      .select([
        'appointment.state',
        'concerns',
        'patient_note',
        'needs',
        'given_name',
        'family_name',
        'account_id',
      ])
      .select(['patient.date_of_birth', 'care_episode.state as episode', 'booking_party.id as party'])
      .executeTakeFirstOrThrow();
    expect(row).toEqual({
      state: 'confirmed',
      concerns: ['frown_lines', 'asymmetry'],
      patient_note: 'Only to ask.',
      needs: ['step_free'],
      given_name: 'Ada',
      family_name: 'Osei',
      account_id: person.accountId,
      date_of_birth: '1984-03-27',
      episode: 'open',
      party: kept.partyId,
    });
    expect((await rows(world.owner)).drafts).toBe(0);
    expect(await eventsOf(world, kept.id)).toEqual(['appointment.held', 'appointment.confirmed']);
  });

  it('happens once, however many ask at the same time', async () => {
    const person = await account(world.owner);
    const kept = await hold(world, await aTime());
    const input = { appointmentId: kept.id, partyId: kept.partyId, typed, requestKey: randomUUID() };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => confirmBooking(world.db, as(person), input)),
    );
    expect(answers).toEqual(answers.map(() => answers[0]));
    expect(await eventsOf(world, kept.id)).toEqual(['appointment.held', 'appointment.confirmed']);
  });

  it('makes one patient of an account that confirms two holds at once', async () => {
    const person = await account(world.owner);
    const kept = [await hold(world, await aTime()), await hold(world, await aTime())];
    await Promise.all(
      kept.map(({ id, partyId }) =>
        confirmBooking(world.db, as(person), { appointmentId: id, partyId, typed }),
      ),
    );
    const patients = await world.owner
      .selectFrom('patient')
      .innerJoin('care_episode', 'care_episode.patient_id', 'patient.id')
      .where('account_id', '=', person.accountId)
      .select('care_episode.id')
      .execute();
    expect(patients.length).toBe(1);
  });

  it('needs a signed-in person with a confirmed address, a name, and his or her own date of birth', async () => {
    const kept = await hold(world, await aTime());
    const own = { appointmentId: kept.id, partyId: kept.partyId };
    await expectRefusal(confirmBooking(world.db, anonymous, { ...own, typed }), 'sign_in_needed');

    const unverified = await account(world.owner);
    await world.owner
      .updateTable('account')
      .set({ email_verified_at: null })
      .where('id', '=', unverified.accountId)
      .execute();
    await expectRefusal(confirmBooking(world.db, as(unverified), { ...own, typed }), 'address_not_verified');

    const person = await account(world.owner);
    await expectRefusal(confirmBooking(world.db, as(person), own), 'details_missing');
    const known = await patient(world.owner, { dateOfBirth: '1970-01-01' });
    await expectRefusal(confirmBooking(world.db, as(known), own), 'details_differ');
    expect(await stateOf(world, kept.id)).toBe('held');
  });

  it('is for who keeps the time: to anybody else it does not exist', async () => {
    const kept = await hold(world, await aTime());
    const stranger = await hold(world, await aTime());
    const person = await account(world.owner);
    for (const partyId of [null, stranger.partyId]) {
      const theirs = { appointmentId: kept.id, partyId };
      await expectRefusal(confirmBooking(world.db, as(person), { ...theirs, typed }), 'not_found');
      await expectRefusal(saveDraft(world.db, anonymous, { ...theirs, typed }), 'not_found');
      await expectRefusal(cancelAppointment(world.db, anonymous, theirs), 'not_found');
      await expectRefusal(readBooking(world.db, anonymous, theirs), 'not_found');
    }
    const own = { appointmentId: kept.id, partyId: kept.partyId };
    await confirmBooking(world.db, as(person), { ...own, typed });
    // From now on the browser alone opens nothing.
    await expectRefusal(readBooking(world.db, anonymous, own), 'not_found');
    expect((await readBooking(world.db, as(person), { ...own, partyId: null })).state).toBe('confirmed');
  });

  it('is refused to a patient who is elsewhere at that time', async () => {
    const { town } = world;
    const busy = await patient(world.owner);
    const start = await aTime();
    const first = await hold(world, start, { actor: as(busy), dateOfBirth: null });
    await confirmBooking(world.db, as(busy), { appointmentId: first.id, partyId: null });
    await expectRefusal(
      hold(world, start, { actor: as(busy), dateOfBirth: null, practitioner: town.otherPrescriber.slug }),
      'patient_busy',
    );
  });

  it('asks a patient on record for neither name nor date of birth', async () => {
    const known = await patient(world.owner);
    const kept = await hold(world, await aTime(), { actor: as(known), dateOfBirth: null });
    await confirmBooking(world.db, as(known), { appointmentId: kept.id, partyId: null });
    expect(await stateOf(world, kept.id)).toBe('confirmed');
  });
});
