import { dose } from '#lib/format/dose.ts';
import { regionNames } from '#lib/format/regions.ts';
import {
  facts,
  heading,
  notice,
  soft,
  type Block,
  type Fact,
  type Paper,
} from '#lib/server/platform/paper/paper.ts';
import { PARTICULARS, type Particular } from '../../policy/codes.ts';
import type { Policy } from '../../policy/evaluate.ts';
import { formatDate } from '../../shared/dates.ts';
import type { RecordPatient, RecordPrescription } from '../record.ts';
import { inGroups, professionOf, registeredAs, standingOf, type Standing } from '../words.ts';
import { paperOf, patientRows, personLines, type Making } from './frame.ts';

/** What it must say to be more than a clinic's own paper. */
const FOOTER =
  'Clinic record and directions to administer; not valid for supply by a pharmacy unless signed in ink or by advanced electronic signature.';

type Section = 'patient' | 'medicine' | 'prescriber';
type Say = (patient: RecordPatient, prescription: RecordPrescription) => Fact | null;

/** To be filled in by hand. */
const BLANK = '____________________________________________';

/** Under which heading each particular stands, and what is said of it. */
const SAYS: Readonly<Record<Particular, readonly [under: Section, say: Say]>> = {
  patient_name: ['patient', (patient) => patientRows(patient)[0]!],
  patient_birth: ['patient', (patient) => patientRows(patient)[1]!],
  patient_address: ['patient', ({ address }) => ['Address of the patient', address.trim() || BLANK]],
  medicine: [
    'medicine',
    (_, { productName }) => ['Medicine', `${productName} (botulinum toxin type A), for injection`],
  ],
  dose: ['medicine', (_, { doseUnits, unitSystem }) => ['Dose', `${dose(doseUnits, unitSystem)} in all`]],
  quantity: [
    'medicine',
    (_, { doseUnits, topUpUnits, unitSystem }) => [
      'Quantity',
      `${dose(doseUnits + topUpUnits, unitSystem)}${topUpUnits > 0 ? ', with what is kept back' : ''}`,
    ],
  ],
  directions: [
    'medicine',
    (_, { directions }) => ['Directions', directions || 'As planned at the consultation.'],
  ],
  repeats: [
    'medicine',
    (_, { topUpUnits }) => [
      'Repeats',
      topUpUnits > 0 ? 'None, but for the top-up within the units kept back' : 'None',
    ],
  ],
  purpose: [
    'medicine',
    (_, { regions }) => ['What it is for', `Lines and movement: ${regionNames(regions).toLowerCase()}`],
  ],
  injector: ['medicine', (_, { injector }) => ['To be given by', personLines(injector)]],
  prescriber_name: ['prescriber', (_, { prescriber }) => ['Prescriber', prescriber.name]],
  prescriber_profession: [
    'prescriber',
    (_, { prescriber }) => ['Kind of practitioner', professionOf(prescriber)],
  ],
  prescriber_registration: ['prescriber', (_, { prescriber }) => ['Registered', registeredAs(prescriber)]],
  prescriber_address: ['prescriber', (_, { clinicName, address }) => ['Address', [clinicName, address]]],
  prescriber_telephone: ['prescriber', (_, { clinicPhone }) => ['Telephone', clinicPhone]],
  date: ['prescriber', (_, { issuedAt, timeZone }) => ['Date', formatDate(issuedAt, timeZone)]],
  expiry: ['prescriber', (_, { expiresAt, timeZone }) => ['Valid until', formatDate(expiresAt, timeZone)]],
  // Further down, by hand.
  signature: ['prescriber', () => null],
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
  making: Making & { verify: (code: string) => string; policy: Policy },
): Paper {
  const { unitSystem, topUpUnits, regions, injector } = prescription;
  const standing = standingOf(prescription);
  const stamp = STAMPS[standing];
  const { policy } = making;
  const asked = (section: Section) =>
    PARTICULARS.filter((code) => policy.prescription_particulars.includes(code)).flatMap((code) => {
      const [under, say] = SAYS[code];
      const fact = under === section ? say(patient, prescription) : null;
      return fact === null ? [] : [fact];
    });
  return paperOf(prescription, making, {
    title: 'Prescription',
    subtitle: `For ${patient.name}, to be given once by ${injector.name}`,
    ...(stamp !== undefined && { stamp }),
    footer: FOOTER,
    blocks: [
      ...standingNotice(prescription, standing),
      facts(asked('patient')),
      heading('What is prescribed'),
      facts([
        ...asked('medicine'),
        [
          'Kept back for a top-up',
          topUpUnits > 0
            ? `${dose(topUpUnits, unitSystem)}, once, after a review visit in person`
            : 'Nothing',
        ],
        ['Where', regionNames(regions)],
        ['Use', 'Single use. Units of other products are not the same and are never exchanged for these.'],
      ]),
      heading('Who prescribes'),
      facts(asked('prescriber')),
      soft(askedBy(policy)),
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

/** Whose rules ask for what stands here; a reading that nobody has confirmed is called one. */
function askedBy({ decidedBy }: Policy): string {
  const laws = decidedBy.prescription_particulars
    .filter(({ jurisdiction }) => jurisdiction !== 'platform')
    .map(
      ({ source, status }) =>
        `${source}${status === 'assumed' ? ' (assumed: nobody has confirmed this reading)' : ''}`,
    );
  return laws.length === 0
    ? 'Particulars as Steadyhand’s own rule asks for them.'
    : `Particulars as these ask for them: ${laws.join('; ')}.`;
}
