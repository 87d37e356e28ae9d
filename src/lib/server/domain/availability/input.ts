import { z } from 'zod';
import { isoDay } from '../shared/days.ts';
import { words } from '../shared/words.ts';
import { APPOINTMENT_KINDS, type WeeklyHours } from './schedule.ts';

type FormValues = Readonly<Record<string, string | string[]>>;

const one = (value: string | string[] | undefined) =>
  Array.isArray(value) ? (value[0] ?? '') : (value ?? '');
const many = (value: string | string[] | undefined) => (value === undefined ? [] : [value].flat());

const CLOCK = /^([01]?\d|2[0-3]):([0-5]\d)$/;

/** Minutes from midnight of a time as a form sends it, or null where it is none. */
function minuteOf(time: string): number | null {
  const [, hour, minute] = CLOCK.exec(time.trim()) ?? [];
  return hour === undefined ? null : Number(hour) * 60 + Number(minute);
}

/** From and to as minutes; a `to` at or before `from` is on the next day. */
function spanOf(from: string, to: string): { startMinute: number; endMinute: number } | null {
  const [startMinute, endMinute] = [minuteOf(from), minuteOf(to)];
  if (startMinute === null || endMinute === null) return null;
  return { startMinute, endMinute: endMinute > startMinute ? endMinute : endMinute + 1440 };
}

const isDate = (text: string) => isoDay().safeParse(text).success;
const isMonday = (text: string) => isDate(text) && Temporal.PlainDate.from(text).dayOfWeek === 1;

const kinds = z
  .union([z.string().transform((kind) => [kind]), z.array(z.string())], { error: 'Choose at least one' })
  .pipe(z.array(z.enum(APPOINTMENT_KINDS)).min(1, 'Choose at least one'));

const location = z.uuid();

/** One line of the form of weekly hours, as typed. Its fields end in its number: `start-3`. */
export interface TypedHours {
  number: string;
  weekday: string;
  start: string;
  end: string;
  kinds: string[];
  every: string;
  monday: string;
  from: string;
  to: string;
}

/** The lines of the form of weekly hours, in order. */
export function typedHours(values: FormValues): TypedHours[] {
  return Object.keys(values)
    .flatMap((name) => /^weekday-(\d{1,3})$/.exec(name)?.[1] ?? [])
    .map((number) => ({
      number,
      weekday: one(values[`weekday-${number}`]),
      start: one(values[`start-${number}`]),
      end: one(values[`end-${number}`]),
      kinds: many(values[`kinds-${number}`]),
      every: one(values[`every-${number}`]) || '1',
      monday: one(values[`monday-${number}`]),
      from: one(values[`from-${number}`]),
      to: one(values[`to-${number}`]),
    }))
    .toSorted((a, b) => a.weekday.localeCompare(b.weekday) || Number(a.number) - Number(b.number));
}

/** The weekly hours of one practice. A line with neither time is no line. */
export const hoursForm = z
  .record(z.string(), z.union([z.string(), z.array(z.string())]))
  .transform((values, context) => {
    const problem = (name: string, message: string) =>
      context.addIssue({ code: 'custom', path: [name], message });
    const hours = typedHours(values).flatMap((line): Required<WeeklyHours>[] => {
      const { number, start, end, every, monday, from, to } = line;
      if (!start && !end) return [];
      const span = spanOf(start, end);
      const weekday = Number(line.weekday);
      const chosen = kinds.safeParse(line.kinds);
      const everyWeeks = Number(every);
      if (minuteOf(start) === null) problem(`start-${number}`, 'Enter when it begins, like 09:00');
      if (minuteOf(end) === null) problem(`end-${number}`, 'Enter when it ends, like 17:30');
      if (!chosen.success) problem(`kinds-${number}`, 'Choose what these hours are for');
      if (everyWeeks > 1 && !isMonday(monday))
        problem(`monday-${number}`, 'Enter the Monday of the first week');
      if (from && !isDate(from)) problem(`from-${number}`, 'Enter a date');
      if (to && (!isDate(to) || to < from)) problem(`to-${number}`, 'Enter a date after the first one');
      if (!(weekday >= 1 && weekday <= 7 && everyWeeks >= 1 && everyWeeks <= 8))
        problem(`start-${number}`, 'Choose a day');
      if (span === null || !chosen.success) return [];
      return [
        {
          ...span,
          weekday,
          kinds: chosen.data,
          everyWeeks,
          firstMonday: everyWeeks > 1 ? monday : null,
          validFrom: from || null,
          validTo: to || null,
        },
      ];
    });
    const parsed = location.safeParse(one(values.location));
    if (!parsed.success) problem('location', 'Choose a place');
    return parsed.success ? { locationId: parsed.data, hours } : z.NEVER;
  });

const time = z.string().regex(CLOCK, 'Enter a time, like 09:00');

/** An extra session on one date. */
export const openingForm = z
  .object({ location, date: isoDay('Enter a date'), opensAt: time, closesAt: time, openingKinds: kinds })
  .transform(({ location: locationId, date, opensAt, closesAt, openingKinds }) => ({
    locationId,
    date,
    kinds: openingKinds,
    ...spanOf(opensAt, closesAt)!,
  }));

export const withdrawOpeningForm = z.object({ opening: z.uuid() });

const whole = (least: number, most: number, unit: string) => {
  const message = `Enter whole ${unit} from ${least} to ${most}`;
  return z
    .string()
    .trim()
    .regex(/^\d{1,4}$/, message)
    .transform(Number)
    .refine((number) => number >= least && number <= most, message);
};
const limit = z
  .literal('')
  .transform(() => null)
  .or(whole(1, 200, 'visits'));
const ticked = z
  .literal('yes')
  .optional()
  .transform((answer) => answer !== undefined);

/** How visits are booked at one practice. */
export const termsForm = z
  .object({
    location,
    consultationMinutes: whole(10, 240, 'minutes'),
    treatmentMinutes: whole(10, 240, 'minutes'),
    followUpMinutes: whole(10, 240, 'minutes'),
    bufferBeforeMinutes: whole(0, 120, 'minutes'),
    bufferAfterMinutes: whole(0, 120, 'minutes'),
    travelMinutes: whole(0, 240, 'minutes'),
    stepMinutes: whole(5, 120, 'minutes'),
    startsCountFrom: z.enum(['hours', 'clock'], 'Choose one'),
    noticeMinutes: whole(0, 9999, 'minutes'),
    horizonDays: whole(1, 366, 'days'),
    dailyLimit: limit,
    weeklyLimit: limit,
    cancelNoticeHours: whole(0, 168, 'hours'),
    moveNoticeHours: whole(0, 168, 'hours'),
    closedOnPublicHolidays: ticked,
    needsRoom: ticked,
  })
  .transform(({ location: locationId, ...terms }) => ({ locationId, terms }));

/** A room, new or known. */
export const roomForm = z
  .object({
    location,
    room: z.uuid().or(z.literal('').transform(() => null)),
    roomName: words(1, 60, 'Enter a name'),
    roomKinds: kinds,
    roomActive: ticked,
  })
  .transform((form) => ({
    locationId: form.location,
    roomId: form.room,
    name: form.roomName,
    kinds: form.roomKinds,
    active: form.roomActive,
  }));

export type Terms = z.output<typeof termsForm>['terms'];
export type RoomInput = z.output<typeof roomForm>;
export type OpeningInput = z.output<typeof openingForm>;
