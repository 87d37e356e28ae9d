import { paths } from '#lib/paths.ts';
import { columnsOf, dataMap } from './data-map.ts';
import { ERASURE, KEPT, READERS, WHY, type MappedTable } from './data-map/mapped-table.ts';
import type { Row } from './queries.ts';

/** Goes up when the shape of the copy changes, not when a table comes. */
export const COPY_VERSION = 1;

/** Everything that is held about somebody, table by table, each with what the data map says of it. */
export type PersonalCopy = {
  readonly format: 'steadyhand-personal-data';
  readonly version: typeof COPY_VERSION;
  readonly madeAt: string;
  readonly account: { readonly id: string; readonly name: string; readonly email: string } | null;
  readonly tables: Readonly<
    Record<
      string,
      {
        readonly what: string;
        readonly why: string;
        readonly ground: string;
        readonly readers: readonly string[];
        readonly kept: string;
        readonly whenForgotten: string;
        readonly rows: readonly Row[];
      }
    >
  >;
  readonly papers: readonly { readonly what: string; readonly href: string }[];
};

type Held = Exclude<MappedTable, { about: 'nobody' }>;

/** What a copy reads, table by table: all of a person's columns but secrets and files. */
export function copiedTables(): {
  name: string;
  table: Held;
  columns: string[];
  from: string;
  where: string;
}[] {
  return Object.entries(dataMap).flatMap(([name, table]) =>
    table.about === 'nobody' || table.find === null
      ? []
      : [
          {
            name,
            table,
            columns: columnsOf(table)
              .filter(({ kind }) => kind !== 'secret' && kind !== 'linked')
              .map((column) => column.name),
            from: table.from ?? name,
            where: table.find,
          },
        ],
  );
}

/** What the data map says of a table, in words, beside its rows. */
export function told(table: Held, rows: readonly Row[]): PersonalCopy['tables'][string] {
  return {
    what: table.what,
    why: WHY[table.why].words,
    ground: WHY[table.why].ground,
    readers: table.readers.map((reader) => READERS[reader]),
    kept: KEPT[table.kept],
    whenForgotten: ERASURE[table.erasure],
    rows,
  };
}

const idsOf = (rows: readonly Row[] | undefined, wanted: (row: Row) => boolean = () => true) =>
  (rows ?? []).filter(wanted).map(({ id }) => String(id));

/** Where the papers and files are that belong to these rows. */
export function papersOf(
  rows: Readonly<Record<string, readonly Row[]>>,
  patientIds: readonly string[],
  publicUrl: URL,
): PersonalCopy['papers'] {
  const link = (what: string, path: string) => ({ what, href: new URL(path, publicUrl).href });
  const treated = idsOf(rows.appointment, (row) => row.kind === 'treatment' && row.state === 'completed');
  const own = idsOf(rows.patient, (row) => patientIds.includes(String(row.id)) && row.account_id !== null);
  return [
    ...own.flatMap((id) => [
      link('The record as a paper', paths.paper('record', id)),
      link('The record as a FHIR R4 bundle', paths.recordAsFhir(id)),
    ]),
    ...idsOf(rows.prescription).map((id) => link('A prescription', paths.paper('prescription', id))),
    ...idsOf(rows.prescription, (row) =>
      (rows.consent ?? []).some((one) => one.prescription_id === row.id),
    ).map((id) => link('A consent', paths.paper('consent', id))),
    ...(rows.consent_paper ?? []).map((one) =>
      link('A consent on paper', paths.paperConsent(String(one.prescription_id))),
    ),
    ...idsOf(rows.urgent_photo).map((id) => link('A photo with an urgent message', paths.urgentPhoto(id))),
    ...treated.flatMap((id) => [
      link('A treatment card', paths.paper('treatment-card', id)),
      link('Advice for afterwards', paths.paper('aftercare', id)),
      link('The check at the start', paths.paper('start-check', id)),
      link('A letter for a family doctor', paths.paper('gp-letter', id)),
    ]),
    ...idsOf(rows.case_file).map((id) => link('A case file', paths.paper('case-file', id))),
    ...idsOf(rows.evidence_file).map((id) => link('A file that shows a credential', paths.evidence(id))),
    ...idsOf(rows.portfolio_rendition).map((id) => link('A picture', paths.picture(id))),
  ];
}
