import { beforeAll, describe, expect, it } from 'vitest';
import { arrive } from '#lib/server/domain/booking/arrive.ts';
import { giveWord, wordInWords } from '#lib/server/domain/booking/give-word.ts';
import { moveAppointment } from '#lib/server/domain/booking/move-appointment.ts';
import { readMyVisit } from '#lib/server/domain/care/my-care.ts';
import { account } from '../../builders/people.ts';
import { moveClockTo } from '../reception/world.ts';
import { booked } from './booked.ts';
import { as, eventsOf, expectRefusal, openWorld, slots, type World } from './world.ts';

let world: World;
let nth = 0;
beforeAll(async () => {
  world = await openWorld();
});

const aTime = async () => (await slots(world)).at((nth += 7) + 60)!.start;
const seen = async (visit: Awaited<ReturnType<typeof booked>>) =>
  readMyVisit(world.db, as(visit.person), visit.appointmentId);

describe('a word about coming', () => {
  it('is given once, by the patient or at the desk, and by nobody else', async () => {
    const { db, owner, town } = world;
    const visit = await booked(world, await aTime());
    const { appointmentId } = visit;
    await expectRefusal(
      giveWord(db, as(await account(owner)), { appointmentId, word: 'will_come' }),
      'not_found',
    );
    expect(await seen(visit)).toMatchObject({ willCome: false, maySayWillCome: true, maySayLate: false });
    await giveWord(db, as(visit.person), { appointmentId, word: 'will_come' });
    await giveWord(db, as(visit.person), { appointmentId, word: 'will_come' });
    await giveWord(db, as(town.prescriber), { appointmentId, word: 'will_come' });
    expect(await seen(visit)).toMatchObject({ willCome: true, maySayWillCome: false });
    expect(
      (await eventsOf(world, appointmentId)).filter((type) => type === 'appointment.word_given'),
    ).toHaveLength(1);
  });

  it('is of one time: of another it says nothing', async () => {
    const visit = await booked(world, await aTime());
    const { appointmentId, person } = visit;
    await giveWord(world.db, as(person), { appointmentId, word: 'will_come' });
    await moveAppointment(world.db, as(person), { appointmentId, start: await aTime() });
    expect(await seen(visit)).toMatchObject({ willCome: false, maySayWillCome: true });
  });

  it('that one is late is said on the day, the last word counts, and not of a visit that has begun', async () => {
    const { db, owner } = world;
    const visit = await booked(world, await aTime());
    const { appointmentId, person, start } = visit;
    const late = (minutes: number) => giveWord(db, as(person), { appointmentId, word: 'late', minutes });
    await expectRefusal(late(10), 'too_early');
    await moveClockTo(owner, start.subtract({ minutes: 40 }));
    await late(10);
    await late(20);
    expect(await seen(visit)).toMatchObject({ saidLateMinutes: 20, maySayLate: true });
    expect(wordInWords(await seen(visit))).toBe('Will be about 20 minutes late');
    await arrive(db, as(person), { appointmentId });
    await expectRefusal(late(30), 'not_now');
    expect(await seen(visit)).toMatchObject({ maySayLate: false });
  });
});
