import type { Db } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { transact } from '../shared/transact.ts';
import { requirePatient } from './patient-access.ts';
import { saveHealthDraft } from './patient-queries.ts';

/** Keeps the health answers as far as they are written. Nobody but the patient reads them before they are given. */
export async function keepHealthDraft(
  db: Db,
  actor: Actor,
  typed: Readonly<Record<string, string>>,
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const { id } = await requirePatient(trx, actor);
    await saveHealthDraft(trx, id, typed);
  });
}
