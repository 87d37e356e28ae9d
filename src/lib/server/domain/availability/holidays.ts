import { appNow } from '#lib/server/platform/clock.ts';
import type { Queryable } from '#lib/server/platform/db.ts';
import { factsOf, JURISDICTIONS } from '../policy/codes.ts';
import { replaceHolidays } from './queries.ts';
import type { LocalDate } from './schedule.ts';

/** This year and two more: no practice takes bookings further ahead. */
const YEARS = 3;

interface Holiday {
  jurisdiction: string;
  date: LocalDate;
  name: string;
}

/** Brings the public holidays of this year and the two after into the database; from this year on they replace those that it has. */
export async function publishHolidays(trx: Queryable): Promise<void> {
  const { year } = (await appNow(trx)).toZonedDateTimeISO('UTC');
  await replaceHolidays(trx, `${year}-01-01`, await holidaysFrom(year));
}

/** The public holidays of these years, substitute days included, on the dates of the place itself. */
export async function holidaysFrom(year: number): Promise<Holiday[]> {
  // Loaded here alone: its tables are large, and no request needs them.
  const { default: Holidays } = await import('date-holidays');
  return JURISDICTIONS.flatMap((jurisdiction) => {
    const [country, part] = factsOf(jurisdiction).holidays;
    const calendar = part === undefined ? new Holidays(country) : new Holidays(country, part);
    const byDate = new Map<LocalDate, Holiday>();
    for (let each = year; each < year + YEARS; each++) {
      for (const { type, date, name } of calendar.getHolidays(each, 'en')) {
        const on = date.slice(0, 10);
        if (type === 'public' && !byDate.has(on)) byDate.set(on, { jurisdiction, date: on, name });
      }
    }
    return [...byDate.values()];
  });
}
