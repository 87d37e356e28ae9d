/* Prints the server's time zone, and a count and checksum of the slots of generated calendars. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { findSlots } from '#lib/server/domain/availability/slots.ts';
import { slotCase } from './cases.ts';

const hash = createHash('sha256');
let count = 0;
for (const { schedule, terms, search } of fc.sample(slotCase, {
  seed: Number(process.argv[2]),
  numRuns: 500,
})) {
  const slots = findSlots(schedule, terms, search);
  hash.update(JSON.stringify(slots));
  count += slots.length;
}
const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
process.stdout.write(`${timeZone} ${count} slots ${hash.digest('hex')}\n`);
