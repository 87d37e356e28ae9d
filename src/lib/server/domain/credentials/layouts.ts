import { checkRegisterNumber, registers, type RegisterCode } from './registers.ts';
import type { PersonName, RegisterEntry, RegisterStatus } from './register-entry.ts';

/** A file that cannot be what it says it is. Nothing of it is kept. */
export class BrokenFile extends Error {}

/** One row: an entry, something that is no person, or a row that makes no sense, with its entry where the number does. */
export type ReadRow =
  | { kind: 'entry'; entry: RegisterEntry }
  | { kind: 'left_out' }
  | { kind: 'bad'; reason: string; entry: RegisterEntry | null };

export type RowReader = { readonly columns: number; read(cells: readonly string[]): ReadRow };

type Cell = (name: string) => string;
type Layout = { required: readonly string[]; optional: readonly string[]; read(cell: Cell): ReadRow };

class BadRow extends Error {}

const status = (words: Record<string, RegisterStatus>) => words;

/** The words of the column `status` in a file of our own layout. */
const STATUS_WORDS = status({
  registered: 'registered',
  suspended: 'suspended',
  lapsed: 'lapsed',
  removed: 'removed',
  deactivated: 'deactivated',
});

/**
 * Our own layout, documented in docs/registers.md: whoever gets a register in another form can bring it into this one.
 * `other_names` are "Family, Given" separated by semicolons.
 */
const generic: Layout = {
  required: ['number', 'family_name', 'given_names', 'status'],
  optional: ['other_names', 'conditions', 'may_prescribe', 'registered_on', 'ends_on'],
  read(cell) {
    const found = STATUS_WORDS[cell('status').toLowerCase()];
    if (found === undefined) throw new BadRow(`unknown status “${shortened(cell('status'))}”`);
    const prescribes = cell('may_prescribe').toLowerCase();
    if (!['', 'yes', 'no'].includes(prescribes)) throw new BadRow('may_prescribe is neither yes nor no');
    if (cell('family_name') === '') throw new BadRow('no family name');
    return entryRow({
      number: cell('number'),
      familyName: cell('family_name'),
      givenNames: cell('given_names'),
      otherNames: cell('other_names')
        .split(';')
        .map((name) => name.split(',').map((part) => part.trim()))
        .map(([familyName = '', givenNames = '']) => ({ familyName, givenNames }))
        .filter(({ familyName }) => familyName !== ''),
      status: found,
      conditions: cell('conditions'),
      mayPrescribe: prescribes === '' ? null : prescribes === 'yes',
      registeredOn: dateOf(cell('registered_on'), ISO_DATE),
      endsOn: dateOf(cell('ends_on'), ISO_DATE),
    });
  },
};

/**
 * The file of NPPES as it is published every month and every week (npidata_pfile_…csv), by the names of its columns. An
 * NPI that was deactivated keeps its number and the date, and loses everything else. Source: NPPES Data Dissemination
 * Readme, CMS, 1 February 2025.
 */
const nppes: Layout = {
  required: [
    'NPI',
    'Entity Type Code',
    'Provider Last Name (Legal Name)',
    'Provider First Name',
    'Provider Middle Name',
    'Provider Other Last Name',
    'Provider Other First Name',
    'Provider Other Middle Name',
    'Provider Enumeration Date',
    'NPI Deactivation Date',
    'NPI Reactivation Date',
  ],
  optional: [],
  read(cell) {
    const type = cell('Entity Type Code');
    // An organisation.
    if (type === '2') return { kind: 'left_out' };
    const deactivated = dateOf(cell('NPI Deactivation Date'), AMERICAN_DATE);
    const reactivated = dateOf(cell('NPI Reactivation Date'), AMERICAN_DATE);
    const isDeactivated = deactivated !== null && (reactivated === null || reactivated < deactivated);
    const name = nppesName(cell, 'Provider Last Name (Legal Name)', 'Provider');
    const other = nppesName(cell, 'Provider Other Last Name', 'Provider Other');
    if (!isDeactivated && type !== '1') throw new BadRow(`unknown entity type “${shortened(type)}”`);
    if (!isDeactivated && name.familyName === '') throw new BadRow('no last name');
    return entryRow({
      number: cell('NPI'),
      ...name,
      otherNames: other.familyName === '' ? [] : [other],
      status: isDeactivated ? 'deactivated' : 'registered',
      conditions: '',
      mayPrescribe: null,
      registeredOn: dateOf(cell('Provider Enumeration Date'), AMERICAN_DATE),
      endsOn: isDeactivated ? deactivated : null,
    });
  },
};

