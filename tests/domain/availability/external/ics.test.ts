import { describe, expect, it } from 'vitest';
import { readCalendar } from '#lib/server/domain/availability/external/ics.ts';
import { calendarOf, entry, OWN_ZONE } from './calendar-text.ts';

const ms = (text: string) => Temporal.Instant.from(text).epochMilliseconds;

/** What the file takes from `from` to `to`, as "start/end" in UTC. */
function busy(text: string, { from = '2026-01-01', to = '2027-01-01', timeZone = 'Europe/London' } = {}) {
  const horizon = { startsAt: ms(`${from}T00Z`), endsAt: ms(`${to}T00Z`), timeZone };
  return readCalendar(text, horizon).busy.map(({ startsAt, endsAt }) => `${iso(startsAt)}/${iso(endsAt)}`);
}
const iso = (at: number) => Temporal.Instant.fromEpochMilliseconds(at).toString().slice(0, 16);
const skipped = (text: string) =>
  readCalendar(text, { startsAt: 0, endsAt: ms('2030-01-01T00Z'), timeZone: 'Europe/London' }).skipped;

describe('single entries', () => {
  it.each([
    ['in UTC', ['DTSTART:20260302T090000Z', 'DTEND:20260302T100000Z'], '2026-03-02T09:00/2026-03-02T10:00'],
    [
      'in a zone',
      ['DTSTART;TZID=America/Chicago:20260302T090000', 'DTEND;TZID=America/Chicago:20260302T100000'],
      '2026-03-02T15:00/2026-03-02T16:00',
    ],
    [
      'in a zone under a prefix',
      ['DTSTART;TZID=/freeassociation.sourceforge.net/America/Chicago:20260302T090000', 'DURATION:PT1H'],
      '2026-03-02T15:00/2026-03-02T16:00',
    ],
    [
      'that begins in one zone and ends in another',
      ['DTSTART;TZID=Europe/London:20260302T090000', 'DTEND;TZID=Europe/Paris:20260302T110000'],
      '2026-03-02T09:00/2026-03-02T10:00',
    ],
    [
      'without a zone',
      ['DTSTART:20260702T090000', 'DTEND:20260702T100000'],
      '2026-07-02T08:00/2026-07-02T09:00',
    ],
    ['of a whole day', ['DTSTART;VALUE=DATE:20260702'], '2026-07-01T23:00/2026-07-02T23:00'],
    [
      'of the day the clocks go on, which has 23 hours',
      ['DTSTART;VALUE=DATE:20260329', 'DTEND;VALUE=DATE:20260330'],
      '2026-03-29T00:00/2026-03-29T23:00',
    ],
    ['with a duration', ['DTSTART:20260302T090000Z', 'DURATION:PT90M'], '2026-03-02T09:00/2026-03-02T10:30'],
    [
      'that lasts a day on the wall, across the change',
      ['DTSTART;TZID=Europe/London:20260328T120000', 'DURATION:P1D'],
      '2026-03-28T12:00/2026-03-29T11:00',
    ],
    [
      'at a time that the clocks skip',
      ['DTSTART;TZID=Europe/London:20260329T013000', 'DURATION:PT1H'],
      '2026-03-29T01:30/2026-03-29T02:30',
    ],
    [
      'at a time that comes twice',
      ['DTSTART;TZID=Europe/London:20261025T013000', 'DURATION:PT1H'],
      '2026-10-25T00:30/2026-10-25T01:30',
    ],
  ])('an entry %s', (_name, lines, expected) => {
    expect(busy(calendarOf(entry(...lines)))).toEqual([expected]);
  });

  it('take no time when they are free, cancelled or have no length', () => {
    const at = ['DTSTART:20260302T090000Z', 'DTEND:20260302T100000Z'];
    expect(busy(calendarOf(entry(...at, 'TRANSP:TRANSPARENT'), entry(...at, 'STATUS:CANCELLED')))).toEqual(
      [],
    );
    expect(busy(calendarOf(entry('DTSTART:20260302T090000Z')))).toEqual([]);
    expect(busy(calendarOf(entry(...at, 'STATUS:TENTATIVE', 'TRANSP:OPAQUE')))).toHaveLength(1);
  });

  it('become one time where they overlap or touch, and half-open ends take nothing of the next', () => {
    const at = (from: string, to: string) => entry(`UID:${from}`, `DTSTART:${from}`, `DTEND:${to}`);
    expect(
      busy(
        calendarOf(
          at('20260302T100000Z', '20260302T110000Z'),
          at('20260302T090000Z', '20260302T100000Z'),
          at('20260302T120000Z', '20260302T130000Z'),
        ),
      ),
    ).toEqual(['2026-03-02T09:00/2026-03-02T11:00', '2026-03-02T12:00/2026-03-02T13:00']);
    // One that ends as the horizon begins, and one that begins as it ends, are outside.
    expect(
      busy(
        calendarOf(at('20260301T230000Z', '20260302T000000Z'), at('20260303T000000Z', '20260303T010000Z')),
        { from: '2026-03-02', to: '2026-03-03' },
      ),
    ).toEqual([]);
  });
});

