import type { Db } from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { requireStaff } from './access.ts';
import { findForEnding } from './ending-queries.ts';

/** What it would mean that the actor stops seeing patients here. */
export async function readOwnEnding(db: Db, actor: Actor) {
  const accountId = accountOf(actor);
  const found = accountId === null ? undefined : await findForEnding(db, { accountId });
  if (found === undefined) throw new Refusal('not_found');
  return shown(found);
}

/** The same of somebody who can no longer say so, for staff. */
export async function readEnding(db: Db, actor: Actor, practitionerId: string) {
  await requireStaff(db, actor, 'reviewer', 'operator');
  const found = await findForEnding(db, { id: practitionerId });
  if (found === undefined) throw new Refusal('not_found');
  return { ...shown(found), isYou: found.accountId === accountOf(actor) };
}

function shown({
  id,
  name,
  standing,
  upcoming,
  treatedLately,
  recordsCustodian,
}: NonNullable<Awaited<ReturnType<typeof findForEnding>>>) {
  return {
    id,
    name,
    hasEnded: standing === 'withdrawn',
    upcoming,
    treatedLately,
    recordsCustodian: recordsCustodian ?? '',
  };
}