/** The columns of a file, without which it is not one of this register. */
export function readerOf(register: RegisterCode, header: readonly string[]): RowReader {
  const names = header.map((name) => name.trim());
  const isNppes = register === 'npi' && names.includes('NPI');
  const layout = isNppes ? nppes : generic;
  const index = new Map(names.map((name, position) => [name, position]));
  if (index.size !== names.length) throw new BrokenFile('Two columns of the file have the same name.');
  const missing = layout.required.filter((name) => !index.has(name));
  if (missing.length > 0) throw new BrokenFile(`The file lacks the columns ${missing.join(', ')}.`);
  const unknown = isNppes
    ? []
    : names.filter((name) => ![...generic.required, ...generic.optional].includes(name));
  if (unknown.length > 0)
    throw new BrokenFile(`The file has columns that we do not know: ${unknown.join(', ')}.`);

  const numberAt = index.get(isNppes ? 'NPI' : 'number')!;
  return {
    columns: names.length,
    read(cells) {
      const number = tidy(cells[numberAt] ?? '');
      const checked = checkRegisterNumber(register, number);
      if (!checked.ok) {
        const what =
          checked.reason === 'format' ? `not ${registers[register].formatHint}` : 'a wrong check digit';
        return { kind: 'bad', reason: `number “${shortened(number)}”: ${what}`, entry: null };
      }
      try {
        if (cells.length !== names.length)
          throw new BadRow(`${cells.length} columns where the header has ${names.length}`);
        if (cells.some((cell) => cell.includes('\uFFFD'))) throw new BadRow('not UTF-8');
        return layout.read((name) => {
          const position = index.get(name);
          return position === undefined ? '' : tidy(cells[position] ?? '');
        });
      } catch (error) {
        if (!(error instanceof BadRow)) throw error;
        return { kind: 'bad', reason: error.message, entry: unreadable(number) };
      }
    },
  };
}

/** The day that a file of NPPES ends with, from its name: npidata_pfile_20050523-20261108.csv. */
export function dayInName(fileName: string): string | null {
  const found = /^npidata_pfile_\d{8}-(\d{4})(\d{2})(\d{2})/.exec(fileName);
  return found && dateOrNull(`${found[1]}-${found[2]}-${found[3]}`);
}

const entryRow = (entry: RegisterEntry): ReadRow => ({ kind: 'entry', entry });

function nppesName(cell: Cell, lastName: string, prefix: string): PersonName {
  const givenNames = [cell(`${prefix} First Name`), cell(`${prefix} Middle Name`)].filter(
    (part) => part !== '',
  );
  return { familyName: cell(lastName), givenNames: givenNames.join(' ') };
}

/** So that who is known to the register is not taken for gone. */
function unreadable(number: string): RegisterEntry {
  return {
    number,
    familyName: '',
    givenNames: '',
    otherNames: [],
    status: 'unreadable',
    conditions: '',
    mayPrescribe: null,
    registeredOn: null,
    endsOn: null,
  };
}

const ISO_DATE = /^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})$/;
const AMERICAN_DATE = /^(?<month>\d{2})\/(?<day>\d{2})\/(?<year>\d{4})$/;

function dateOf(text: string, form: RegExp): string | null {
  if (text === '') return null;
  const parts = form.exec(text)?.groups;
  const date = parts && dateOrNull(`${parts.year}-${parts.month}-${parts.day}`);
  if (date == null) throw new BadRow(`“${shortened(text)}” is no date`);
  return date;
}

function dateOrNull(iso: string): string | null {
  try {
    return Temporal.PlainDate.from(iso, { overflow: 'reject' }).toString();
  } catch {
    return null;
  }
}

// Spaces and control characters, NUL among them, which PostgreSQL cannot keep.
const tidy = (cell: string) => cell.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();

const shortened = (text: string) => (text.length > 40 ? `${text.slice(0, 39)}…` : text);
