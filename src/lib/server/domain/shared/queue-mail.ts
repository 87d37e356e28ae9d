import { createHash, randomUUID } from 'node:crypto';
import type { Trx } from '#lib/server/platform/db.ts';
import { enqueue } from './record-event.ts';

/** A letter. `key` makes it once: the same key never sends a second one. Subjects hold nothing clinical (P4). */
export type Mail = {
  key?: string;
  toName: string;
  toAddress: string;
  subject: string;
  body: string;
  /** An entry for the reader's calendar, as `notifications/calendar-entry.ts` has it. */
  calendar?: object;
};

/** Writes a letter in the caller's transaction and queues its sending. */
export async function queueMail(trx: Trx, mail: Mail): Promise<void> {
  const row = await trx
    .insertInto('mail_message')
    .values({
      dedupe_key: createHash('sha256')
        .update(mail.key ?? randomUUID())
        .digest('hex'),
      to_name: mail.toName.replace(/\p{Cc}/gu, ' '),
      to_address: mail.toAddress,
      subject: mail.subject.replace(/\p{Cc}/gu, ' '),
      body: mail.body,
      calendar: mail.calendar === undefined ? null : JSON.stringify(mail.calendar),
    })
    .onConflict((conflict) => conflict.column('dedupe_key').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (row !== undefined) await enqueue(trx, 'send_mail', { mailId: row.id }, { key: `mail:${row.id}` });
}
