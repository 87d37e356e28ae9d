import { dataMapParts } from '#lib/server/domain/privacy/data-map.ts';
import {
  ERASURE,
  KEPT,
  READERS,
  WHY,
  type MappedTable,
} from '#lib/server/domain/privacy/data-map/mapped-table.ts';

const TITLES: Readonly<Record<keyof typeof dataMapParts, string>> = {
  accounts: 'Accounts and letters',
  patients: 'Patients and their visits',
  care: 'The clinical record, and what comes after',
  practice: 'Practitioners',
  house: 'Audit, events, and what is about nobody',
};

const row = (...cells: string[]) => `| ${cells.join(' | ')} |`;
const table = (head: string[], rows: string[][]) =>
  [row(...head), row(...head.map(() => '---')), ...rows.map((cells) => row(...cells))].join('\n');

/** The generated half of docs/privacy.md. */
export function mapInWords(): string {
  const legend = [
    [
      'Why',
      ['word', 'why', 'lawful ground'],
      Object.entries(WHY).map(([key, { words, ground }]) => [key, words, ground]),
    ],
    ['Who reads', ['word', 'who'], Object.entries(READERS).map(([key, words]) => [key, words])],
    ['How long', ['word', 'until'], Object.entries(KEPT).map(([key, words]) => [key, words])],
    [
      'When its person is forgotten',
      ['word', 'what becomes of it'],
      Object.entries(ERASURE).map(([key, words]) => [key, words]),
    ],
  ] as const satisfies readonly (readonly [string, readonly string[], string[][]])[];
  const parts = Object.entries(dataMapParts) as [
    keyof typeof dataMapParts,
    Readonly<Record<string, MappedTable>>,
  ][];
  return [
    ...legend.map(([title, head, rows]) => `### ${title}\n\n${table([...head], rows)}`),
    ...parts.map(([part, tables]) => `### ${TITLES[part]}\n\n${ofPart(tables)}`),
  ].join('\n\n');
}

function readersOf({ readers, shown }: Exclude<MappedTable, { about: 'nobody' }>): string {
  const words = readers.length === 0 ? 'nobody' : readers.join(', ');
  return shown === undefined ? words : `${words}; public: ${shown.split(' ').join(', ')}`;
}

function ofPart(tables: Readonly<Record<string, MappedTable>>): string {
  const held = Object.entries(tables).map(([name, one]) =>
    one.about === 'nobody'
      ? [`\`${name}\``, one.what, 'nobody', '', '', '', '']
      : [`\`${name}\``, one.what, one.about, one.why, readersOf(one), one.kept, one.erasure],
  );
  return table(['table', 'holds', 'about', 'why', 'who reads', 'how long', 'when forgotten'], held);
}
