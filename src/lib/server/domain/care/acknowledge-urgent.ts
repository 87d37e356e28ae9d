import type { Db } from '#lib/server/platform/db.ts';
import { recordPatientAudits } from '../audit/record-audit.ts';
import type { Actor } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { acknowledgeContact, lockUrgentContact } from './queries.ts';

/**
 * "I have it": injector, prescriber, and once they were told the cover and our operators. The first to say so is written
 * down, and nobody else is told after that. Who may is the database's to say (`answers_urgent()`).
 */
export async function acknowledgeUrgent(db: Db, actor: Actor, input: { contactId: string }): Promise<void> {
  await transact(db, actor, async (trx) => {
    const contact = await lockUrgentContact(trx, input.contactId);
    if (contact === undefined || !contact.mayAnswer) throw new Refusal('not_found');
    if (contact.acknowledgedAt !== null) throw new Refusal('already_written');
    await acknowledgeContact(trx, input.contactId);
    await recordPatientAudits(trx, [contact.patientId], {
      action: 'urgent_contact.acknowledged',
      subjectType: 'urgent_contact',
      subjectId: input.contactId,
    });
    await recordEvent(trx, {
      type: 'urgent_contact.acknowledged',
      subjectType: 'urgent_contact',
      subjectId: input.contactId,
      clinicId: contact.clinicId,
      payload: {},
    });
  });
}
