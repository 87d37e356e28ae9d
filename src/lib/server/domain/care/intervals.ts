import { formatCalendarDate } from '../shared/dates.ts';

/** The effect begins within days, is full at about two weeks, and fades between three and four months. */
const EFFECT_DAYS = { begins: 3, fades: 90, ends: 120 } as const;

/** A treatment that the interval counts, or that tops one up. */
export type Treated = {
  readonly id: string;
  /** The day, on the calendar of the place. */
  readonly on: string;
  readonly productName: string;
  readonly retreatmentDays: number;
  readonly isTopUp: boolean;
};

/** One line of the chart, and of the table that says the same. Places are in days from the first day of the chart. */
export type IntervalRow = {
  readonly id: string;
  readonly what: string;
  readonly date: string;
  readonly effect: string;
  readonly next: string;
  readonly days: {
    readonly on: number;
    readonly begins: number;
    readonly fades: number;
    readonly ends: number;
    readonly next: number | null;
  };
};

export type Intervals = {
  readonly rows: readonly IntervalRow[];
  readonly length: number;
  readonly today: number;
  /** The first of each month, every third one named. */
  readonly months: readonly { readonly at: number; readonly label: string }[];
  /** The earliest day of a next treatment, or that there is none to wait for. */
  readonly earliest: string;
};

/** Past treatments, how long each lasts, and from when on the rules allow another one (G7). Null: none is known. */
export function intervalsOf(
  treatments: readonly Treated[],
  elsewhere: { readonly on: string; readonly retreatmentDays: number } | null,
  today: string,
): Intervals | null {
  const all = [
    ...treatments,
    ...(elsewhere === null
      ? []
      : [
          {
            id: 'elsewhere',
            ...elsewhere,
            productName: 'Elsewhere, as the patient told',
            isTopUp: false,
          },
        ]),
  ].toSorted((a, b) => a.on.localeCompare(b.on));
  if (all[0] === undefined) return null;

  const first = day(all[0].on);
  const at = (date: Temporal.PlainDate) => first.until(date).days;
  const rows = all.map((one): IntervalRow => {
    const on = at(day(one.on));
    const plus = (count: number) => formatCalendarDate(day(one.on).add({ days: count }).toString());
    return {
      id: one.id,
      what: one.isTopUp ? `${one.productName}, a top-up` : one.productName,
      date: formatCalendarDate(one.on),
      effect: `About ${plus(EFFECT_DAYS.begins)} to ${plus(EFFECT_DAYS.fades)}, gone by ${plus(EFFECT_DAYS.ends)}`,
      next: one.isTopUp ? 'Does not count' : plus(one.retreatmentDays),
      days: {
        on,
        begins: on + EFFECT_DAYS.begins,
        fades: on + EFFECT_DAYS.fades,
        ends: on + EFFECT_DAYS.ends,
        next: one.isTopUp ? null : on + one.retreatmentDays,
      },
    };
  });
  const now = at(day(today));
  const next = Math.max(...rows.map(({ days }) => days.next ?? 0));
  const length = Math.max(now, next, ...rows.map(({ days }) => days.ends)) + 7;
  return {
    rows,
    length,
    today: now,
    months: monthsIn(first, length),
    earliest:
      next <= now
        ? 'The rules ask for no more waiting.'
        : `Not before ${formatCalendarDate(first.add({ days: next }).toString())}.`,
  };
}

function monthsIn(first: Temporal.PlainDate, length: number): { at: number; label: string }[] {
  const months: { at: number; label: string }[] = [];
  // Long records name fewer months.
  const step = length > 900 ? 12 : length > 300 ? 3 : 1;
  for (let month = first.with({ day: 1 }).add({ months: 1 }); ; month = month.add({ months: 1 })) {
    const at = first.until(month).days;
    if (at > length) return months;
    if ((month.month - 1) % step === 0)
      months.push({
        at,
        label: `${formatCalendarDate(month.toString()).split(' ')[1]!.slice(0, 3)} ${month.year}`,
      });
  }
}

function day(date: string): Temporal.PlainDate {
  return Temporal.PlainDate.from(date);
}
