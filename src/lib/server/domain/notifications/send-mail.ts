import type { Db } from '#lib/server/platform/db.ts';
import type { MailTransport } from '#lib/server/platform/mail.ts';
import { findUnsentMail, markMailSent } from './queries.ts';

/**
 * Sends one letter, if it has not left yet. At least once: between an SMTP server's yes and our note of it lies a
 * moment that no mail system can close; the stable Message-ID lets the receiver see the twin.
 */
export async function sendMail(db: Db, transport: MailTransport, mailId: string): Promise<void> {
  const mail = await findUnsentMail(db, mailId);
  if (mail === undefined) return;
  await transport.send({
    id: mail.id,
    toName: mail.to_name,
    toAddress: mail.to_address,
    subject: mail.subject,
    body: mail.body,
  });
  await markMailSent(db, mail.id);
}
