import { dose } from '#lib/format/dose.ts';
import { regionNames } from '#lib/format/regions.ts';
import { parseInstant } from '#lib/server/platform/instants.ts';
import { facts, heading, soft, text, type Block, type Paper } from '#lib/server/platform/paper/paper.ts';
import { OUTCOME_WORDS, type Outcome } from '../../care/consultation.ts';
import { CONTRAINDICATIONS } from '../../care/contraindications.ts';
import { describeHealthAnswers } from '../../care/health-questions.ts';
import { RISKS } from '../../care/risks.ts';
import { DEVIATION_WORDS } from '../../care/treatment.ts';
import { formatCalendarDate, formatDate, formatDateTime } from '../../shared/dates.ts';
import {
  totalUnits,
  unitsByRegion,
  type ClinicalRecord,
  type Place,
  type RecordConsultation,
  type RecordPhotos,
  type RecordPrescription,
  type RecordReview,
  type RecordTreatment,
  type RecordUrgent,
  type RecordVisit,
} from '../record.ts';
import { standingOf } from '../words.ts';
import { clinicLines, paperOf, patientRows, personLines, type Making } from './frame.ts';

/** The whole record, to be taken along, with what the patient wrote and showed in an urgent message. */
export function recordPaper(
  record: ClinicalRecord,
  making: Making & { isWhole: boolean; photos: RecordPhotos },
): Paper {
  const { patient, urgent } = record;
  return paperOf(latestPlace(record), making, {
    title: `Record of ${patient.name}`,
    subtitle: making.isWhole
      ? 'Everything that Steadyhand keeps of consultations and treatments'
      : 'The part of the practitioner who printed it',
    blocks: [
      facts(patientRows(patient)),
      ...recordBlocks(record),
      ...urgent.flatMap((one) => urgentBlocks(one, making.photos)),
    ],
  });
}

/** Every kind of thing in turn, the latest first. */
export function recordBlocks(record: ClinicalRecord): Block[] {
  const { answers, consultations, prescriptions, treatments, reviews, visits } = record;
  if (visits.length + answers.length + prescriptions.length === 0)
    return [text('Nothing has been written yet.')];
  return [
    ...treatments.flatMap(treatmentBlocks),
    ...reviews.flatMap((review) => reviewBlocks(review, visits)),
    ...prescriptions.flatMap(prescriptionBlocks),
    ...consultations.flatMap(consultationBlocks),
    ...answers.flatMap(({ answers: given, answeredAt, version }) => [
      heading(`Health answers, version ${version}, of ${formatDate(answeredAt, 'UTC')}`),
      facts(describeHealthAnswers(given).map(({ question, answer }) => [question, answer])),
    ]),
  ];
}

/** Where the latest thing took place: its language, paper and clock. */
export function latestPlace({
  visits,
  prescriptions,
}: ClinicalRecord): Pick<Place, 'jurisdiction' | 'timeZone'> {
  return visits[0] ?? prescriptions[0] ?? { jurisdiction: 'england', timeZone: 'Europe/London' };
}

function consultationBlocks(record: RecordConsultation): Block[] {
  const { timeZone } = record;
  return [
    heading(`Consultation, ${formatDateTime(record.signedAt, timeZone)}`),
    facts([
      ['With', personLines(record.prescriber)],
      ['At', clinicLines(record)],
      ['Outcome', OUTCOME_WORDS[record.outcome as Outcome] ?? record.outcome],
      ['Identity and age seen', record.identityDocument],
      ['Seen alone', record.seenAlone ? 'Yes, for a part of it' : 'No'],
      ['Chaperone', record.chaperone],
      ['Regions', regionNames(record.regions)],
      ['History', record.history],
      ['Examination', record.examination],
      ['Before any treatment', record.baseline],
      ['Movement to keep', record.movementToKeep],
      ['Wished for', record.desiredResult],
      ['Other ways, and doing nothing', record.alternatives],
      [
        'Findings',
        record.findings.map(({ code, note }) =>
          [CONTRAINDICATIONS.find((one) => one.code === code)?.text ?? code, note].filter(Boolean).join(': '),
        ),
      ],
      ...record.questions.map(({ question, answer }): [string, string] => [`Asked: ${question}`, answer]),
      [
        'Risks told and understood',
        record.risks
          .filter(({ acknowledged }) => acknowledged)
          .map(({ code }) => RISKS.find((risk) => risk.code === code)?.title ?? code)
          .join(', '),
      ],
      ['Plan', record.plan],
      ...record.addenda.map(({ kind, text: words, writtenAt }): [string, string] => [
        `${kind === 'entered_in_error' ? 'Entered in error' : 'Added'}, ${formatDateTime(parseInstant(writtenAt), timeZone)}`,
        words,
      ]),
    ]),
  ];
}

