import { createHash } from 'node:crypto';
import type { RawBuilder } from 'kysely';
import { isConnectionLost, type Db, type Trx } from '#lib/server/platform/db.ts';
import { isRefusal, Refusal } from '../shared/refusal.ts';
import { answerRow, findAnswer, type Once } from './queries.ts';

export type { Once };

/** Keys belong to their owner, and to one request: what is asked, of which command, in full. */
export function once(
  owner: string | null | undefined,
  key: string | undefined,
  command: string,
  request: unknown,
): Once | null {
  if (!owner || key === undefined) return null;
  const sha256 = (text: string) => createHash('sha256').update(text).digest();
  return {
    ownerKey: sha256(owner).toString('hex'),
    key,
    fingerprint: sha256(`${command} ${JSON.stringify(request)}`),
  };
}

/**
 * Runs a command and looks for its earlier answer only when it is refused: whoever has already taken the slot, used the
 * key or ended the hold may have been this very request. Refusals are not kept; the same request may succeed later.
 */
export async function answerOnce<Answer>(
  db: Db,
  request: Once | null,
  command: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await command();
  } catch (error) {
    if (request === null || !isRefusal(error)) throw error;
    const earlier = await findAnswer(db, request).catch((problem: unknown) => {
      throw isConnectionLost(problem) ? error : problem;
    });
    if (earlier === undefined) throw error;
    if (!earlier.fingerprint.equals(request.fingerprint)) throw new Refusal('key_reused');
    return earlier.body as Answer;
  }
}

/** Keeps the answer in the transaction of the work. A key that was used before undoes all of it. */
export async function keepAnswer(trx: Trx, request: Once | null, answer: object): Promise<void> {
  await keptAnswer(request, answer)?.execute(trx);
}

/** The same as a statement that is written alongside the event of the work. */
export function keptAnswer(request: Once | null, answer: object): RawBuilder<unknown> | null {
  return request === null ? null : answerRow(request, answer);
}
