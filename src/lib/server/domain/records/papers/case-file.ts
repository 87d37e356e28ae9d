import { facts, heading, list, text, type Paper } from '#lib/server/platform/paper/paper.ts';
import { formatDateTime } from '../../shared/dates.ts';
import type { ClinicalRecord, Person } from '../record.ts';
import { paperOf, patientRows, personLines, type Making } from './frame.ts';
import { latestPlace, recordBlocks } from './record.ts';

export type CaseFile = {
  readonly id: string;
  readonly forWhom: 'insurer' | 'regulator';
  readonly recipient: string;
  readonly reason: string;
  readonly madeAt: Temporal.Instant;
  readonly practitioner: Person;
};

const FOR_WHOM = { insurer: 'An insurer', regulator: 'A regulator' } as const;

/** What a practitioner hands to an insurer or a regulator: their own part of the record, as it was when it was made. */
export function caseFilePaper(record: ClinicalRecord, file: CaseFile, making: Making): Paper {
  const place = latestPlace(record);
  return paperOf(place, making, {
    title: 'Case file',
    subtitle: `${record.patient.name}, as of ${formatDateTime(file.madeAt, place.timeZone)}`,
    footer: 'Confidential: for the recipient named on the first page alone.',
    blocks: [
      facts([
        ...patientRows(record.patient),
        ['For', `${FOR_WHOM[file.forWhom]}: ${file.recipient}`],
        ['Why', file.reason],
        ['Made by', personLines(file.practitioner)],
        ['Made', formatDateTime(file.madeAt, place.timeZone)],
      ]),
      heading('What it holds'),
      list([
        'What the practitioner named above has held, prescribed or given, and no other part of the record.',
        `${record.consultations.length} consultations, ${record.prescriptions.length} prescriptions, ${record.treatments.length} treatments, ${record.reviews.length} review visits.`,
        'Signed records as they were signed; what was added later stands beneath, with its date.',
      ]),
      text('The patient sees in their own record that this file was made, by whom, for whom and why.'),
      ...recordBlocks(record),
    ],
  });
}
