import { plural } from '#lib/format/words.ts';
import type { Db, Trx } from '#lib/server/platform/db.ts';
import { recordPatientAudits } from '../audit/record-audit.ts';
import type { Evidence } from '../credentials/evidence.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { formatDate, formatDayTime, formatTime } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requirePractitioner } from './access.ts';
import { RUNG_NAMES } from './urgent.ts';
import { findUrgentBoard, findUrgentPhoto, findUrgentSteps } from './urgent-queries.ts';

/**
 * Urgent messages that this practitioner may answer, as who treated, prescribed or covers: those without an answer by
 * age, then what was answered lately. Four queries, however many there are.
 */
export async function readUrgentBoard(db: Db, actor: Actor) {
  return transact(db, actor, async (trx) => {
    const { id } = await requirePractitioner(trx, actor);
    return readBoard(trx, { practitionerId: id }, { subjectType: 'practitioner', subjectId: id });
  });
}

/** The same for our operators: what climbed as far as them. */
export async function readOperatorUrgent(db: Db, actor: Actor) {
  return transact(db, actor, async (trx) =>
    readBoard(trx, { operator: true }, { subjectType: 'account', subjectId: accountOf(actor)! }),
  );
}

/** The photo of a message, for its patient and for practitioners who may answer; their reading is written down (P2). */
export async function readUrgentPhoto(db: Db, actor: Actor, id: string): Promise<Evidence> {
  return transact(db, actor, async (trx) => {
    const photo = await findUrgentPhoto(trx, id);
    if (photo === undefined) throw new Refusal('not_found');
    if (photo.patientAccountId !== accountOf(actor))
      await recordPatientAudits(trx, [photo.patientId], {
        action: 'urgent_photo.read',
        subjectType: 'urgent_contact',
        subjectId: photo.contactId,
      });
    return { name: 'photo.jpg', type: 'image/jpeg', bytes: photo.bytes };
  });
}

async function readBoard(
  trx: Trx,
  reach: Parameters<typeof findUrgentBoard>[1],
  reader: { subjectType: string; subjectId: string },
) {
  const contacts = await findUrgentBoard(trx, reach);
  const steps = await findUrgentSteps(
    trx,
    contacts.map(({ id }) => id),
  );
  await recordPatientAudits(
    trx,
    contacts.map(({ patientId }) => patientId),
    { action: 'urgent_contact.read', ...reader },
  );
  const shown = contacts.map((contact) => {
    const { id, timeZone, now } = contact;
    const treats =
      'practitionerId' in reach && [contact.injectorId, contact.prescriberId].includes(reach.practitionerId);
    return {
      id,
      appointmentId: treats ? contact.appointmentId : null,
      patientName: contact.patientName,
      message: contact.message,
      photoId: contact.photoId,
      phone: contact.phone,
      sent: formatDayTime(contact.createdAt, timeZone),
      age: ageInWords(now.since(contact.createdAt)),
      answerBy: formatTime(contact.answerBy, timeZone),
      isLate: contact.acknowledgedAt === null && Temporal.Instant.compare(now, contact.answerBy) >= 0,
      treated: `${formatDate(contact.treatedAt, timeZone)} by ${contact.injectorName}${
        contact.prescriberName === contact.injectorName ? '' : `, prescribed by ${contact.prescriberName}`
      }, ${contact.clinicName}`,
      clinicPhone: contact.clinicPhone,
      told: steps
        .filter(({ contactId }) => contactId === id)
        .map(({ rung, name, phone, toldAt }) => ({
          rung: RUNG_NAMES[rung],
          // The prescriber has a letter at once, whoever's turn it is.
          name:
            rung === 'injector' && contact.prescriberName !== name
              ? `${name}, and ${contact.prescriberName} by letter`
              : name,
          phone,
          at: formatDayTime(toldAt, timeZone),
        })),
      next: contact.nextAt === null ? null : formatTime(contact.nextAt, timeZone),
      /** By when our operators answer, once they were told. */
      last: contact.lastAt === null ? null : formatTime(contact.lastAt, timeZone),
      answered: contact.acknowledgedAt && {
        by: contact.answeredBy || 'Steadyhand',
        at: formatDayTime(contact.acknowledgedAt, timeZone),
      },
    };
  });
  return {
    open: shown.filter(({ answered }) => answered === null),
    answered: shown.filter(({ answered }) => answered !== null),
  };
}

/** How long somebody has waited: 25 minutes, 3 hours, 2 days. */
function ageInWords(waited: Temporal.Duration): string {
  const minutes = Math.floor(waited.total('minutes'));
  if (minutes < 1) return 'less than a minute';
  if (minutes < 60) return plural(minutes, 'minute');
  if (minutes < 48 * 60) return plural(Math.floor(minutes / 60), 'hour');
  return plural(Math.floor(minutes / (24 * 60)), 'day');
}
