import ICAL from 'ical.js';
import { simpleParser } from 'mailparser';
import { letterHtml } from '#lib/server/domain/shared/letter-html.ts';
import { letterText } from '#lib/server/domain/shared/letter-text.ts';
import type { Letter } from '#lib/server/domain/shared/letter.ts';
import { icsOfEntry } from '#lib/server/interop/ics/event.ts';
import type { MailTransport } from '#lib/server/platform/mail.ts';
import type { MailSink } from '../../harness/mail-sink.ts';

/*
 * Texts that want to be more than a text: another header, another recipient, another property or another entry. Each is put
 * wherever people's own words get into a letter and its calendar file, and the letter is read by other programs as it arrives.
 */

const EVIL = 'evil@elsewhere.test';
const BREAKS = [
  '\r\n',
  '\n',
  '\r',
  '\u0085',
  '\u2028',
  '\u2029',
  '\v',
  '\f',
  '\0',
  '\r\n ',
  '\n\t',
  '\\n',
  '%0d%0a',
  '=0D=0A',
];
const TEXTS = [
  ...BREAKS.map((end) => `Ada${end}Bcc: ${EVIL}`),
  ...BREAKS.map((end) => `Ada${end}ATTENDEE:mailto:${EVIL}`),
  ...BREAKS.slice(0, 6).map((end) => `Ada${end}END:VEVENT${end}BEGIN:VEVENT${end}UID:evil`),
  `Ada\r\n\r\n<html><script>alert(1)</script>`,
  `Ada" <${EVIL}>`,
  `Ada <${EVIL}>`,
  `Ada, ${EVIL}`,
  `${EVIL};`,
  `Ada";X-EVIL=1:mailto:${EVIL}`,
  `=?utf-8?Q?Ada=0D=0ABcc:_${EVIL}?=`,
  `=?utf-8?B?${Buffer.from(`Ada\r\nBcc: ${EVIL}`).toString('base64')}?=`,
  `Ada\ud800\r\nBcc: ${EVIL}`,
  `\u202eadA ,${EVIL}`,
  `${'A'.repeat(1_200)}\r\nBcc: ${EVIL}`,
  `${'é'.repeat(600)}\nBcc: ${EVIL}`,
  '-'.repeat(80),
  '\r\n.\r\nMAIL FROM:<x@y.test>',
  '.\r\n.\r\n',
  ':;,\\"\'<>&',
];
const FIELDS = ['toName', 'subject', 'words', 'title', 'place', 'notes'] as const;
type Field = (typeof FIELDS)[number];

/** Each text in each place. */
export const corpus: readonly { field: Field; text: string }[] = TEXTS.flatMap((text) =>
  FIELDS.map((field) => ({ field, text })),
);

/** Sends one of them, and answers what is wrong with what arrives; nothing is right. */
export async function tryOne(
  transport: MailTransport,
  sink: MailSink,
  { field, text }: { field: Field; text: string },
): Promise<string[]> {
  const of = (name: Field, otherwise: string) => (name === field ? text : otherwise);
  const attendee = { name: of('toName', 'Ada'), address: 'ada@example.test' };
  const letter: Letter = { subject: of('subject', 'Your appointment'), opening: [of('words', 'Hello.')] };
  const before = [sink.messages.length, sink.recipients.length] as const;
  await transport.send({
    id: '0193b2f0-0000-7000-8000-000000000001',
    toName: attendee.name,
    toAddress: attendee.address,
    subject: letter.subject,
    body: letterText(letter, { toName: attendee.name }),
    html: letterHtml(letter, { toName: attendee.name }),
    stop: 'https://steadyhand.test/account/messages/stop/one-click?secret=abc',
    calendar: {
      method: 'REQUEST',
      file: icsOfEntry(
        {
          method: 'REQUEST',
          uid: '1@steadyhand',
          sequence: 0,
          start: '2027-03-09T14:30:00Z',
          end: '2027-03-09T15:00:00Z',
          timeZone: 'Europe/London',
          title: of('title', 'Appointment'),
          place: of('place', 'Leeds'),
          words: of('notes', 'Telephone'),
        },
        { organizer: transport.sender, attendee, stamp: Temporal.Instant.from('2027-03-01T00:00:00Z') },
      ),
    },
  });
  const wrong: string[] = [];
  const expectSame = (what: string, found: readonly string[], wanted: readonly string[]) => {
    if (found.join('|') !== wanted.join('|')) wrong.push(`${what}: ${found.join('|')}`);
  };
  expectSame('messages', [String(sink.messages.length - before[0])], ['1']);
  expectSame('recipients', sink.recipients.slice(before[1]), ['RCPT TO:<ada@example.test>']);
  const read = await simpleParser(Buffer.from(sink.messages.at(-1)!, 'latin1'));
  expectSame('headers', [...read.headers.keys()].toSorted(), HEADERS);
  const to = [read.to].flat().flatMap((one) => one?.value.map(({ address }) => address ?? '') ?? []);
  expectSame('to', to, ['ada@example.test']);
  expectSame('reply-to', read.replyTo?.value.map(({ address }) => address ?? '') ?? [], [
    'help@steadyhand.test',
  ]);
  if (read.cc !== undefined || read.bcc !== undefined) wrong.push('cc or bcc');
  const files = read.attachments.filter(({ contentType }) => /calendar|ics/.test(contentType));
  if (files.length === 0) wrong.push('no calendar file');
  for (const { content } of files) {
    const file = new ICAL.Component(ICAL.parse(content.toString('utf8')) as string);
    const events = file.getAllSubcomponents('vevent');
    expectSame('entries', [String(events.length)], ['1']);
    expectSame(
      'properties',
      events[0]!.getAllProperties().map(({ name }) => name),
      PROPERTIES,
    );
    const parameters = events[0]!
      .getAllProperties('attendee')
      .flatMap((one) => Object.keys((one.toJSON() as [string, object])[1]));
    expectSame('parameters', parameters.toSorted(), ['cn', 'partstat', 'role', 'rsvp']);
    expectSame(
      'attendee',
      [String(events[0]!.getFirstPropertyValue('attendee'))],
      ['mailto:ada@example.test'],
    );
    expectSame(
      'of the calendar',
      file.getAllProperties().map(({ name }) => name),
      ['version', 'prodid', 'calscale', 'method'],
    );
  }
  return wrong;
}

const HEADERS = [
  'auto-submitted',
  'content-type',
  'date',
  'from',
  'list',
  'message-id',
  'mime-version',
  'reply-to',
  'subject',
  'to',
];
const PROPERTIES = [
  'uid',
  'sequence',
  'dtstamp',
  'dtstart',
  'dtend',
  'summary',
  'location',
  'description',
  'organizer',
  'attendee',
  'status',
  'transp',
  'class',
];
