import { regionNames } from '#lib/format/regions.ts';
import { facts, heading, notice, soft, type Block, type Paper } from '#lib/server/platform/paper/paper.ts';
import { factsOf } from '../../policy/codes.ts';
import { formatDate } from '../../shared/dates.ts';
import type { RecordPatient, RecordPrescription } from '../record.ts';
import { dose, inGroups, standingOf, type Standing } from '../words.ts';
import { clinicLines, paperOf, patientRows, personLines, type Making } from './frame.ts';

/** What it must say to be more than a clinic's own paper. */
const FOOTER =
  'Clinic record and directions to administer; not valid for supply by a pharmacy unless signed in ink or by advanced electronic signature.';

/** Where the particulars are asked for. Only what we have read is cited. */
const PARTICULARS: Readonly<Record<string, string>> = {
  GB: 'Particulars as the Human Medicines Regulations 2012, regulation 217, ask for them.',
};

const STAMPS: Readonly<Record<Standing, string | undefined>> = {
  valid: undefined,
  used: 'USED',
  cancelled: 'CANCELLED',
  expired: 'EXPIRED',
};

/** The printed prescription. `verify` is the public page that says how it stands. */
export function prescriptionPaper(
  patient: RecordPatient,
  prescription: RecordPrescription,
  making: Making & { verify: (code: string) => string },
): Paper {
  const { unitSystem, timeZone, prescriber, injector } = prescription;
  const standing = standingOf(prescription);
  const stamp = STAMPS[standing];
  return paperOf(prescription, making, {
    title: 'Prescription',
    subtitle: `For ${patient.name}, to be given once by ${injector.name}`,
    ...(stamp !== undefined && { stamp }),
    footer: FOOTER,
    blocks: [
      ...standingNotice(prescription, standing),
      facts([
        ...patientRows(patient),
        ['Address of the patient', '____________________________________________'],
      ]),
      heading('What is prescribed'),
      facts([
        ['Medicine', `${prescription.productName} (botulinum toxin type A), for injection`],
        ['Dose', `${dose(prescription.doseUnits, unitSystem)} in all`],
        [
          'Kept back for a top-up',
          prescription.topUpUnits > 0
            ? `${dose(prescription.topUpUnits, unitSystem)}, once, after a review visit in person`
            : 'Nothing',
        ],
        ['Where', regionNames(prescription.regions)],
        ['Directions', prescription.directions || 'As planned at the consultation.'],
        ['To be given by', personLines(injector)],
        ['Use', 'Single use. Units of other products are not the same and are never exchanged for these.'],
      ]),
      heading('Who prescribes'),
      facts([
        ['Prescriber', personLines(prescriber)],
        ['Address', clinicLines(prescription)],
        ['Date', formatDate(prescription.issuedAt, timeZone)],
        ['Valid until', formatDate(prescription.expiresAt, timeZone)],
      ]),
      ...law(prescription),
      { kind: 'lines', labels: ['Signature of the prescriber, where it is to be supplied by a pharmacy'] },
      {
        kind: 'code',
        title: 'Check that this prescription stands',
        text: 'Point a camera at the square, or type the code on the page. It says how the prescription stands, its date and two initials, and nothing else.',
        code: inGroups(prescription.code),
        link: making.verify(prescription.code),
      },
    ],
  });
}

function standingNotice(prescription: RecordPrescription, standing: Standing): Block[] {
  const { timeZone, endedAt, endReason, replacesIssuedAt, replacedIssuedAt, expiresAt } = prescription;
  const on = endedAt === null ? '' : formatDate(endedAt, timeZone);
  const blocks: Block[] = [];
  if (standing === 'cancelled')
    blocks.push(
      notice(
        'Cancelled',
        [
          `Cancelled on ${on}. Nothing may be given on it.`,
          endReason === '' ? '' : `Reason: ${endReason}`,
          replacedIssuedAt === null
            ? ''
            : `A new prescription was written on ${formatDate(replacedIssuedAt, timeZone)}.`,
        ]
          .filter(Boolean)
          .join(' '),
      ),
    );
  if (standing === 'used') blocks.push(notice('Used', `Used up on ${on}. It is given once.`));
  if (standing === 'expired')
    blocks.push(notice('Expired', `It ran out on ${formatDate(expiresAt, timeZone)}.`));
  if (replacesIssuedAt !== null)
    blocks.push(
      notice(
        'Written anew',
        `It takes the place of the prescription of ${formatDate(replacesIssuedAt, timeZone)}, which was cancelled.`,
      ),
    );
  return blocks;
}

function law({ jurisdiction }: RecordPrescription): Block[] {
  const cited = PARTICULARS[factsOf(jurisdiction).country_code];
  return cited === undefined ? [] : [soft(cited)];
}
