import type { Trx } from '#lib/server/platform/db.ts';
import { recordEvent } from '../shared/record-event.ts';

/** Search follows: a practitioner is found otherwise than before. */
export async function recordProfileChange(trx: Trx, practitionerId: string): Promise<void> {
  await recordEvent(trx, {
    type: 'practitioner.profile_changed',
    subjectType: 'practitioner',
    subjectId: practitionerId,
    payload: {},
  });
}
