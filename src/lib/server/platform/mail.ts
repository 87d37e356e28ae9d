import { createTransport } from 'nodemailer';
import type { MailConfig } from './config.ts';

/** One letter, ready to leave. */
export type OutgoingMail = { id: string; toName: string; toAddress: string; subject: string; body: string };

/** Hands letters to an SMTP server; without one they stay in the database, readable at /dev/mailbox. */
export type MailTransport = { send(mail: OutgoingMail): Promise<void>; close(): void };

const ADDRESS = /^[^\s@<>,;:"()[\]\\\p{Cc}]+@[^\s@<>,;:"()[\]\\\p{Cc}]+$/u;

/** The transport that the configuration asks for. */
export function openMail(config: MailConfig): MailTransport {
  if (config.kind === 'mailbox') return { send: () => Promise.resolve(), close: () => {} };
  const transport = createTransport(config.url, { disableFileAccess: true, disableUrlAccess: true });
  const domain = config.from.slice(config.from.lastIndexOf('@') + 1);
  return {
    async send(mail) {
      // A recipient is never a string: nodemailer would read more recipients out of it.
      if (!ADDRESS.test(mail.toAddress)) throw new Error('not a mail address');
      await transport.sendMail({
        messageId: `<${mail.id}@${domain}>`,
        from: { name: 'Steadyhand', address: config.from },
        to: { name: mail.toName, address: mail.toAddress },
        subject: mail.subject,
        text: mail.body,
      });
    },
    close: () => transport.close(),
  };
}
