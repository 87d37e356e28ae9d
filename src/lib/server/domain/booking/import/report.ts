import { formatDayTime } from '../../shared/dates.ts';
import type { ReadFile } from './entry.ts';
import { VERDICTS, type Judged, type Verdict } from './judge.ts';
import type { ImportPractice } from './queries.ts';

/** What a page shows of an import: every entry with what becomes of it, and what may still be said about the file. */
export interface ImportReport {
  isDryRun: boolean;
  /** Of the file; the real run wants it back. */
  fingerprint: string;
  /** How many are ready, or have been brought over. */
  count: number;
  providers: { id: string; name: string }[];
  /** Who of them this is; undefined where somebody has to say. */
  provider: string | null | undefined;
  services: { name: string; isConsultation: boolean }[];
  rows: ReportRow[];
  /** Over or cancelled, and so left out of the rows. */
  settled: number;
}

export interface ReportRow {
  reference: string;
  where: string;
  when: string;
  name: string;
  service: string;
  verdict: Verdict;
  text: string;
  /** What has been typed for it, or "" where it is to be typed; null where the file says it. */
  dateOfBirth: string | null;
}

/** Entries that need nobody's attention any more. */
const SETTLED: readonly Verdict[] = ['past', 'cancelled'];

/** The report of an import or its dry run. */
export function reportOf(
  judged: readonly Judged[],
  about: {
    practice: ImportPractice;
    file: ReadFile;
    provider: string | null | undefined;
    services: readonly string[];
    consultations: ReadonlySet<string>;
    datesOfBirth: ReadonlyMap<string, string>;
    fingerprint: string;
    isDryRun: boolean;
  },
): ImportReport {
  const open = judged.filter(({ verdict }) => !SETTLED.includes(verdict));
  return {
    isDryRun: about.isDryRun,
    fingerprint: about.fingerprint,
    count: open.filter(({ verdict }) => verdict === (about.isDryRun ? 'ready' : 'imported')).length,
    providers: about.file.providers.map(({ id, name }) => ({ id, name })),
    provider: about.provider,
    services: about.services.map((name) => ({ name, isConsultation: about.consultations.has(name) })),
    rows: open.map((one) => rowOf(one, about.practice.timeZone, about.datesOfBirth)),
    settled: judged.length - open.length,
  };
}

function rowOf({ entry, verdict }: Judged, timeZone: string, typed: ReadonlyMap<string, string>): ReportRow {
  const start = entry.start?.toZonedDateTime(timeZone, { disambiguation: 'compatible' }).toInstant();
  const { reference } = entry;
  return {
    reference,
    where: entry.where,
    when: start ? formatDayTime(start, timeZone) : 'Not understood',
    name: `${entry.givenName} ${entry.familyName}`.trim(),
    service: entry.service,
    verdict,
    text: VERDICTS[verdict],
    dateOfBirth: typed.get(reference) ?? (verdict === 'no_date_of_birth' ? '' : null),
  };
}