describe('series', () => {
  const around = (start: string, ...lines: string[]) =>
    calendarOf(entry(`DTSTART;TZID=Europe/London:${start}`, 'DURATION:PT1H', ...lines));

  it('keep their hour on the wall in London, in spring and in autumn', () => {
    expect(busy(around('20260322T090000', 'RRULE:FREQ=WEEKLY;COUNT=3'))).toEqual([
      '2026-03-22T09:00/2026-03-22T10:00',
      '2026-03-29T08:00/2026-03-29T09:00',
      '2026-04-05T08:00/2026-04-05T09:00',
    ]);
    expect(busy(around('20261018T090000', 'RRULE:FREQ=WEEKLY;COUNT=3'))).toEqual([
      '2026-10-18T08:00/2026-10-18T09:00',
      '2026-10-25T09:00/2026-10-25T10:00',
      '2026-11-01T09:00/2026-11-01T10:00',
    ]);
  });

  it('keep it in Chicago', () => {
    const text = calendarOf(
      entry('DTSTART;TZID=America/Chicago:20260301T090000', 'DURATION:PT1H', 'RRULE:FREQ=WEEKLY;COUNT=3'),
    );
    expect(busy(text)).toEqual([
      '2026-03-01T15:00/2026-03-01T16:00',
      '2026-03-08T14:00/2026-03-08T15:00',
      '2026-03-15T14:00/2026-03-15T15:00',
    ]);
  });

  it('keep it in a zone that only the file describes', () => {
    const text = calendarOf(
      OWN_ZONE,
      entry(
        'DTSTART;TZID=Our head office:20260323T090000',
        'DURATION:PT1H',
        'RRULE:FREQ=WEEKLY;UNTIL=20260406T070000Z',
      ),
    );
    expect(busy(text)).toEqual([
      '2026-03-23T08:00/2026-03-23T09:00',
      '2026-03-30T07:00/2026-03-30T08:00',
      '2026-04-06T07:00/2026-04-06T08:00',
    ]);
  });

  it('end with the last moment named, which counts, or the last day', () => {
    const rule = (until: string) => busy(around('20260706T090000', `RRULE:FREQ=DAILY;UNTIL=${until}`)).length;
    expect(rule('20260708T080000Z')).toBe(3);
    expect(rule('20260708T075959Z')).toBe(2);
    expect(rule('20260708')).toBe(3);
  });

  it('leave out what EXDATE names, by instant or by day, and add what RDATE names', () => {
    expect(
      busy(
        around(
          '20260706T090000',
          'RRULE:FREQ=DAILY;COUNT=4',
          'EXDATE:20260707T080000Z',
          'EXDATE;VALUE=DATE:20260708',
          'RDATE;TZID=Europe/London:20260801T120000,20260802T120000',
          'RDATE;VALUE=PERIOD:20260803T120000Z/PT3H',
        ),
      ),
    ).toEqual([
      '2026-07-06T08:00/2026-07-06T09:00',
      '2026-07-09T08:00/2026-07-09T09:00',
      '2026-08-01T11:00/2026-08-01T12:00',
      '2026-08-02T11:00/2026-08-02T12:00',
      '2026-08-03T12:00/2026-08-03T15:00',
    ]);
  });

  it('lose the occurrence that was moved or cancelled, wherever the change stands in the file', () => {
    const change = (at: string, ...lines: string[]) =>
      entry(`RECURRENCE-ID;TZID=Europe/London:${at}`, ...lines);
    const text = calendarOf(
      change('20260707T090000', 'DTSTART:20260707T150000Z', 'DTEND:20260707T160000Z'),
      entry('DTSTART;TZID=Europe/London:20260706T090000', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=4'),
      change('20260708T090000', 'DTSTART;TZID=Europe/London:20260708T090000', 'STATUS:CANCELLED'),
    );
    expect(busy(text)).toEqual([
      '2026-07-06T08:00/2026-07-06T09:00',
      '2026-07-07T15:00/2026-07-07T16:00',
      '2026-07-09T08:00/2026-07-09T09:00',
    ]);
  });

  it('move from one occurrence on', () => {
    const text = calendarOf(
      entry('DTSTART:20260706T090000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=4'),
      entry(
        'RECURRENCE-ID;RANGE=THISANDFUTURE:20260708T090000Z',
        'DTSTART:20260708T110000Z',
        'DURATION:PT2H',
      ),
    );
    expect(busy(text)).toEqual([
      '2026-07-06T09:00/2026-07-06T10:00',
      '2026-07-07T09:00/2026-07-07T10:00',
      '2026-07-08T11:00/2026-07-08T13:00',
      '2026-07-09T11:00/2026-07-09T13:00',
    ]);
  });

  it('of whole days follow the place, and an old series is found where it is today', () => {
    const text = calendarOf(
      entry('DTSTART;VALUE=DATE:19900101', 'RRULE:FREQ=WEEKLY;BYDAY=MO', 'EXDATE;VALUE=DATE:20260706'),
    );
    expect(busy(text, { from: '2026-07-01', to: '2026-07-20', timeZone: 'America/Denver' })).toEqual([
      '2026-07-13T06:00/2026-07-14T06:00',
    ]);
  });
});

describe('what cannot be read', () => {
  it.each(['', 'hello', '<html></html>', 'BEGIN:VCARD\r\nEND:VCARD', 'BEGIN:VCALENDAR\r\nnonsense'])(
    'is refused: %j',
    (text) => {
      expect(() => busy(text)).toThrow(expect.objectContaining({ code: 'calendar_unreadable' }));
    },
  );

  it('is left out and counted when it is one entry of many', () => {
    const good = entry('UID:good', 'DTSTART:20260302T090000Z', 'DURATION:PT1H');
    for (const bad of [
      entry('DTEND:20260302T100000Z'),
      entry('DTSTART:20260302T090000Z', 'DTEND:20260302T080000Z'),
      entry('DTSTART:next Tuesday', 'DURATION:PT1H'),
      entry('DTSTART:20260302T090000Z', 'DURATION:PT1S', 'RRULE:FREQ=SECONDLY'),
    ]) {
      expect([busy(calendarOf(good, bad)), skipped(calendarOf(good, bad))]).toEqual([
        ['2026-03-02T09:00/2026-03-02T10:00'],
        1,
      ]);
    }
  });

  it('is refused when it returns more often than anybody does, or would keep us at work', () => {
    const often = (rule: string) =>
      calendarOf(entry('DTSTART:20260101T000000Z', 'DURATION:PT1M', `RRULE:${rule}`));
    const tooLarge: unknown = expect.objectContaining({ code: 'calendar_too_large' });
    expect(() => busy(often('FREQ=HOURLY'))).toThrow(tooLarge);
    expect(() => busy('BEGIN:VCALENDAR'.padEnd(5_000_001))).toThrow(tooLarge);
    const numbers = (to: number) => Array.from({ length: to }, (_, n) => n).join(',');
    const started = performance.now();
    expect(
      skipped(often(`FREQ=DAILY;BYHOUR=${numbers(24)};BYMINUTE=${numbers(60)};BYSECOND=${numbers(60)}`)),
    ).toBe(1);
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
