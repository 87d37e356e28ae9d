/* Prints the server's time zone, and a count and checksum of the slots of generated calendars, in words too. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { slotDays } from '#lib/server/domain/availability/reads.ts';
import { findSlots } from '#lib/server/domain/availability/slots.ts';
import { slotCase } from './cases.ts';

const hash = createHash('sha256');
let count = 0;
for (const { schedule, terms, search } of fc.sample(slotCase, {
  seed: Number(process.argv[2]),
  numRuns: 500,
})) {
  const slots = findSlots(schedule, terms, search);
  const timeZone = schedule.locations[0]!.timeZone;
  const words = slotDays(
    slots.map(({ startsAt, endsAt, locationId }) => ({
      practitionerId: schedule.practitionerId,
      locationId,
      timeZone,
      start: Temporal.Instant.fromEpochMilliseconds(startsAt),
      end: Temporal.Instant.fromEpochMilliseconds(endsAt),
    })),
  );
  hash.update(JSON.stringify([slots, words]));
  count += slots.length;
}
const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
process.stdout.write(`${timeZone} ${count} slots ${hash.digest('hex')}\n`);
