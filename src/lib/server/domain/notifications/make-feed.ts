import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { hashOfFeed, newFeedSecret } from './feed.ts';
import { endFeed, findFeeds, insertFeed, type Whose } from './feed-queries.ts';

/**
 * Makes the secret address of a calendar, in place of the one before it. The secret is told here and nowhere else: what is
 * kept opens nothing.
 */
export async function makeFeed(db: Db, actor: Actor, whose: Whose): Promise<{ secret: string }> {
  const secret = newFeedSecret();
  await transact(db, actor, async (trx) => {
    const accountId = accountOf(actor);
    if (accountId === null) throw new Refusal('not_found');
    if (whose === 'practitioner' && !(await findFeeds(trx, accountId)).isPractitioner)
      throw new Refusal('not_found');
    await endFeed(trx, accountId, whose);
    const id = await insertFeed(trx, accountId, whose, hashOfFeed(secret));
    await recordAudit(trx, {
      stream: { kind: 'system' },
      action: 'calendar_feed.made',
      subjectType: 'calendar_feed',
      subjectId: id,
    });
  });
  return { secret };
}

/** From now on the address opens nothing. */
export async function takeBackFeed(db: Db, actor: Actor, whose: Whose): Promise<void> {
  await transact(db, actor, async (trx) => {
    const accountId = accountOf(actor);
    if (accountId === null || !(await endFeed(trx, accountId, whose))) throw new Refusal('not_now');
    await recordAudit(trx, {
      stream: { kind: 'system' },
      action: 'calendar_feed.taken_back',
      subjectType: 'account',
      subjectId: accountId,
    });
  });
}
