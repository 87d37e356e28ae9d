import { dose } from '#lib/format/dose.ts';
import { regionNames } from '#lib/format/regions.ts';
import type { Trx } from '#lib/server/platform/db.ts';
import { formatCalendarDate, formatDate } from '../shared/dates.ts';
import { CONTRAINDICATIONS, SEVERITIES, SEVERITY_WORDS, type Severity } from './contraindications.ts';
import { findLastFound, findLastGiven, findNewestAnswers, type FoundVisit } from './desk-queries.ts';
import { describeHealthAnswers, raisedBy } from './health-questions.ts';
import { readIntervals } from './interval-reads.ts';

/** What a prescriber is told of a patient before anything else on a page. */
export type KnowFirst = {
  /** When the newest health answers were given; null where there are none. */
  readonly answered: string | null;
  /** What they raise, the gravest first. */
  readonly raised: readonly { readonly weight: string; readonly text: string }[];
  /** Whatever else was not answered with no: medicines, words, answers of an older form that weigh nothing by themselves. */
  readonly said: readonly string[];
  /** What the prescriber found at the last consultation that was signed, the gravest first. */
  readonly found: { readonly date: string; readonly lines: readonly string[] } | null;
  /** What this practitioner gave or prescribed last. */
  readonly lastGiven: string | null;
  readonly elsewhere: string | null;
  /** From when on the interval allows another treatment; null where none is known of. */
  readonly next: string | null;
};

/** For who prescribes alone: whoever only injects reads no reasons (G4). */
export async function readKnowFirst(trx: Trx, visit: FoundVisit, prescriberId: string): Promise<KnowFirst> {
  const { patientId, timeZone } = visit;
  const answers = await findNewestAnswers(trx, patientId);
  const raised = raisedBy(answers?.answers);
  const found = await findLastFound(trx, patientId, prescriberId);
  const given = await findLastGiven(trx, patientId, prescriberId);
  const intervals = await readIntervals(trx, visit);
  return {
    answered: answers === undefined ? null : formatDate(answers.answeredAt, timeZone),
    raised: gravestFirst(raised).map(({ finding, severity, answer }) => ({
      weight: SEVERITY_WORDS[severity],
      text: `${nameOf(finding)}. The patient answered “${answer}”.`,
    })),
    said: describeHealthAnswers(answers?.answers)
      .filter(({ code, answer }) => answer !== 'No' && !raised.some((one) => one.code === code))
      .map(({ question, answer }) => `${question} ${answer}`),
    found:
      found === undefined
        ? null
        : {
            date: formatDate(found.signedAt, timeZone),
            lines: gravestFirst(found.findings).map(({ code, severity, note }) =>
              [`${SEVERITY_WORDS[severity]}: ${nameOf(code)}`, note].filter(Boolean).join('. '),
            ),
          },
    lastGiven:
      given === undefined
        ? null
        : `${givenInWords(given)}; ${formatDate(given.startedAt, timeZone)}, by ${given.by}`,
    elsewhere: answers?.lastTreatedElsewhereOn ? formatCalendarDate(answers.lastTreatedElsewhereOn) : null,
    next: intervals?.earliest ?? null,
  };
}

/** "Azzalure, 50 Speywood units, frown lines" */
export function givenInWords(given: {
  readonly productName: string;
  readonly units: number;
  readonly unitSystem: string | null;
  readonly regions: readonly string[];
}): string {
  const { productName, units, unitSystem, regions } = given;
  return [productName, dose(units, unitSystem), regionNames(regions).toLowerCase()]
    .filter((part) => part !== '')
    .join(', ');
}

function gravestFirst<Found extends { readonly severity: Severity }>(all: readonly Found[]): Found[] {
  return all.toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

function nameOf(code: string): string {
  return CONTRAINDICATIONS.find((one) => one.code === code)?.text ?? code;
}
