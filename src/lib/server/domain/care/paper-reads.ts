import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import type { Evidence, EvidenceType } from '../credentials/evidence.ts';
import { auditReads, requireDesk } from '../reception/access.ts';
import type { Actor } from '../shared/actor.ts';
import { formatCalendarDate } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { findDeskConsents, findPaper, type DeskConsent } from './paper-queries.ts';

/** Whose consent a desk may take in on paper, and which stand on paper. That they were shown is written down (P2). */
export async function readDeskConsents(db: Db, actor: Actor) {
  return transact(db, actor, async (trx) => {
    const desk = await requireDesk(trx, actor);
    const found = await findDeskConsents(trx);
    await auditReads(
      trx,
      'consents.read_at_desk',
      desk,
      found.map(({ patientId }) => patientId),
    );
    return {
      awaited: found.filter(({ signedOn }) => signedOn === null).map(shown),
      onPaper: found.filter(({ signedOn }) => signedOn !== null).map(shown),
    };
  });
}

function shown(one: DeskConsent) {
  return {
    prescriptionId: one.prescriptionId,
    patientName: one.patientName,
    born: formatCalendarDate(one.born),
    injectorName: one.injectorName,
    prescriberName: one.prescriberName,
    clinicName: one.clinicName,
    issued: formatCalendarDate(one.issuedOn),
    expires: formatCalendarDate(one.expiresOn),
    signed: one.signedOn && formatCalendarDate(one.signedOn),
    witnessName: one.witnessName,
  };
}

/** The scan of a signed form: for the patient, and for who prescribes or injects. Anybody else finds none (P1, P2). */
export async function readPaperConsent(db: Db, actor: Actor, prescriptionId: string): Promise<Evidence> {
  return transact(db, actor, async (trx) => {
    const paper = await findPaper(trx, prescriptionId);
    if (paper === undefined) throw new Refusal('not_found');
    await recordAudit(trx, {
      stream: { kind: 'patient', id: paper.patientId },
      action: 'consent_paper.read',
      subjectType: 'prescription',
      subjectId: prescriptionId,
    });
    return { name: paper.name, type: paper.type as EvidenceType, bytes: paper.bytes };
  });
}
