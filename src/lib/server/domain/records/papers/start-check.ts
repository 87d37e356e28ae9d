import { parseInstant } from '#lib/server/platform/instants.ts';
import { facts, heading, soft, text, type Paper } from '#lib/server/platform/paper/paper.ts';
import { PLACE_WORDS, type PrescriberPlace } from '../../care/prescriber-place.ts';
import type { Policy } from '../../policy/evaluate.ts';
import { factsOf } from '../../policy/codes.ts';
import { formatCalendarDate, formatDate, formatDateTime } from '../../shared/dates.ts';
import type { RecordPatient, RecordPrescription, RecordVisit } from '../record.ts';
import { clinicLines, paperOf, patientRows, personLines, type Making } from './frame.ts';

/** What the database wrote down as it let the treatment begin: `start_proof_write()`. */
export type StartFacts = {
  readonly age: number;
  readonly min_age: number;
  readonly consulted_at: string;
  readonly consult_valid_days: number;
  readonly prescribed_at: string;
  readonly prescription_expires_at: string;
  readonly consented_at: string | null;
  readonly consent_confirmed_at: string | null;
  readonly last_treated_at: string | null;
  readonly last_treated_elsewhere_on: string | null;
  readonly retreatment_days: number;
  readonly interval_overridden: boolean;
  readonly is_top_up: boolean;
  readonly may_inject_until: string | null;
  readonly prescribes_alone: boolean;
  readonly supervised_since: string | null;
  /** The rest of where the prescriber was: not written down before it was asked. */
  readonly prescriber_injects?: boolean;
  readonly prescriber_demanded?: PrescriberPlace;
  readonly prescriber_where?: PrescriberPlace | null;
  readonly prescriber_way?: string | null;
  readonly prescriber_here_since?: string | null;
  readonly cover_name: string | null;
  readonly vial_batch: string | null;
  readonly vial_custody: string | null;
};

const CUSTODY: Readonly<Record<string, string>> = {
  dispensed: 'dispensed for this patient',
  practice_stock: 'stock that the prescriber holds here',
};

/** The rules behind the check, each with where it comes from. */
const CITED = [
  ['Who may prescribe', 'prescriber_roles'],
  ['Who may inject', 'injector_roles'],
  ['Consultation', 'consult_mode'],
  ['Age', 'min_age'],
  ['Validity of a prescription', 'rx_validity_days'],
  ['Products', 'licensed_products'],
  ['Where the prescriber is', 'prescriber_onsite'],
] as const;

/** The printable proof: on this day this practitioner was permitted to treat this patient, because. */
export function startCheckPaper(
  patient: RecordPatient,
  visit: RecordVisit,
  prescription: RecordPrescription,
  making: Making & { proof: { madeAt: Temporal.Instant; facts: StartFacts }; policy: Policy },
): Paper {
  const { proof, policy } = making;
  const known = proof.facts;
  const { timeZone } = visit;
  const at = (text: string | null) => (text === null ? '' : formatDateTime(parseInstant(text), timeZone));
  const moment = formatDateTime(proof.madeAt, timeZone);
  return paperOf(visit, making, {
    title: 'Check at the start of a treatment',
    subtitle: `${patient.name}, ${moment}`,
    footer: 'Written by the database at the moment the treatment began; never changed since.',
    blocks: [
      text(
        `On ${moment} ${visit.practitioner.name} was permitted to treat ${patient.name}, because each of the following held at that moment.`,
      ),
      facts([
        ...patientRows(patient),
        ['Injector', personLines(visit.practitioner)],
        ['Prescriber', personLines(prescription.prescriber)],
        ['At', clinicLines(visit)],
      ]),
      heading('What held'),
      facts([
        [
          'Consultation',
          `Face to face with ${prescription.prescriber.name}, signed suitable on ${at(known.consulted_at)}; it stands for ${known.consult_valid_days} days.`,
        ],
        ['Age', `${known.age}; the least is ${known.min_age}.`],
        [
          'Prescription',
          `In the patient’s name, for ${prescription.injector.name}, written on ${at(known.prescribed_at)}, valid until ${at(known.prescription_expires_at)}, not used before.`,
        ],
        [
          'Consent',
          `Given by the patient on ${at(known.consented_at)}, confirmed with the injector on ${at(known.consent_confirmed_at)}.`,
        ],
        ['Interval', intervalText(known, timeZone)],
        [
          'Right to inject',
          known.may_inject_until === null
            ? 'Checked credentials that held at that moment.'
            : `Checked credentials, valid until ${formatDate(parseInstant(known.may_inject_until), timeZone)}.`,
        ],
        [
          'Supervision',
          known.prescribes_alone
            ? 'The injector may prescribe.'
            : `Under ${prescription.prescriber.name}, accepted by both, since ${at(known.supervised_since)}.`,
        ],
        ['Where the prescriber was', placeText(known, prescription.prescriber.name, at)],
        ['Cover for 28 days', known.cover_name ?? ''],
        [
          'Vial',
          known.vial_batch === null
            ? ''
            : `Batch ${known.vial_batch}, ${CUSTODY[known.vial_custody ?? ''] ?? 'custody on record'}.`,
        ],
      ]),
      heading(`The rules of ${factsOf(visit.jurisdiction).name} on that day`),
      facts(
        CITED.map(([term, key]) => [
          term,
          policy.decidedBy[key].map(
            ({ source, status }) => `${source}${status === 'assumed' ? ' (assumed)' : ''}`,
          ),
        ]),
      ),
      soft(
        '“Assumed” is a reading that nobody has confirmed yet. This paper is a record of what was checked, and no legal advice.',
      ),
    ],
  });
}

/** What the injector said, what the prescriber said themselves, and what the law there wants at least. */
function placeText(
  known: StartFacts,
  prescriber: string,
  at: (text: string | null) => string,
): string | string[] {
  if (known.prescriber_injects === undefined || known.prescriber_demanded === undefined)
    return 'Not asked at that time.';
  if (known.prescriber_injects) return 'With the patient: the prescriber gave the treatment.';
  const where = known.prescriber_where ?? null;
  if (where === null) return '';
  const { title } = PLACE_WORDS[where];
  const said =
    where === 'on_site'
      ? `${title}, as the injector said at the start; ${prescriber} had said so from their own account on ${at(known.prescriber_here_since ?? null)}.`
      : `${title}, as the injector said at the start; reached by: ${known.prescriber_way}.`;
  return [said, `Wanted there at least: ${PLACE_WORDS[known.prescriber_demanded].title.toLowerCase()}.`];
}

function intervalText(known: StartFacts, timeZone: string): string {
  if (known.is_top_up) return 'A top-up within the units kept back, after a review visit in person.';
  const last = [
    known.last_treated_at === null
      ? ''
      : `last here on ${formatDate(parseInstant(known.last_treated_at), timeZone)}`,
    known.last_treated_elsewhere_on === null
      ? ''
      : `elsewhere, as told, on ${formatCalendarDate(known.last_treated_elsewhere_on)}`,
  ].filter(Boolean);
  if (last.length === 0) return 'No treatment before this one is known here or was told from elsewhere.';
  return `Treated ${last.join(', and ')}; the interval is ${known.retreatment_days} days${known.interval_overridden ? ', set aside by the prescriber in writing' : ''}.`;
}
