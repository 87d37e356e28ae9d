import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { paths } from '#lib/paths.ts';
import type { Trx } from '#lib/server/platform/db.ts';
import type { Letter, LetterFrame } from './letter.ts';
import { canWait, isOptional, type LetterKind } from './letter-kinds.ts';
import { letterText } from './letter-text.ts';
import { enqueue } from './record-event.ts';
import { shortOf } from './short-kinds.ts';

/** A letter to somebody. `key` makes it once: the same key never sends a second one. */
export type Mail = {
  kind: LetterKind;
  key?: string;
  toName: string;
  toAddress: string;
  /** Of whose visits or record it tells. Who has died is written to no more, nor is anybody else about them. */
  patientId?: string | null;
  letter: Letter;
  /** An entry for the reader's calendar, as `notifications/calendar-entry.ts` has it. */
  calendar?: object;
  /** Where we are; what a reader may do without needs it, for the link that stops it. */
  publicUrl?: URL;
};

/**
 * Writes a letter in the caller's transaction and queues its sending; or does nothing, where the reader wants no letters of
 * this kind, or nobody is to be written to any more. In the reader's quiet hours what can wait is sent after them. Answers
 * whether it was written.
 */
export async function queueMail(trx: Trx, mail: Mail): Promise<boolean> {
  const dedupe = createHash('sha256')
    .update(mail.key ?? randomUUID())
    .digest('hex');
  const { frame, stopHash } = frameOf(mail);
  const { rows } = await sql<{ id: string; isWaiting: boolean }>`
    INSERT INTO mail_message (dedupe_key, kind, patient_id, to_name, to_address, subject, body, letter, calendar, stop_hash, can_wait)
    SELECT ${dedupe}, ${mail.kind}, ${mail.patientId ?? null}, ${oneLine(mail.toName)}, ${mail.toAddress}, ${oneLine(mail.letter.subject)},
           ${letterText(mail.letter, frame)}, ${JSON.stringify({ letter: mail.letter, frame })}::jsonb,
           ${mail.calendar === undefined ? null : JSON.stringify(mail.calendar)}::jsonb, ${stopHash}, ${canWait(mail.kind)}
     WHERE may_be_written_to(${mail.toAddress}, ${mail.kind}, ${mail.patientId ?? null})
    ON CONFLICT (dedupe_key) DO NOTHING RETURNING id, waits_until IS NOT NULL AS "isWaiting"`.execute(trx);
  const [row] = rows;
  if (row === undefined) return false;
  const short = shortOf(mail.kind);
  if (short !== undefined)
    await sql`SELECT queue_short(${mail.toAddress}, ${mail.kind}, ${dedupe}, ${short.words}, ${mail.letter.action?.href ?? null}, ${short.canWait})`.execute(
      trx,
    );
  if (!row.isWaiting) await enqueue(trx, 'send_mail', { mailId: row.id }, { key: `mail:${row.id}` });
  return true;
}

/** What stands at its foot: for what a reader may do without, a secret of this letter that stops its kind. */
function frameOf(mail: Mail): { frame: LetterFrame; stopHash: Buffer | null } {
  const toName = oneLine(mail.toName);
  if (!isOptional(mail.kind)) return { frame: { toName }, stopHash: null };
  if (mail.publicUrl === undefined)
    throw new Error(`a letter of the kind ${mail.kind} has a link that stops it`);
  const secret = randomBytes(24).toString('base64url');
  const link = (path: string) => new URL(path, mail.publicUrl).href;
  return {
    frame: {
      toName,
      stop: link(paths.stopLetters(secret)),
      oneClick: link(paths.stopInOneClick(secret)),
    },
    stopHash: hashOfStop(secret),
  };
}

/** What is kept of the secret with which a kind of letter is stopped. */
export function hashOfStop(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ').toWellFormed();
}
