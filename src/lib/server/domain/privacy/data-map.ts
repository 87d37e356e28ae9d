import { accounts } from './data-map/accounts.ts';
import { care } from './data-map/care.ts';
import { house } from './data-map/house.ts';
import type { MappedTable } from './data-map/mapped-table.ts';
import { patients } from './data-map/patients.ts';
import { practice } from './data-map/practice.ts';

/**
 * Every table and column of the database, once: whose it is, why we hold it, who reads it, how long it is kept, what becomes of it.
 * The copy that somebody takes along, docs/privacy.md and the drill of marked columns are made from this list, and a test
 * finds a column that is not in it.
 */
export const dataMap: Readonly<Record<string, MappedTable>> = {
  ...accounts,
  ...patients,
  ...care,
  ...practice,
  ...house,
};

/** The parts of the list, in the order in which people read it. */
export const dataMapParts = { accounts, patients, care, practice, house } as const;

const KINDS = ['personal', 'clinical', 'secret', 'linked', 'other'] as const;
export type ColumnKind = (typeof KINDS)[number];

/** The columns of a table, each with its kind. */
export function columnsOf(table: MappedTable): { name: string; kind: ColumnKind }[] {
  return KINDS.flatMap((kind) =>
    (table[kind] ?? '')
      .split(' ')
      .filter((name) => name !== '')
      .map((name) => ({ name, kind })),
  );
}
