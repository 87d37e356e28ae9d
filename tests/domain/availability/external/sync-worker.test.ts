import { beforeAll, describe, expect, it } from 'vitest';
import { connectCalendar } from '#lib/server/domain/availability/external/connect-calendar.ts';
import { disconnectCalendar } from '#lib/server/domain/availability/external/disconnect-calendar.ts';
import { uidOfVisit } from '#lib/server/domain/availability/external/our-entry.ts';
import { readOtherCalendars } from '#lib/server/domain/availability/external/reads.ts';
import { cancelAppointment } from '#lib/server/domain/booking/cancel-appointment.ts';
import { readConfig } from '#lib/server/platform/config.ts';
import { startWorker } from '#lib/server/worker.ts';
import { afterFile } from '../../../harness/after.ts';
import { hasRadicale } from '../../../harness/radicale.ts';
import { booked } from '../../booking/booked.ts';
import { as, openWorld, slots, type World } from '../../booking/world.ts';
import { atRadicale, type Outside } from './outside.ts';

describe.skipIf(!hasRadicale())('a running worker and Radicale', () => {
  let world: World;
  let outside: Outside;
  let env: Record<string, string>;
  beforeAll(async () => {
    world = await openWorld();
    outside = await atRadicale();
    env = {
      MODE: 'test',
      LOG_LEVEL: 'silent',
      DATABASE_URL: world.appUrl,
      WORKER_DATABASE_URL: world.workerUrl,
      PUBLIC_URL: 'http://localhost:3000',
    };
    const worker = await startWorker(env, { calendars: outside.rules });
    afterFile(() => worker.stop());
  });

  const me = () => as(world.town.prescriber);
  const shown = async () => (await readOtherCalendars(world.db, me())).calendars[0];
  const statusOf = async (appointmentId: string) => {
    const texts = [...(await outside.entries()).values()];
    const text = texts.find((one) => one.includes(uidOfVisit(appointmentId)));
    return text === undefined ? undefined : /^STATUS:(\w+)/m.exec(text)?.[1];
  };

  it('a visit stands in the calendar moments after it was booked, and is cancelled there with it', async () => {
    const calendar = { name: 'Mine', location: world.town.leeds.locationId, writes: true, ...outside.login };
    await connectCalendar(world.db, me(), calendar, readConfig(env).sealingKeys, outside.rules);
    await expect.poll(async () => (await shown())?.state).toBe('fine');

    const times = await slots(world);
    const { appointmentId, person } = await booked(world, times[Math.floor(times.length / 2)]!.start);
    await expect.poll(() => statusOf(appointmentId)).toBe('CONFIRMED');
    await cancelAppointment(world.db, as(person), { appointmentId });
    await expect.poll(() => statusOf(appointmentId)).toBe('CANCELLED');

    const { id } = (await shown())!;
    await disconnectCalendar(world.db, me(), { calendar: id, copies: 'take_out' });
    await expect.poll(shown).toBeUndefined();
    expect(await statusOf(appointmentId)).toBeUndefined();
  });
});
