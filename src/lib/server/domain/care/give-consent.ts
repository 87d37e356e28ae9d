import { appNow } from '#lib/server/platform/clock.ts';
import type { Db } from '#lib/server/platform/db.ts';
import type { Jurisdiction } from '../policy/codes.ts';
import type { Actor } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { consentFormOn } from './consent-forms.ts';
import { requireOwnPrescription } from './patient-access.ts';
import { insertConsent, insertConsentItems } from './patient-queries.ts';

export type ConsentInput = {
  readonly prescriptionId: string;
  /** The form that was read. */
  readonly formCode: string;
  /** What was ticked on it, one by one. */
  readonly items: readonly string[];
  /** Who carried the words over, and for which language; empty where nobody had to. */
  readonly interpreter?: string;
};

/**
 * The patient agrees, item by item, to the form of the place. Nobody consents for someone else: the guard knows only the
 * patient's account (G5). Where the form has changed in what it says since, the same consent takes the new items.
 */
export async function giveConsent(db: Db, actor: Actor, input: ConsentInput): Promise<void> {
  await transact(db, actor, async (trx) => {
    const { patientId, prescription } = await requireOwnPrescription(trx, actor, input.prescriptionId);
    if (prescription.consentState === 'given' && prescription.consentComplete) return;
    if (prescription.state !== 'active') throw new Refusal('prescription_missing');
    if (prescription.episodeState === 'closed') throw new Refusal('not_now');

    const today = (await appNow(trx)).toString().slice(0, 10);
    const form = consentFormOn(prescription.jurisdiction as Jurisdiction, today);
    if (form.code !== input.formCode) throw new Refusal('consent_form_changed');
    if (form.items.some(({ code }) => !input.items.includes(code))) throw new Refusal('consent_incomplete');

    const consentId =
      prescription.consentState === 'given'
        ? prescription.consentId!
        : await insertConsent(trx, {
            prescriptionId: prescription.id,
            patientId,
            form,
            interpreter: input.interpreter?.trim() ?? '',
          });
    await insertConsentItems(trx, consentId, form);
    await recordEvent(trx, {
      type: 'consent.given',
      subjectType: 'prescription',
      subjectId: prescription.id,
      payload: {},
    });
  });
}
