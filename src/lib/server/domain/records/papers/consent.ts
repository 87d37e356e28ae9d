import { dose } from '#lib/format/dose.ts';
import { regionNames } from '#lib/format/regions.ts';
import { parseInstant } from '#lib/server/platform/instants.ts';
import { facts, heading, list, notice, text, type Paper } from '#lib/server/platform/paper/paper.ts';
import { consentFormOn } from '../../care/consent-forms.ts';
import { CONSENT_ITEMS } from '../../care/consent-text.ts';
import { RISKS } from '../../care/risks.ts';
import { factsOf, type Jurisdiction } from '../../policy/codes.ts';
import { formatCalendarDate, formatDate, formatDateTime } from '../../shared/dates.ts';
import type { RecordPatient, RecordPrescription } from '../record.ts';
import { clinicLines, paperOf, patientRows, personLines, type Making } from './frame.ts';

/**
 * The consent form: what was read, what was agreed to, and when. Where nothing is agreed yet it is the form to read at
 * home, or to sign on paper with a witness.
 */
export function consentPaper(
  patient: RecordPatient,
  prescription: RecordPrescription,
  making: Making,
): Paper {
  const { consent, timeZone, unitSystem } = prescription;
  const on = (at: string | null) => (at === null ? '' : formatDateTime(parseInstant(at), timeZone));
  return paperOf(prescription, making, {
    title: 'Consent to treatment',
    subtitle: `${patient.name}, treatment by ${prescription.injector.name}`,
    ...(consent?.state === 'withdrawn' && { stamp: 'TAKEN BACK' }),
    blocks: [
      ...(consent?.state === 'withdrawn'
        ? [notice('Consent taken back', `On ${on(consent.withdrawnAt)}. Nothing is given on it.`)]
        : []),
      facts([
        ...patientRows(patient),
        ['Prescribed by', personLines(prescription.prescriber)],
        ['On', formatDate(prescription.issuedAt, timeZone)],
        ['Who will treat', personLines(prescription.injector)],
        ['Medicine', `${prescription.productName}, at most ${dose(prescription.doseUnits, unitSystem)}`],
        ['Where', regionNames(prescription.regions)],
        ['At', clinicLines(prescription)],
      ]),
      ...(consent === null || consent.said.length > 0
        ? []
        : [heading('What can go wrong'), list(RISKS.map(({ title, text: words }) => `${title}. ${words}`))]),
      text(
        'Doing nothing is a good choice too. You may say no, now or later, and need give no reason. What you decide never changes how you are cared for.',
      ),
      heading('What is agreed to, each on its own'),
      list(agreedTo(prescription)),
      ...(consent === null
        ? [
            text('Not agreed to yet. Whoever signs on paper does so before a witness, and keeps a copy.'),
            {
              kind: 'lines' as const,
              labels: [
                'Signature of the patient, and date',
                'Name and signature of the witness, and date',
                'Name of the interpreter, where there was one',
              ],
            },
          ]
        : [
            facts([
              [
                'Agreed by',
                consent.paper === null
                  ? `${patient.name}, with an account of their own`
                  : `${patient.name}, on paper, signed ${formatCalendarDate(consent.paper.signedOn)} before ${consent.paper.witness}`,
              ],
              ['Agreed', on(consent.givenAt)],
              [
                'Confirmed on the day, with the injector',
                consent.confirmedAt === null ? 'Not yet' : on(consent.confirmedAt),
              ],
              ['Translated by', consent.interpreter || 'Nobody: not needed'],
              ['Version of the wording', consent.textVersion],
            ]),
          ]),
      text(`Under the law of ${factsOf(prescription.jurisdiction).name}.`),
    ],
  });
}

/** The items in the words that were read; where nothing is agreed yet, those of the form of the day of the prescription. */
function agreedTo({ consent, jurisdiction, issuedAt }: RecordPrescription): string[] {
  const words = ({ title, text: said }: { title: string; text: string }) => `${title}. ${said}`;
  if (consent === null)
    return consentFormOn(jurisdiction as Jurisdiction, issuedAt.toString().slice(0, 10)).items.map(words);
  if (consent.said.length > 0) return consent.said.map(words);
  return CONSENT_ITEMS.filter(({ code }) => consent.items.includes(code)).map(({ label }) => label);
}
