import ICAL from 'ical.js';
import nodeIcal from 'node-ical';
import { beforeAll, expect, it } from 'vitest';
import { cancelAppointment } from '#lib/server/domain/booking/cancel-appointment.ts';
import { moveAppointment } from '#lib/server/domain/booking/move-appointment.ts';
import { changePractitioner } from '#lib/server/domain/booking/change-practitioner.ts';
import { sendMail } from '#lib/server/domain/notifications/send-mail.ts';
import { icsOfEntry } from '#lib/server/interop/ics/event.ts';
import type { OutgoingMail } from '#lib/server/platform/mail.ts';
import { booked, lastLetter } from '../booking/booked.ts';
import { as, openWorld, slots, type World } from '../booking/world.ts';

const CONTACT = { email: 'help@steadyhand.test', page: 'https://steadyhand.test/contact' };

let world: World;
beforeAll(async () => {
  world = await openWorld();
});

/** A calendar that takes in what letters bring, as RFC 5546 has it: by UID, and nothing older than what it knows. */
const client = new Map<string, { sequence: number; start: string; isOff: boolean }>();

/** What a second program reads in a file: the same entry, or the test fails. */
function takeIn(file: string, read: { uid: string; sequence: number; method: string }): void {
  const events = Object.values(nodeIcal.sync.parseICS(file)).flatMap((one) =>
    one?.type === 'VEVENT' ? [one] : [],
  );
  expect(events).toHaveLength(1);
  const event = events[0]!;
  expect([event.uid, Number(event.sequence)]).toEqual([read.uid, read.sequence]);
  expect(event.status).toBe(read.method === 'CANCEL' ? 'CANCELLED' : 'CONFIRMED');
  if ((client.get(event.uid)?.sequence ?? -1) > read.sequence) return;
  client.set(event.uid, {
    sequence: read.sequence,
    start: event.start.toISOString(),
    isOff: event.status === 'CANCELLED',
  });
}

/** The letter about the newest event of an appointment as it leaves, read by another reader. */
async function leaves(appointmentId: string) {
  await lastLetter(world, appointmentId);
  const { id } = await world.owner
    .selectFrom('mail_message')
    .select('id')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  const sent: OutgoingMail[] = [];
  const transport = {
    sender: { name: 'Steadyhand', address: 'letters@steadyhand.test' },
    contact: CONTACT,
    send: (mail: OutgoingMail) => Promise.resolve(void sent.push(mail)),
    close: () => {},
  };
  await sendMail(world.owner, transport, icsOfEntry, id);
  await sendMail(world.owner, transport, icsOfEntry, id);
  expect(sent).toHaveLength(1);
  const { calendar } = sent[0]!;
  if (calendar === null) return null;
  const file = new ICAL.Component(ICAL.parse(calendar.file) as string);
  const event = file.getFirstSubcomponent('vevent')!;
  const text = (name: string) => String(event.getFirstPropertyValue(name));
  expect(file.getFirstPropertyValue('method')).toBe(calendar.method);
  expect(text('summary')).toBe('Appointment');
  expect(calendar.file).not.toMatch(/consultation|treatment|review|inject|botox/i);
  const read = {
    method: calendar.method,
    uid: text('uid'),
    sequence: Number(text('sequence')),
    start: text('dtstart'),
  };
  takeIn(calendar.file, read);
  return read;
}

const wall = (at: Temporal.Instant) =>
  at.toZonedDateTimeISO('Europe/London').toPlainDateTime().toString({ smallestUnit: 'second' });

it('a booking, its move, its change of practitioner and its end are one entry that is replaced', async () => {
  const { db, town } = world;
  const times = (await slots(world)).map(({ start }) => start);
  const { appointmentId, person, start } = await booked(world, times.at(60)!);
  const confirmed = (await leaves(appointmentId))!;
  expect(confirmed).toMatchObject({ method: 'REQUEST', sequence: 0, start: wall(start) });
  const shown = (at: Temporal.Instant, isOff = false) => [
    expect.objectContaining({ start: at.toString({ fractionalSecondDigits: 3 }), isOff }) as unknown,
  ];
  expect([...client.values()]).toEqual(shown(start));

  const later = times.at(70)!;
  await moveAppointment(db, as(person), { appointmentId, start: later });
  const moved = (await leaves(appointmentId))!;
  expect(moved).toEqual({ method: 'REQUEST', uid: confirmed.uid, sequence: 1, start: wall(later) });
  expect([...client.values()]).toEqual(shown(later));

  const free = (await slots(world, town.otherPrescriber)).map((slot) => slot.start);
  const successor = await changePractitioner(db, as(person), {
    appointmentId,
    practitionerId: town.otherPrescriber.id,
    locationId: town.leeds.locationId,
    start: free.at(80)!,
  });
  const rebooked = (await leaves(successor.id))!;
  expect(rebooked).toEqual({ method: 'REQUEST', uid: confirmed.uid, sequence: 2, start: wall(free.at(80)!) });

  await cancelAppointment(db, as(person), { appointmentId: successor.id });
  expect(await leaves(successor.id)).toEqual({ ...rebooked, method: 'CANCEL', sequence: 3 });
  expect([...client.values()]).toEqual(shown(free.at(80)!, true));
});
