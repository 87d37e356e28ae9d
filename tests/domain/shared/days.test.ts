import { describe, expect, it } from 'vitest';
import { dayIn, isoDay, isoInstant } from '#lib/server/domain/shared/days.ts';

const NONE = [
  '',
  'today',
  '2026-02-30',
  '2026-13-01',
  '9999-99-99',
  '0000-01-01',
  '9999-12-31',
  '+275760-09-13',
  '-271821-04-20',
  '2026-02-10[u-ca=hebrew]',
  '20260210',
];

describe('a day that somebody writes', () => {
  it('is a real one, within reach', () => {
    expect(dayIn('2026-02-10')?.toString()).toBe('2026-02-10');
    expect(isoDay('Enter a day').parse('1900-01-01')).toBe('1900-01-01');
    expect(isoDay().parse('2199-12-31')).toBe('2199-12-31');
  });

  it.each(NONE)('is not “%s”', (text) => {
    expect(dayIn(text)).toBeNull();
    expect(isoDay('Enter a day').safeParse(text).error?.issues[0]?.message).toBe('Enter a day');
  });

  it('may be missing from an address', () => {
    expect(dayIn(null)).toBeNull();
    expect(dayIn(undefined)).toBeNull();
  });
});

describe('an instant that somebody writes', () => {
  it('is on our clock, or on any where an offset may be given', () => {
    expect(isoInstant().safeParse('2026-02-10T10:00:00Z').success).toBe(true);
    expect(isoInstant().safeParse('2026-02-10T10:00:00+01:00').success).toBe(false);
    expect(isoInstant({ offset: true }).safeParse('2026-02-10T10:00:00+01:00').success).toBe(true);
  });

  it.each(['0000-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '2026-02-30T10:00:00Z', 'now'])(
    'is not “%s”',
    (text) => {
      expect(isoInstant({ error: 'Choose a time' }).safeParse(text).error?.issues[0]?.message).toBe(
        'Choose a time',
      );
    },
  );
});
