import fc from '../../harness/examples.ts';
import { describe, expect, it } from 'vitest';
import { afterTheNight, remindersOf } from '#lib/server/domain/notifications/reminders.ts';

const LONDON = 'Europe/London';
const at = (local: string, timeZone = LONDON) =>
  Temporal.PlainDateTime.from(local).toZonedDateTime(timeZone).toInstant();
const plan = (start: string, arrangedAt: string, timeZone = LONDON) =>
  remindersOf({ start: at(start, timeZone), timeZone, arrangedAt: at(arrangedAt, timeZone) }).map(
    ({ step, dueAt }) => [step, dueAt.toZonedDateTimeISO(timeZone).toPlainDateTime().toString().slice(0, 16)],
  );

describe('when somebody is reminded', () => {
  it('a week, two days and three hours ahead, by the clock on the wall', () => {
    expect(plan('2026-12-17T14:30', '2026-11-02T09:00')).toEqual([
      ['week', '2026-12-10T14:30'],
      ['two_days', '2026-12-15T14:30'],
      ['last', '2026-12-17T11:30'],
    ]);
  });

  it('the same clock where the hour changes in between, in either direction', () => {
    expect(plan('2026-03-31T14:30', '2026-02-02T09:00')[0]).toEqual(['week', '2026-03-24T14:30']);
    expect(plan('2026-10-26T14:30', '2026-09-02T09:00')[1]).toEqual(['two_days', '2026-10-24T14:30']);
    expect(plan('2026-11-03T14:30', '2026-09-02T09:00', 'America/Los_Angeles')[0]).toEqual([
      'week',
      '2026-10-27T14:30',
    ]);
  });

  it('early visits the evening before, late ones before the night begins', () => {
    expect(plan('2026-12-17T09:00', '2026-11-02T09:00')).toEqual([
      ['week', '2026-12-10T09:00'],
      ['two_days', '2026-12-15T09:00'],
      ['last', '2026-12-16T20:00'],
    ]);
    expect(plan('2026-12-17T10:59', '2026-11-02T09:00')[2]).toEqual(['last', '2026-12-16T20:00']);
    expect(plan('2026-12-17T11:00', '2026-11-02T09:00')[2]).toEqual(['last', '2026-12-17T08:00']);
    expect(plan('2026-12-17T21:15', '2026-11-02T09:00')[0]).toEqual(['week', '2026-12-10T20:00']);
    expect(plan('2026-12-17T06:30', '2026-11-02T09:00')[1]).toEqual(['two_days', '2026-12-15T08:00']);
  });

  it('not of what has only just been arranged', () => {
    expect(plan('2026-12-17T14:30', '2026-12-09T14:31')).toEqual([
      ['two_days', '2026-12-15T14:30'],
      ['last', '2026-12-17T11:30'],
    ]);
    expect(plan('2026-12-17T14:30', '2026-12-09T14:30')).toHaveLength(3);
    expect(plan('2026-12-17T14:30', '2026-12-15T09:00')).toEqual([['last', '2026-12-17T11:30']]);
    expect(plan('2026-12-17T14:30', '2026-12-17T09:00')).toEqual([]);
  });

  const ZONES = ['Europe/London', 'Europe/Dublin', 'America/Denver', 'America/Toronto', 'Australia/Brisbane'];
  const visit = fc.record({
    start: fc.integer({
      min: at('2026-01-01T00:00').epochMilliseconds / 60_000,
      max: at('2028-01-01T00:00').epochMilliseconds / 60_000,
    }),
    ahead: fc.integer({ min: 0, max: 60 * 24 * 40 }),
    timeZone: fc.constantFrom(...ZONES, 'Australia/Lord_Howe', 'America/St_Johns', 'Pacific/Apia'),
  });

  it('never at night, never after it is of use, never twice at once, never before the start of planning', () => {
    fc.assert(
      fc.property(visit, ({ start: minute, ahead, timeZone }) => {
        const start = Temporal.Instant.fromEpochMilliseconds(minute * 60_000);
        const arrangedAt = start.subtract({ minutes: ahead });
        const planned = remindersOf({ start, timeZone, arrangedAt });
        const dues = planned.map(({ dueAt }) => dueAt);
        for (const { dueAt, usefulUntil } of planned) {
          const { hour } = dueAt.toZonedDateTimeISO(timeZone);
          expect(hour).toBeGreaterThanOrEqual(8);
          expect(hour).toBeLessThan(21);
          expect(Temporal.Instant.compare(dueAt, usefulUntil)).toBe(-1);
          expect(Temporal.Instant.compare(usefulUntil, start)).toBe(-1);
          expect(dueAt.since(arrangedAt).total('hours')).toBeGreaterThanOrEqual(4);
          expect(afterTheNight(dueAt, timeZone).equals(dueAt)).toBe(true);
        }
        expect(dues).toEqual(dues.toSorted(Temporal.Instant.compare));
        expect(new Set(dues.map(String)).size).toBe(dues.length);
        for (const [first, second] of dues.slice(1).map((due, nth) => [dues[nth]!, due] as const))
          expect(second.since(first).total('hours')).toBeGreaterThan(12);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('a letter that is late', () => {
  it('waits for the morning, and only at night', () => {
    const local = (moment: string) =>
      afterTheNight(at(moment), LONDON).toZonedDateTimeISO(LONDON).toPlainDateTime().toString();
    expect(local('2026-12-17T20:59')).toBe('2026-12-17T20:59:00');
    expect(local('2026-12-17T21:00')).toBe('2026-12-18T08:00:00');
    expect(local('2026-12-18T00:30')).toBe('2026-12-18T08:00:00');
    expect(local('2026-12-18T08:00')).toBe('2026-12-18T08:00:00');
  });
});