function prescriptionBlocks(prescription: RecordPrescription): Block[] {
  const { timeZone, unitSystem, consent } = prescription;
  const at = (instant: string | null) =>
    instant === null ? '' : formatDateTime(parseInstant(instant), timeZone);
  return [
    heading(`Prescription, ${formatDateTime(prescription.issuedAt, timeZone)}`),
    facts([
      ['How it stands', [standingOf(prescription), prescription.endReason].filter(Boolean).join(': ')],
      ['Medicine', prescription.productName],
      ['Dose', dose(prescription.doseUnits, unitSystem)],
      [
        'Kept back for a top-up',
        prescription.topUpUnits > 0 ? dose(prescription.topUpUnits, unitSystem) : '',
      ],
      ['Where', regionNames(prescription.regions)],
      ['Directions', prescription.directions],
      ['Prescriber', personLines(prescription.prescriber)],
      ['Injector', personLines(prescription.injector)],
      ['Valid until', formatDate(prescription.expiresAt, timeZone)],
      ['Consent given', at(consent?.givenAt ?? null)],
      ['Consent confirmed on the day', at(consent?.confirmedAt ?? null)],
      ['Consent taken back', at(consent?.withdrawnAt ?? null)],
    ]),
  ];
}

function treatmentBlocks(treatment: RecordTreatment): Block[] {
  const { timeZone, unitSystem, points } = treatment;
  return [
    heading(
      `${treatment.isTopUp ? 'Top-up' : 'Treatment'}, ${formatDateTime(treatment.startedAt, timeZone)}`,
    ),
    facts([
      ['Given by', personLines(treatment.injector)],
      ['Prescribed by', treatment.prescriber === null ? '' : personLines(treatment.prescriber)],
      ['At', clinicLines(treatment)],
      ['Medicine', treatment.productName],
      ['Batch', `${treatment.batch}, use by ${formatCalendarDate(treatment.batchExpiresOn)}`],
      ['Diluent', treatment.diluentMl === null ? '' : `${treatment.diluentMl} ml`],
      ['In all', dose(totalUnits(points), unitSystem)],
      ['Ended', treatment.endedAs === 'stopped' ? 'Stopped before the end' : 'As planned'],
      ['Reaction at once', treatment.immediateReaction],
      ['Note', treatment.note],
      ...treatment.deviations.map(({ kind, reason }): [string, string] => [DEVIATION_WORDS[kind], reason]),
    ]),
    {
      kind: 'table',
      caption: 'Units by region',
      head: ['Region', 'Points', 'Units'],
      rows: unitsByRegion(points).map(({ region, units }) => [
        regionNames([region]),
        String(points.filter((point) => point.region === region).length),
        dose(units, unitSystem),
      ]),
      widths: [2, 1, 1.4],
    },
  ];
}

function urgentBlocks(one: RecordUrgent, photos: RecordPhotos): Block[] {
  const { timeZone, sentAt, answeredAt, photoId } = one;
  const sent = formatDateTime(sentAt, timeZone);
  const bytes = photoId === null ? undefined : photos.get(photoId);
  return [
    heading(`Urgent message, ${sent}`),
    facts([
      ['The patient wrote', one.message],
      ['About the treatment at', clinicLines(one)],
      [
        'Answered',
        answeredAt === null ? 'Not yet' : `${formatDateTime(answeredAt, timeZone)}, by ${one.answeredBy}`,
      ],
    ]),
    ...(bytes === undefined
      ? []
      : [{ kind: 'picture' as const, alt: `Photo that came with the message of ${sent}`, bytes }]),
  ];
}

function reviewBlocks(review: RecordReview, visits: readonly RecordVisit[]): Block[] {
  const visit = visits.find(({ id }) => id === review.appointmentId);
  const zone = visit?.timeZone ?? 'UTC';
  return [
    heading(`Review visit, ${formatDateTime(review.writtenAt, zone)}`),
    facts([
      ['With', visit === undefined ? '' : personLines(visit.practitioner)],
      ['Findings', review.findings],
      ['Both sides alike', review.symmetrical === null ? '' : review.symmetrical ? 'Yes' : 'No'],
      ['Movement kept', review.movementKept],
      ['Unwanted effect', review.adverseEvent],
    ]),
    ...(visit === undefined ? [soft('The visit itself is not part of this copy.')] : []),
  ];
}
