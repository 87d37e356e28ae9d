import type { Db } from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { lockOwnHold, type HoldOf } from './access.ts';
import { answerOnce, keepAnswer, once } from './answer-once.ts';
import { MOST_EXTENSIONS, type Hold } from './hold-slot.ts';
import { extendHoldRow } from './queries.ts';

/** Ten minutes more from now, twice: nobody loses a time because reading takes them longer (WCAG 2.2.1). */
export async function extendHold(
  db: Db,
  actor: Actor,
  input: HoldOf & { requestKey?: string },
): Promise<Hold> {
  const { appointmentId, partyId } = input;
  const request = once(accountOf(actor) ?? partyId, input.requestKey, 'extend', { appointmentId });
  return answerOnce(db, request, () =>
    transact(db, actor, async (trx) => {
      const held = await lockOwnHold(trx, actor, input);
      if (held.state !== 'held') throw new Refusal('hold_ended');
      const { hold_expires_at, hold_extensions } = await extendHoldRow(trx, held.id);
      const hold: Hold = {
        id: held.id,
        practitioner: held.slug,
        location: held.locationId,
        start: held.during.start!.toString(),
        end: held.during.end!.toString(),
        expiresAt: hold_expires_at!.toString(),
        extensionsLeft: MOST_EXTENSIONS - hold_extensions,
      };
      await keepAnswer(trx, request, hold);
      return hold;
    }),
  );
}
