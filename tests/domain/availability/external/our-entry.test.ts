import { describe, expect, it } from 'vitest';
import {
  MOST_PUT_BACKS,
  readOurs,
  stepFor,
  uidOfVisit,
  type EntryState,
  type FoundEntry,
  type WrittenEntry,
} from '#lib/server/domain/availability/external/our-entry.ts';
import { readCalendar } from '#lib/server/domain/availability/external/ics.ts';
import { calendarOf, entry, OWN_ZONE } from './calendar-text.ts';

const ID = '01986a3e-7c1f-7c3a-9e2d-5b1d5f0c2a77';
const UID = `UID:${uidOfVisit(ID)}`;
const read = (text: string) => readOurs({ href: '/a.ics', etag: '"1"', text });
const at = (text: string) => Temporal.Instant.from(text).epochMilliseconds;

const wanted: EntryState = {
  startsAt: at('2027-03-09T14:30:00Z'),
  endsAt: at('2027-03-09T15:00:00Z'),
  status: 'CONFIRMED',
};
const later: EntryState = {
  ...wanted,
  startsAt: at('2027-03-10T14:30:00Z'),
  endsAt: at('2027-03-10T15:00:00Z'),
};
const off: EntryState = { ...wanted, status: 'CANCELLED' };
const written = (state: EntryState, more: Partial<WrittenEntry> = {}): WrittenEntry => ({
  ...state,
  href: '/a.ics',
  sequence: 2,
  putBack: 0,
  ...more,
});
const found = (state: EntryState | null, sequence = 2): FoundEntry => ({
  ...{ appointmentId: ID, href: '/a.ics', etag: '"1"' },
  ...{ sequence, state },
});
const put = (disturbed: 'changed' | 'removed' | null, sequence: number, isThere = true) => ({
  kind: 'put',
  expected: isThere ? { etag: '"1"' } : 'nothing',
  sequence,
  disturbed,
});

describe('one of ours, read', () => {
  it('is known by its UID, however a program writes its time', () => {
    const same = [
      ['DTSTART:20270309T143000Z', 'DTEND:20270309T150000Z'],
      ['DTSTART;TZID=Europe/London:20270309T143000', 'DTEND;TZID=Europe/London:20270309T150000'],
      ['DTSTART;TZID=Europe/Berlin:20270309T153000', 'DURATION:PT30M'],
    ];
    for (const lines of same)
      expect(read(calendarOf(entry(UID, 'SEQUENCE:4', ...lines)))).toEqual(found(wanted, 4));
    const zoned = entry(UID, 'DTSTART;TZID=Our head office:20270309T153000', 'DURATION:PT30M');
    expect(read(calendarOf(OWN_ZONE, zoned))?.state).toEqual(wanted);
    const cancelled = entry(UID, 'STATUS:CANCELLED', ...same[0]!);
    expect(read(calendarOf(cancelled))?.state).toEqual(off);
  });

  it('is no longer what we write as a series, twice, or where nobody can read it', () => {
    const times = ['DTSTART:20270309T143000Z', 'DTEND:20270309T150000Z'];
    const wrong = [
      entry(UID, ...times, 'RRULE:FREQ=DAILY'),
      entry(UID, ...times) + '\r\n' + entry(UID, 'RECURRENCE-ID:20270309T143000Z', ...times),
      entry(UID, 'DTSTART:tomorrow'),
      entry(UID),
    ];
    for (const text of wrong)
      expect(read(calendarOf(text))).toMatchObject({ appointmentId: ID, state: null });
  });

  it('is nobody else’s', () => {
    for (const uid of ['UID:one@example.test', `UID:${ID}@steadyhand`, 'UID:diary-1@steadyhand', `X-${UID}`])
      expect(read(calendarOf(entry(uid, 'DTSTART:20270309T143000Z')))).toBeUndefined();
  });

  it('takes no time in a calendar that is read', () => {
    const horizon = { startsAt: at('2027-01-01T00:00Z'), endsAt: at('2028-01-01T00:00Z'), timeZone: 'UTC' };
    const times = ['DTSTART:20270309T143000Z', 'DTEND:20270309T150000Z'];
    expect(readCalendar(calendarOf(entry(UID, ...times)), horizon)).toEqual({ busy: [], skipped: 0 });
    expect(readCalendar(calendarOf(entry('UID:a@b', ...times)), horizon).busy).toHaveLength(1);
  });
});

describe('what is done about a visit', () => {
  it.each([
    ['new', wanted, null, undefined, put(null, 0, false)],
    ['there already, as after a crash', wanted, null, found(wanted, 0), { kind: 'note' }],
    ['there from an earlier connection, otherwise', wanted, null, found(later, 3), put(null, 4)],
    ['as it should be', wanted, written(wanted), found(wanted), { kind: 'nothing' }],
    ['under another address', wanted, written(wanted, { href: '/b.ics' }), found(wanted), { kind: 'note' }],
    ['moved here', later, written(wanted), found(wanted), put(null, 3)],
    ['cancelled here', off, written(wanted), found(wanted), put(null, 3)],
    ['cancelled here and gone there', off, written(wanted), undefined, { kind: 'note' }],
    ['cancelled here, known, and gone there', off, written(off), undefined, { kind: 'nothing' }],
    ['cancelled here before it was ever there', off, null, undefined, { kind: 'nothing' }],
    [
      'cancelled here, and somebody moved what is cancelled',
      off,
      written(off),
      found({ ...later, status: 'CANCELLED' }),
      { kind: 'nothing' },
    ],
    ['cancelled here while somebody moved it', off, written(wanted), found(later), put(null, 3)],
    ['moved there', wanted, written(wanted), found(later, 7), put('changed', 8)],
    ['cancelled there', wanted, written(wanted), found(off), put('changed', 3)],
    ['made a series there', wanted, written(wanted), found(null), put('changed', 3)],
    ['deleted there', wanted, written(wanted), undefined, put('removed', 3, false)],
    ['deleted there and moved here', later, written(wanted), undefined, put('removed', 3, false)],
    ['moved to where we move it too', later, written(wanted), found(later, 3), { kind: 'note' }],
  ] as const)('%s', (_what, as, was, is, step) => {
    expect(stepFor(as, was, is)).toEqual(step);
  });

  it('is put back a few times, and then left until the visit itself changes', () => {
    const tired = written(wanted, { putBack: MOST_PUT_BACKS });
    expect(stepFor(wanted, tired, undefined)).toEqual({ kind: 'leave' });
    expect(stepFor(wanted, tired, found(later))).toEqual({ kind: 'leave' });
    expect(stepFor(later, tired, undefined)).toMatchObject({ kind: 'put' });
  });
});
