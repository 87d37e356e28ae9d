import type { PaperName } from '#lib/paths.ts';
import type { Db, Trx } from '#lib/server/platform/db.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import type { Paper } from '#lib/server/platform/paper/paper.ts';
import { renderPaper } from '#lib/server/platform/paper/render.ts';
import { recordAudit } from '../audit/record-audit.ts';
import type { Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { factsOf, type Jurisdiction } from '../policy/codes.ts';
import type { Policy } from '../policy/evaluate.ts';
import { policyOf } from '../policy/reads.ts';
import { aftercarePaper } from './papers/aftercare.ts';
import { consentPaper } from './papers/consent.ts';
import { gpLetterPaper } from './papers/gp-letter.ts';
import { prescriptionPaper } from './papers/prescription.ts';
import { startCheckPaper, type StartFacts } from './papers/start-check.ts';
import { caseFilePaper } from './papers/case-file.ts';
import { recordPaper } from './papers/record.ts';
import { openingOf, type Opening } from './opening.ts';
import { treatmentCardPaper } from './papers/treatment-card.ts';
import {
  findCaseFile,
  findPatientBehind,
  findPhotos,
  findPrescriptions,
  findRecord,
  findStartProof,
  findTreatments,
  findTreatmentVisit,
} from './queries.ts';
import type { RecordPatient, RecordPrescription, RecordTreatment } from './record.ts';

/** The papers that can be printed, each named after what its id is of. */
export const PAPERS = [
  'prescription',
  'consent',
  'treatment-card',
  'aftercare',
  'start-check',
  'gp-letter',
  'record',
  'case-file',
] as const satisfies readonly PaperName[];
export type { PaperName };

export function isPaper(name: string): name is PaperName {
  return (PAPERS as readonly string[]).includes(name);
}

/** Addresses that are printed on papers. */
export type PaperLinks = {
  readonly verify: (code: string) => string;
  readonly card: (code: string) => string;
};

type PaperMaking = PaperLinks & { readonly madeAt: Temporal.Instant };

/** A paper ready to be sent, and what the file is called. */
export type OpenedPaper = { readonly bytes: Uint8Array; readonly fileName: string };

type Maker = {
  readonly of: 'prescription' | 'appointment' | 'patient' | 'case_file';
  readonly make: (trx: Trx, id: string, opening: Opening, making: PaperMaking) => Promise<Paper | undefined>;
};

const makers: Record<PaperName, Maker> = {
  prescription: ofPrescription(prescriptionPaper),
  consent: ofPrescription(consentPaper),
  'treatment-card': ofTreatment(treatmentCardPaper),
  aftercare: ofTreatment(aftercarePaper),
  'gp-letter': ofTreatment((patient, treatment, making) =>
    gpLetterPaper(patient, treatment, { ...making, country: factsOf(treatment.jurisdiction).country_code }),
  ),
  'start-check': { of: 'appointment', make: makeStartCheck },
  record: { of: 'patient', make: makeRecord },
  'case-file': { of: 'case_file', make: makeCaseFilePaper },
};

/** Papers that only the patient prints. */
const PATIENT_ALONE: readonly PaperName[] = ['gp-letter'];

function ofPrescription(
  paper: (
    patient: RecordPatient,
    prescription: RecordPrescription,
    making: PaperMaking & { policy: Policy },
  ) => Paper,
): Maker {
  return {
    of: 'prescription',
    async make(trx, id, { patient, scope }, making) {
      const [prescription] = await findPrescriptions(trx, scope, id);
      if (prescription === undefined) return undefined;
      // What is written has to be what the law wanted on that day.
      const policy = await policyThere(trx, prescription, prescription.issuedAt);
      return paper(patient, prescription, { ...making, policy });
    },
  };
}

function ofTreatment(
  paper: (
    patient: RecordPatient,
    treatment: RecordTreatment,
    making: PaperMaking & { policy: Policy },
  ) => Paper,
): Maker {
  return {
    of: 'appointment',
    async make(trx, id, { patient, scope }, making) {
      const [treatment] = await findTreatments(trx, scope, id);
      if (treatment === undefined) return undefined;
      return paper(patient, treatment, {
        ...making,
        policy: await policyThere(trx, treatment, making.madeAt),
      });
    },
  };
}

/** Of the prescriber's name and health nothing is told that an injector may not know: the facts of the gate alone. */
async function makeStartCheck(
  trx: Trx,
  id: string,
  { patient, scope }: Opening,
  making: PaperMaking,
): Promise<Paper | undefined> {
  const visit = await findTreatmentVisit(trx, scope, id);
  const found = await findStartProof(trx, id);
  if (visit === undefined || visit.prescriptionId === null || found === undefined) return undefined;
  const [prescription] = await findPrescriptions(
    trx,
    { ...scope, practitionerId: null },
    visit.prescriptionId,
  );
  if (prescription === undefined) return undefined;
  const proof = { madeAt: found.madeAt, facts: found.facts as StartFacts };
  const policy = await policyThere(trx, visit, proof.madeAt);
  return startCheckPaper(patient, visit, prescription, { ...making, proof, policy });
}

/** All of it for the patient, their own part for a practitioner who has one. */
async function makeRecord(
  trx: Trx,
  _: string,
  { patient, scope, isPatient }: Opening,
  { madeAt }: PaperMaking,
): Promise<Paper | undefined> {
  const record = await findRecord(trx, patient, scope);
  if (!isPatient && record.visits.length + record.prescriptions.length === 0) return undefined;
  return recordPaper(record, { madeAt, isWhole: isPatient, photos: await findPhotos(trx, record) });
}

/** As the record was when the file was made; its practitioner opens it, and the patient may read what was handed out. */
async function makeCaseFilePaper(
  trx: Trx,
  id: string,
  { patient, scope, isPatient }: Opening,
  making: PaperMaking,
): Promise<Paper | undefined> {
  const file = await findCaseFile(trx, id);
  if (file === undefined || !(isPatient || file.practitioner.id === scope.practitionerId)) return undefined;
  const within = { patientId: patient.id, practitionerId: file.practitioner.id, until: file.madeAt };
  return caseFilePaper(await findRecord(trx, patient, within), file, making);
}

function policyThere(
  trx: Trx,
  { jurisdiction, timeZone }: { jurisdiction: string; timeZone: string },
  at: Temporal.Instant,
): Promise<Policy> {
  const day = at.toZonedDateTimeISO(timeZone).toPlainDate();
  return policyOf(trx, jurisdiction as Jurisdiction, day);
}

/**
 * Opens one paper for the patient whose it is, or for the practitioners whom it names. For anybody else it does not exist
 * (P1). That it was opened is written down, whoever did (P2).
 */
export async function openPaper(
  db: Db,
  actor: Actor,
  input: { paper: PaperName; id: string; links: PaperLinks },
): Promise<OpenedPaper> {
  const paper = await transact(db, actor, async (trx) => {
    const maker = makers[input.paper];
    const patientId = await findPatientBehind(trx, maker.of, input.id);
    if (patientId === undefined) throw new Refusal('not_found');
    const opening = await openingOf(trx, actor, patientId);
    if (PATIENT_ALONE.includes(input.paper) && !opening.isPatient) throw new Refusal('not_found');
    const madeAt = await appNow(trx);
    const made = await maker.make(trx, input.id, opening, { ...input.links, madeAt });
    if (made === undefined) throw new Refusal('not_found');
    await recordAudit(trx, {
      stream: { kind: 'patient', id: patientId },
      action: 'paper.opened',
      subjectType: maker.of,
      subjectId: input.id,
      detail: { paper: input.paper },
    });
    return made;
  });
  // Drawn outside of the transaction: it takes a while, and needs the database no more.
  return { bytes: await renderPaper(paper), fileName: `${input.paper}.pdf` };
}
