import { parse } from 'csv-parse/sync';
import { Refusal } from '../../shared/refusal.ts';
import { dateOfBirthOf, emailOf, line, phoneOf, referenceOfRow, type Entry, type ReadFile } from './entry.ts';

/** The columns, under every name that we take; the first is the one we ask for. */
const COLUMNS = {
  reference: ['reference', 'id', 'appointment id'],
  date: ['date', 'start date', 'day'],
  start: ['start', 'start time', 'time'],
  end: ['end', 'end time'],
  minutes: ['minutes', 'duration'],
  givenName: ['first name', 'given name', 'firstname'],
  familyName: ['last name', 'family name', 'surname', 'lastname'],
  dateOfBirth: ['date of birth', 'dob', 'birthday', 'born'],
  email: ['email', 'e-mail', 'email address'],
  phone: ['phone', 'telephone', 'mobile', 'phone number'],
  service: ['kind', 'service', 'type'],
} as const;
type Column = keyof typeof COLUMNS;
type Row = Partial<Record<Column, string>>;

/** How a place writes 3 April: 03/04 or 04/03. */
export type DateOrder = 'day_first' | 'month_first';

/**
 * Reads appointments from a table (CSV, RFC 4180; semicolons and tabs too). Dates are `2026-12-08` or as the place
 * writes them, times are on its clock; a row without a service is a consultation.
 */
export function readCsv(text: string, order: DateOrder): ReadFile {
  const entries = rowsOf(text).map((row, index) => entryOf(row, index, order));
  return { providers: [], entriesOf: () => entries };
}

function rowsOf(text: string): Row[] {
  let known: Set<string>;
  try {
    const rows = parse(text, {
      bom: true,
      trim: true,
      delimiter: [',', ';', '\t'],
      skip_empty_lines: true,
      relax_column_count: true,
      columns: (header: string[]) => {
        const columns = header.map(columnOf);
        known = new Set(columns.filter((column) => column !== undefined));
        return columns;
      },
    });
    if (['start', 'familyName'].every((column) => known.has(column))) return rows as Row[];
  } catch {
    // What is no table is refused like a table without the columns.
  }
  throw new Refusal('import_unreadable', { field: 'file' });
}

function columnOf(header: string): Column | undefined {
  const name = header
    .toLowerCase()
    .replaceAll(/[\s_]+/g, ' ')
    .trim();
  return (Object.keys(COLUMNS) as Column[]).find((column) =>
    (COLUMNS[column] as readonly string[]).includes(name),
  );
}

function entryOf(row: Row, index: number, order: DateOrder): Entry {
  const day = plainDate(row.date ?? /^\S+(?=[ T]\d)/.exec(row.start ?? '')?.[0] ?? '', order);
  const start = day && at(day, row.start);
  const end = day && at(day, row.end);
  const born = row.dateOfBirth ? plainDate(row.dateOfBirth, order) : null;
  return {
    reference:
      line(row.reference) || referenceOfRow([row.date, row.start, row.givenName, row.familyName, born]),
    // The first row holds the names of the columns.
    where: `Row ${index + 2}`,
    service: line(row.service) || 'Consultation',
    isCancelled: false,
    start,
    minutes: start && end ? start.until(end).total('minutes') : minutesOf(row.minutes),
    givenName: line(row.givenName),
    familyName: line(row.familyName),
    dateOfBirth: born && dateOfBirthOf(born.toString()),
    email: emailOf(row.email),
    phone: phoneOf(row.phone),
  };
}

function minutesOf(text: string | undefined): number | null {
  return text && /^\d{1,4}$/.test(text) ? Number(text) : null;
}

/** "2026-12-08", or "8/12/2026" where the day comes first. */
function plainDate(text: string, order: DateOrder): Temporal.PlainDate | null {
  const slashed = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(text.trim());
  try {
    if (slashed === null) return Temporal.PlainDate.from(text.trim().slice(0, 10), { overflow: 'reject' });
    const [first, second, year] = slashed.slice(1).map(Number) as [number, number, number];
    const [day, month] = order === 'day_first' ? [first, second] : [second, first];
    return Temporal.PlainDate.from({ year, month, day }, { overflow: 'reject' });
  } catch {
    return null;
  }
}

/** "14:30", "2:30 pm", also behind a date. */
function at(day: Temporal.PlainDate, text: string | undefined): Temporal.PlainDateTime | null {
  const time = /(?:^|[ T])(\d{1,2}):(\d{2})(?::\d{2})?\s*([ap]\.?m\.?)?$/i.exec((text ?? '').trim());
  if (time === null) return null;
  const [, hours, minutes, half] = time;
  const hour = half === undefined ? Number(hours) : (Number(hours) % 12) + (/^p/i.test(half) ? 12 : 0);
  if (hour > 23 || Number(minutes) > 59) return null;
  return day.toPlainDateTime({ hour, minute: Number(minutes) });
}
