import type { Trx } from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { recordEvent } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { lockOwnPractice, type OwnPractice } from './schedule-queries.ts';

/** The practice that the actor keeps alone; anybody else's does not exist. */
export async function requireOwnPractice(trx: Trx, actor: Actor, locationId: string): Promise<OwnPractice> {
  const accountId = accountOf(actor);
  const practice = accountId === null ? undefined : await lockOwnPractice(trx, accountId, locationId);
  if (practice === undefined) throw new Refusal('not_found');
  return practice;
}

/** Search follows: what a practitioner offers has changed. */
export async function recordScheduleChange(
  trx: Trx,
  { practitionerId, clinicId }: Pick<OwnPractice, 'practitionerId' | 'clinicId'>,
): Promise<void> {
  await recordEvent(trx, {
    type: 'schedule.changed',
    subjectType: 'practitioner',
    subjectId: practitionerId,
    clinicId,
    payload: {},
  });
}
