import fc from '../../harness/examples.ts';
import ICAL from 'ical.js';
import { describe, expect, it } from 'vitest';
import type { CalendarEntry } from '#lib/server/domain/notifications/calendar-entry.ts';
import { icsOfEntry } from '#lib/server/interop/ics/event.ts';

const at = (local: string, timeZone: string) =>
  Temporal.PlainDateTime.from(local).toZonedDateTime(timeZone).toInstant();
const entry = (about: Partial<CalendarEntry> = {}): CalendarEntry => ({
  method: 'REQUEST',
  uid: '0193b2f0@steadyhand',
  sequence: 0,
  start: at('2026-12-17T14:30', 'Europe/London').toString(),
  end: at('2026-12-17T15:00', 'Europe/London').toString(),
  timeZone: 'Europe/London',
  title: 'Appointment at Northgate',
  place: 'Northgate, 12 Northgate, Leeds',
  words: 'Telephone: +44 113 496 0000',
  ...about,
});
const file = (about: Partial<CalendarEntry> = {}, name = 'Zoë Ng') =>
  icsOfEntry(entry(about), {
    organizer: { name: 'Steadyhand', address: 'letters@steadyhand.test' },
    attendee: { name, address: 'zoe@example.test' },
    stamp: Temporal.Instant.from('2026-12-01T10:00:00Z'),
  });

/** The rules of lines, told by octets and not by the writer. */
function expectSoundLines(text: string): void {
  const octets = Buffer.from(text);
  expect(text.endsWith('\r\n')).toBe(true);
  expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  expect(Buffer.from(octets.toString('utf8')).equals(octets)).toBe(true);
  for (const line of octets.toString('latin1').split('\r\n')) expect(line.length).toBeLessThanOrEqual(75);
  // No fold lies within a character.
  for (const line of text.split('\r\n')) expect(line).toBe(Buffer.from(line).toString('utf8'));
}

function read(text: string) {
  const calendar = new ICAL.Component(ICAL.parse(text) as string);
  const zone = new ICAL.Timezone(calendar.getFirstSubcomponent('vtimezone')!);
  const event = calendar.getFirstSubcomponent('vevent')!;
  /** The instant, by the zone that the file itself describes. */
  const instant = (name: string) => {
    const time = event.getFirstPropertyValue(name) as ICAL.Time;
    const wall = Temporal.PlainDateTime.from(time.toString());
    time.zone = zone;
    return { wall: wall.toString(), at: Temporal.Instant.fromEpochMilliseconds(time.toUnixTime() * 1_000) };
  };
  const text_ = (name: string) => String(event.getFirstPropertyValue(name));
  return { calendar, event, instant, text: text_ };
}

describe('a calendar file', () => {
  it('is read back by another reader as it was meant', () => {
    const { calendar, event, instant, text } = read(file({ sequence: 3 }));
    expect(calendar.getFirstPropertyValue('method')).toBe('REQUEST');
    expect(text('uid')).toBe('0193b2f0@steadyhand');
    expect(text('sequence')).toBe('3');
    expect(text('status')).toBe('CONFIRMED');
    expect(instant('dtstart').wall).toBe('2026-12-17T14:30:00');
    expect(instant('dtstart').at.toString()).toBe('2026-12-17T14:30:00Z');
    expect(instant('dtend').at.toString()).toBe('2026-12-17T15:00:00Z');
    expect(text('organizer')).toBe('mailto:letters@steadyhand.test');
    expect(event.getAllProperties('attendee')).toHaveLength(1);
  });

  it('cancels the same entry', () => {
    const { calendar, text } = read(file({ method: 'CANCEL', sequence: 4 }));
    expect(calendar.getFirstPropertyValue('method')).toBe('CANCEL');
    expect([text('status'), text('uid'), text('sequence')]).toEqual([
      'CANCELLED',
      '0193b2f0@steadyhand',
      '4',
    ]);
  });

  it('takes any words and no property from them', () => {
    const words = fc.string({ unit: 'binary', maxLength: 200 });
    fc.assert(
      fc.property(words, words, words, (title, place, name) => {
        const hostile = `${title}\r\nATTENDEE:mailto:evil@example.test\nX:${name}`;
        const text = file({ title: hostile, place }, `${name}"\r\nX-EVIL:1;CN=a:`);
        expectSoundLines(text);
        const { event } = read(text);
        expect(event.getAllProperties('attendee')).toHaveLength(1);
        expect(event.getAllProperties().map((property) => property.name)).toEqual([
          ...['uid', 'sequence', 'dtstamp', 'dtstart', 'dtend', 'summary', 'location', 'description'],
          ...['organizer', 'attendee', 'status', 'transp', 'class'],
        ]);
      }),
      { numRuns: 500 },
    );
    const kind = 'Ó Briain; rooms 1, 2 \\ الطابق الأول\nnext line 🙂';
    expect(read(file({ title: kind })).text('summary')).toBe(kind);
  });

  const ZONES = Intl.supportedValuesOf('timeZone');
  it(`keeps its instants in each of ${ZONES.length} zones, on both sides of every clock change`, () => {
    for (const timeZone of ZONES) {
      let change = Temporal.Instant.from('2025-12-01T00:00:00Z')
        .toZonedDateTimeISO(timeZone)
        .getTimeZoneTransition('next');
      const moments = [Temporal.Instant.from('2026-07-01T12:00:00Z')];
      while (change !== null && change.year < 2028) {
        const onset = change.toInstant();
        moments.push(
          onset.subtract({ hours: 3 }),
          onset.subtract({ minutes: 1 }),
          onset,
          onset.add({ hours: 3 }),
        );
        change = change.getTimeZoneTransition('next');
      }
      for (const start of moments) {
        const end = start.add({ minutes: 30 });
        const text = file({ timeZone, start: start.toString(), end: end.toString() });
        const { instant } = read(text);
        expectSoundLines(text);
        // An hour that comes twice has one name on the wall: there a reader may choose the other.
        for (const [name, meant] of [
          ['dtstart', start],
          ['dtend', end],
        ] as const) {
          const { wall, at: understood } = instant(name);
          const local = meant.toZonedDateTimeISO(timeZone);
          expect(wall).toBe(local.toPlainDateTime().toString({ smallestUnit: 'second' }));
          const earlier = local
            .toPlainDateTime()
            .toZonedDateTime(timeZone, { disambiguation: 'earlier' })
            .toInstant();
          const later = local
            .toPlainDateTime()
            .toZonedDateTime(timeZone, { disambiguation: 'later' })
            .toInstant();
          if (earlier.equals(later))
            expect([timeZone, name, understood.toString()]).toEqual([timeZone, name, meant.toString()]);
          else expect([earlier.toString(), later.toString()]).toContain(understood.toString());
        }
      }
    }
  });
});
