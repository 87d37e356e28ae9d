import { expect, it } from 'vitest';
import { holidaysFrom, publishHolidays } from '#lib/server/domain/availability/holidays.ts';
import { openDb, openPool } from '#lib/server/platform/db.ts';
import { passTime } from '../../builders/act.ts';
import { loadReference } from '../../builders/reference.ts';
import { afterFile } from '../../harness/after.ts';
import { createTestDatabase } from '../../harness/database.ts';

it('knows the public holidays of a place on its own dates, substitute days included', async () => {
  const holidays = await holidaysFrom(2026);
  const dates = (jurisdiction: string, year: string) =>
    holidays
      .filter((holiday) => holiday.jurisdiction === jurisdiction && holiday.date.startsWith(year))
      .map(({ date }) => date.slice(5));
  expect(dates('england', '2026')).toEqual([
    '01-01',
    '04-03',
    '04-06',
    '05-04',
    '05-25',
    '08-31',
    '12-25',
    '12-26',
    '12-28',
  ]);
  expect(dates('texas', '2026')).toEqual(expect.arrayContaining(['07-03', '07-04', '11-26', '11-27']));
  expect(new Set(holidays.map(({ date }) => date.slice(0, 4)))).toEqual(new Set(['2026', '2027', '2028']));
});

it('publishes this year and the two after, as often as it likes, and by the job’s own role', async () => {
  const { urls } = await createTestDatabase();
  const owner = openDb(openPool(urls.owner, { max: 1, onError: () => {} }));
  const worker = openDb(openPool(urls.worker, { max: 1, onError: () => {} }));
  afterFile(() => Promise.all([owner.destroy(), worker.destroy()]));
  await loadReference(owner);
  const years = async () => {
    const rows = await owner.selectFrom('public_holiday').select('on_date').execute();
    return [...new Set(rows.map(({ on_date }) => Number(on_date.slice(0, 4))))].toSorted();
  };

  await owner.transaction().execute(publishHolidays);
  await worker.transaction().execute(publishHolidays);
  const [first = 0, ...more] = await years();
  expect(more).toEqual([first + 1, first + 2]);

  await passTime(owner, { hours: 365 * 24 });
  await worker.transaction().execute(publishHolidays);
  expect(await years()).toEqual([first, first + 1, first + 2, first + 3]);
});
