import type { Db } from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requirePractitioner } from './access.ts';
import { acknowledgeContact, lockUrgentContact } from './queries.ts';

/** Injector or prescriber answers for an urgent message: "I have it". The first to say so is written down. */
export async function acknowledgeUrgent(db: Db, actor: Actor, input: { contactId: string }): Promise<void> {
  await transact(db, actor, async (trx) => {
    const { id } = await requirePractitioner(trx, actor);
    const contact = await lockUrgentContact(trx, input.contactId);
    if (contact === undefined || (contact.injectorId !== id && contact.prescriberId !== id))
      throw new Refusal('not_found');
    if (contact.acknowledgedAt !== null) throw new Refusal('already_written');
    await acknowledgeContact(trx, input.contactId, accountOf(actor)!);
    await recordEvent(trx, {
      type: 'urgent_contact.acknowledged',
      subjectType: 'urgent_contact',
      subjectId: input.contactId,
      clinicId: contact.clinicId,
      payload: {},
    });
  });
}
