import type { Db } from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { OPTIONAL_KINDS } from '../shared/letter-kinds.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { declineKinds, savePreference, wantKinds } from './message-queries.ts';
import type { MessageChoices } from './message-input.ts';

/** Keeps how somebody wants their letters: which of those they may do without, in which form, and when not. */
export async function chooseMessages(db: Db, actor: Actor, choices: MessageChoices): Promise<void> {
  const accountId = accountOf(actor);
  if (accountId === null) throw new Refusal('not_found');
  const { wanted } = choices;
  await transact(db, actor, async (trx) => {
    await savePreference(trx, accountId, choices);
    await wantKinds(trx, accountId, wanted);
    await declineKinds(
      trx,
      accountId,
      OPTIONAL_KINDS.filter((kind) => !wanted.includes(kind)),
    );
  });
}
