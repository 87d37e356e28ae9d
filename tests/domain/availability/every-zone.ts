/*
 * Prints the server's time zone, and whether the slots of every IANA zone around its clock changes of 2026 and 2027
 * are as the oracle has them. Zones whose clocks change at the same moment in the same way have the same slots: the
 * oracle walks through them once. A zone that changes nothing is looked at once.
 */
import { createHash } from 'node:crypto';
import { APPOINTMENT_KINDS, type Slot } from '#lib/server/domain/availability/schedule.ts';
import { findSlots } from '#lib/server/domain/availability/slots.ts';
import { slotsMinuteByMinute } from './oracle.ts';

const HOUR = 3_600_000;
const FROM = Temporal.Instant.from('2026-01-01T00:00Z');
const UNTIL = Temporal.Instant.from('2028-01-01T00:00Z');

function momentsOf(timeZone: string): Temporal.ZonedDateTime[] {
  const moments: Temporal.ZonedDateTime[] = [];
  let change = FROM.toZonedDateTimeISO(timeZone).getTimeZoneTransition('next');
  while (change && Temporal.Instant.compare(change.toInstant(), UNTIL) < 0) {
    moments.push(change);
    change = change.getTimeZoneTransition('next');
  }
  return moments.length > 0 ? moments : [FROM.toZonedDateTimeISO(timeZone)];
}

const everyDay = (startMinute: number, endMinute: number) =>
  [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, startMinute, endMinute, kinds: APPOINTMENT_KINDS }));

const terms = {
  kind: 'consultation',
  durationMinutes: 30,
  bufferBeforeMinutes: 5,
  bufferAfterMinutes: 10,
  stepMinutes: 10,
  noticeMinutes: 0,
  horizonDays: 30,
} as const;

const hash = createHash('sha256');
const oracles = new Map<string, readonly Slot[]>();
let changes = 0;
let count = 0;
let unlike = 0;
const zones = Intl.supportedValuesOf('timeZone');
for (const timeZone of zones) {
  for (const moment of momentsOf(timeZone)) {
    const at = moment.epochMilliseconds;
    const before = moment.subtract({ nanoseconds: 1 });
    changes += before.offset === moment.offset ? 0 : 1;
    const search = {
      now: at - 40 * HOUR,
      from: before.toPlainDate().toString(),
      to: moment.toPlainDate().toString(),
    };
    for (const startsCountFrom of ['hours', 'clock'] as const) {
      const schedule = {
        practitionerId: 'practitioner',
        locations: [
          {
            locationId: 'clinic',
            timeZone,
            weeklyHours: [...everyDay(0, 1440), ...everyDay(85, 155)],
            openings: [],
            limits: { perDay: 2, starts: [at - 26 * HOUR, at - 27 * HOUR, at] },
          },
        ],
        closures: [],
        blocks: [{ startsAt: at + HOUR, endsAt: at + 2 * HOUR }],
      };
      const asked = { ...terms, startsCountFrom };
      const found = findSlots(schedule, asked, search);
      const key = `${at} ${before.offset} ${moment.offset} ${startsCountFrom}`;
      let expected = oracles.get(key);
      if (!expected) oracles.set(key, (expected = slotsMinuteByMinute(schedule, asked, search)));
      if (JSON.stringify(found) !== JSON.stringify(expected)) unlike++;
      count += found.length;
      hash.update(JSON.stringify(found));
    }
  }
}
process.stdout.write(
  `${Intl.DateTimeFormat().resolvedOptions().timeZone} ${zones.length} zones ${changes} changes ${count} slots ` +
    `${unlike} unlike the oracle ${hash.digest('hex')}\n`,
);
