import { createTransport } from 'nodemailer';
import type { MailConfig } from './config.ts';

/** One letter, ready to leave. */
export type OutgoingMail = {
  id: string;
  toName: string;
  toAddress: string;
  subject: string;
  body: string;
  /** The same as a page; null where its reader wants plain text. */
  html: string | null;
  /** Where one press stops letters of this kind (RFC 8058); null where they cannot be stopped. */
  stop: string | null;
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
        replyTo: { name, address: config.answersTo },
        to: { name: mail.toName, address: mail.toAddress },
        subject: mail.subject,
        text: mail.body,
        ...(mail.html !== null && { html: mail.html }),
        headers: { 'Auto-Submitted': 'auto-generated', ...stopHeaders(mail.stop) },
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

/** An address that could end its line, or begin another, is none of ours. */
function stopHeaders(stop: string | null): Record<string, string> {
  if (stop === null) return {};
  if (!/^https?:\/\/[\w.:[\]-]+\/[\w./?=&%~-]*$/.test(stop)) throw new Error('not an address of ours');
  return { 'List-Unsubscribe': `<${stop}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
}
