import { paths } from '#lib/paths.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { recordPatientAudits } from '../../audit/record-audit.ts';
import { accountOf, type Actor } from '../../shared/actor.ts';
import { queueMail } from '../../shared/queue-mail.ts';
import { recordEvent } from '../../shared/record-event.ts';
import { Refusal } from '../../shared/refusal.ts';
import { transact } from '../../shared/transact.ts';
import type { EffectInput } from './input.ts';
import { findGivenTreatment, findPeopleToTell, insertEffect } from './queries.ts';

/**
 * Writes down an unwanted effect of a treatment: the patient's own, or what injector or prescriber learn of. The others
 * concerned get a letter that says neither who nor what (P4). What was given is copied by the database.
 */
export async function tellEffect(
  db: Db,
  publicUrl: URL,
  actor: Actor,
  input: EffectInput & { appointmentId: string },
): Promise<{ id: string }> {
  return transact(db, actor, async (trx) => {
    const { appointmentId, ...effect } = input;
    const treated = await findGivenTreatment(trx, appointmentId);
    if (treated === undefined || !(treated.isOwn || treated.isTreating)) throw new Refusal('not_found');
    const { id, toldAs, serious } = await insertEffect(trx, treated.id, treated.patientId, effect);
    await recordPatientAudits(trx, [treated.patientId], {
      action: 'adverse_event.told',
      subjectType: 'adverse_event',
      subjectId: id,
    });
    await recordEvent(trx, {
      type: 'adverse_event.told',
      subjectType: 'adverse_event',
      subjectId: id,
      clinicId: treated.clinicId,
      payload: { serious: serious ? 'yes' : 'no' },
    });
    const link = (path: string) => new URL(path, publicUrl).href;
    for (const { as, name, email, accountId } of await findPeopleToTell(trx, appointmentId)) {
      if (accountId === accountOf(actor)) continue;
      const [line, page] =
        as === 'patient'
          ? [
              'something was written down about how you are after a treatment. You can read all of it, and add to it.',
              paths.myEffects(appointmentId),
            ]
          : [
              `${toldAs === 'patient' ? 'somebody whom you look after' : 'a colleague'} has written down an unwanted effect of a treatment${serious ? ', and it is serious' : ''}. Please read it and say what is done about it.`,
              paths.deskEffect(id),
            ];
      await queueMail(trx, {
        key: `adverse_event:${id}:${email}`,
        toName: name,
        toAddress: email,
        subject: 'Something was written down about a treatment',
        body: `Hello ${name},\n\n${line}\n\n${link(page)}\n\nSteadyhand`,
      });
    }
    return { id };
  });
}
