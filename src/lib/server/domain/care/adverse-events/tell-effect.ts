import { paths } from '#lib/paths.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { recordPatientAudits } from '../../audit/record-audit.ts';
import { accountOf, type Actor } from '../../shared/actor.ts';
import type { Letter } from '../../shared/letter.ts';
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
      await queueMail(trx, {
        kind: 'adverse_event_told',
        key: `adverse_event:${id}:${email}`,
        toName: name,
        toAddress: email,
        letter:
          as === 'patient'
            ? effectLetters.patient(link(paths.myEffects(appointmentId)))
            : effectLetters.practitioner({ toldAs, serious }, link(paths.deskEffect(id))),
      });
    }
    return { id };
  });
}

/** What is said of an effect that somebody has put on record. */
export const effectLetters = {
  patient: (page: string): Letter => ({
    subject: 'Something was written down after your visit',
    opening: [
      'something was written down about how you are after a visit. You can read all of it, and add to it.',
    ],
    action: { text: 'Read it', href: page },
  }),
  practitioner: ({ toldAs, serious }: { toldAs: string; serious: boolean }, page: string): Letter => ({
    subject: 'Something was written down after a visit',
    opening: [
      `${toldAs === 'patient' ? 'somebody whom you look after' : 'a colleague'} has written down an unwanted effect${serious ? ', and it is serious' : ''}.`,
      'Please read it and say what is done about it.',
    ],
    action: { text: 'Read it', href: page },
  }),
};
