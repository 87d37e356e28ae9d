import { dose } from '#lib/format/dose.ts';
import { regionNames } from '#lib/format/regions.ts';
import { facts, text, type Paper } from '#lib/server/platform/paper/paper.ts';
import type { Policy } from '../../policy/evaluate.ts';
import { formatCalendarDate, formatDate } from '../../shared/dates.ts';
import { totalUnits, unitsByRegion, type RecordPatient, type RecordTreatment } from '../record.ts';
import { clinicLines, paperOf, patientRows, personLines, type Making } from './frame.ts';

/** What a family doctor is called. */
const FAMILY_DOCTOR: Readonly<Record<string, string>> = {
  US: 'primary care provider',
  CA: 'family physician',
};

/** A letter to the patient's own doctor. Only the patient prints it: handing it over is the consent. */
export function gpLetterPaper(
  patient: RecordPatient,
  treatment: RecordTreatment,
  making: Making & { policy: Policy; country: string },
): Paper {
  const { timeZone, unitSystem, points } = treatment;
  const doctor = FAMILY_DOCTOR[making.country] ?? 'general practitioner';
  return paperOf(treatment, making, {
    title: `To the ${doctor} of ${patient.name}`,
    subtitle: `About a treatment on ${formatDate(treatment.startedAt, timeZone)}`,
    blocks: [
      { kind: 'lines', labels: [`Name and address of the ${doctor}`] },
      text('Dear colleague,'),
      text(
        `Your patient ${patient.name} has had a cosmetic treatment with botulinum toxin type A, after a face-to-face consultation with a prescriber. The patient gives you this letter for your record.`,
      ),
      facts([
        ...patientRows(patient),
        ['Date', formatDate(treatment.startedAt, timeZone)],
        ['Medicine', treatment.productName],
        ['Batch', `${treatment.batch}, use by ${formatCalendarDate(treatment.batchExpiresOn)}`],
        ['Dose', dose(totalUnits(points), unitSystem)],
        [
          'Where',
          unitsByRegion(points).map(({ region, units }) => `${regionNames([region])}: ${units} units`),
        ],
        ['Immediate reaction', treatment.immediateReaction || 'None recorded'],
        ['Given by', personLines(treatment.injector)],
        ['Prescribed by', treatment.prescriber === null ? '' : personLines(treatment.prescriber)],
        ['Clinic', clinicLines(treatment)],
      ]),
      text(
        'Please bear it in mind where you think of aminoglycosides, muscle relaxants or other medicines that act on neuromuscular transmission, and with new trouble in swallowing, speech, breathing or vision in the weeks after it. Spread of the effect is rare and can begin late.',
      ),
      text(
        `A suspected side effect can be reported at ${making.policy.adverse_event_url}; the batch is named above. For questions call the clinic.`,
      ),
      text('Yours sincerely,'),
      { kind: 'lines', labels: [treatment.injector.name] },
    ],
  });
}
