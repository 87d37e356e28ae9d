import type { Db, Trx } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import type { Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { lockOwnApproved } from './access.ts';
import { termsOf } from './answer-questions.ts';
import type { PlaceWords, Words } from './input.ts';
import * as rows from './queries.ts';
import { recordProfileChange } from './record-profile-change.ts';

/**
 * Keeps what somebody who has been approved says of themselves, at once. The wording was judged with the input; what it
 * was before, the database keeps.
 */
export async function saveWords(db: Db, actor: Actor, words: Words): Promise<void> {
  await transact(db, actor, async (trx) => {
    const { id } = await lockOwnApproved(trx, actor);
    await rows.updatePerson(trx, id, words);
    await rows.updateProfile(trx, id, words);
    await recordProfileChange(trx, id);
    await audit(trx, id, 'words');
  });
}

/** The same for one place: fee and length, what the rooms offer, and the way to the door. The address itself is checked. */
export async function savePlace(
  db: Db,
  actor: Actor,
  { locationId }: { locationId: string },
  place: PlaceWords,
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const { id, profession } = await lockOwnApproved(trx, actor);
    const own = (await rows.findOwnPlaces(trx, id)).find((one) => one.locationId === locationId);
    if (own === undefined) throw new Refusal('not_found');
    await rows.savePractice(
      trx,
      { practitionerId: id, locationId },
      place,
      await termsOf(trx, own.jurisdiction, profession),
    );
    await rows.updateAccess(trx, locationId, place);
    // The rooms are those of everybody who sees people there.
    for (const practitionerId of await rows.findWhoPractises(trx, locationId))
      await recordProfileChange(trx, practitionerId);
    await audit(trx, id, 'place');
  });
}

async function audit(trx: Trx, practitionerId: string, part: 'words' | 'place'): Promise<void> {
  await recordAudit(trx, {
    stream: { kind: 'practitioner', id: practitionerId },
    action: 'profile.save',
    subjectType: 'practitioner',
    subjectId: practitionerId,
    detail: { part },
  });
}
