import { dose } from '#lib/format/dose.ts';
import { regionNames } from '#lib/format/regions.ts';
import { facts, heading, notice, text, type Paper } from '#lib/server/platform/paper/paper.ts';
import { DEVIATION_WORDS } from '../../care/treatment.ts';
import type { Policy } from '../../policy/evaluate.ts';
import { formatCalendarDate, formatDateTime } from '../../shared/dates.ts';
import { totalUnits, unitsByRegion, type RecordPatient, type RecordTreatment } from '../record.ts';
import { inGroups } from '../words.ts';
import { nextEarliest } from './aftercare.ts';
import { clinicLines, paperOf, patientRows, personLines, type Making } from './frame.ts';

/** What was given, to be carried along. Its code opens these lines, and no more, to a clinician in an emergency. */
export function treatmentCardPaper(
  patient: RecordPatient,
  treatment: RecordTreatment,
  making: Making & { policy: Policy; card: (code: string) => string },
): Paper {
  const { timeZone, unitSystem, code } = treatment;
  const { emergency_number } = making.policy;
  return paperOf(treatment, making, {
    title: 'Treatment card',
    subtitle: `${patient.name}, ${formatDateTime(treatment.startedAt, timeZone)}`,
    blocks: [
      facts([
        ...patientRows(patient),
        ['Medicine', `${treatment.productName} (botulinum toxin type A)`],
        ['Batch', `${treatment.batch}, use by ${formatCalendarDate(treatment.batchExpiresOn)}`],
        ['In all', dose(totalUnits(treatment.points), unitSystem)],
        ['Given by', personLines(treatment.injector)],
        ['Prescribed by', treatment.prescriber === null ? '' : personLines(treatment.prescriber)],
        ['At', clinicLines(treatment)],
        ['Not again before', nextEarliest(treatment) ?? 'Ask whoever treated you'],
      ]),
      {
        kind: 'table',
        caption: 'Units by region',
        head: ['Region', 'Units'],
        rows: unitsByRegion(treatment.points).map(({ region, units }) => [
          regionNames([region]),
          dose(units, unitSystem),
        ]),
        widths: [2, 1],
      },
      ...(treatment.endedAs === 'stopped' ? [text('The treatment was stopped before its end.')] : []),
      ...(treatment.deviations.length > 0
        ? [
            heading('What differed from the prescription'),
            facts(treatment.deviations.map(({ kind, reason }) => [DEVIATION_WORDS[kind], reason])),
          ]
        : []),
      notice(
        'Whom to call',
        [
          `Trouble breathing, swallowing or speaking: ${emergency_number}.`,
          `The clinic: ${treatment.clinicPhone}.`,
          treatment.outOfHoursPhone
            ? `Out of hours: ${[treatment.outOfHoursName, treatment.outOfHoursPhone].filter(Boolean).join(', ')}.`
            : '',
        ]
          .filter(Boolean)
          .join(' '),
      ),
      ...(code === null || treatment.codeEnded
        ? [text('The code of this card has been ended by the patient.')]
        : [
            {
              kind: 'code' as const,
              title: 'For a clinician in an emergency',
              text: 'Opens these lines for 72 hours to whoever gives a name and a place of work. The patient is told.',
              code: inGroups(code),
              link: making.card(code),
            },
          ]),
    ],
  });
}
