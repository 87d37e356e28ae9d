import type { Db } from '#lib/server/platform/db.ts';
import { hashOfStop } from '../shared/queue-mail.ts';
import { isOptional, type OptionalKind } from '../shared/letter-kinds.ts';
import { Refusal } from '../shared/refusal.ts';
import { setLettersBySecret } from './message-queries.ts';

/** Whoever holds a letter stops its kind for its address, or has it come again. No sign-in: the letter is the key. */
export async function setLetters(db: Db, secret: string, isStopped: boolean): Promise<OptionalKind> {
  const kind = await setLettersBySecret(db, hashOfStop(secret), isStopped);
  if (kind === undefined || !isOptional(kind)) throw new Refusal('not_found');
  return kind;
}
