import { createTransport } from 'nodemailer';
import type { MailConfig } from './config.ts';

/** One letter, ready to leave. */
export type OutgoingMail = {
  id: string;
  toName: string;
  toAddress: string;
  subject: string;
  body: string;
  /** A calendar file, and what it does there. */
  calendar: { method: 'REQUEST' | 'CANCEL'; file: string } | null;
};

/** Hands letters to an SMTP server; without one they stay in the database, readable at /dev/mailbox. */
export type MailTransport = {
  /** Whom letters come from. */
  readonly sender: { name: string; address: string };
  send(mail: OutgoingMail): Promise<void>;
  close(): void;
};

const ADDRESS = /^[^\s@<>,;:"()[\]\\\p{Cc}]+@[^\s@<>,;:"()[\]\\\p{Cc}]+$/u;

/** The transport that the configuration asks for. */
export function openMail(config: MailConfig): MailTransport {
  const name = 'Steadyhand';
  if (config.kind === 'mailbox')
    return {
      sender: { name, address: 'letters@steadyhand.invalid' },
      send: () => Promise.resolve(),
      close: () => {},
    };
  const transport = createTransport(config.url, { disableFileAccess: true, disableUrlAccess: true });
  const domain = config.from.slice(config.from.lastIndexOf('@') + 1);
  const sender = { name, address: config.from };
  return {
    sender,
    async send(mail) {
      // A recipient is never a string: nodemailer would read more recipients out of it.
      if (!ADDRESS.test(mail.toAddress)) throw new Error('not a mail address');
      await transport.sendMail({
        messageId: `<${mail.id}@${domain}>`,
        from: sender,
        to: { name: mail.toName, address: mail.toAddress },
        subject: mail.subject,
        text: mail.body,
        ...(mail.calendar && {
          icalEvent: {
            method: mail.calendar.method,
            filename: 'appointment.ics',
            content: mail.calendar.file,
          },
        }),
      });
    },
    close: () => transport.close(),
  };
}
