import ICAL from 'ical.js';
import { simpleParser } from 'mailparser';
import { afterAll, expect, it } from 'vitest';
import { openMail, type OutgoingMail } from '#lib/server/platform/mail.ts';
import { openMailSink } from '../harness/mail-sink.ts';

const sink = await openMailSink();
const { messages: letters, recipients } = sink;
const transport = openMail({
  kind: 'smtp',
  url: sink.url,
  from: 'letters@steadyhand.test',
  answersTo: 'people@steadyhand.test',
});
afterAll(async () => {
  transport.close();
  await sink.goAway();
});

const FILE = [
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  'PRODID:-//T//T//EN',
  'METHOD:CANCEL',
  'END:VCALENDAR',
  '',
].join('\r\n');
const letter = (about: Partial<OutgoingMail> = {}): OutgoingMail => ({
  id: '0193b2f0-0000-7000-8000-000000000001',
  toName: 'Zoë Ng',
  toAddress: 'zoe@example.test',
  subject: 'Your appointment is cancelled',
  body: 'Hello',
  html: null,
  stop: null,
  calendar: null,
  ...about,
});

it('carries a calendar file that mail programs act upon, and one that people can open', async () => {
  await transport.send(letter({ calendar: { method: 'CANCEL', file: FILE } }));
  const sent = letters.at(-1)!;
  expect(sent).toMatch(/Content-Type: text\/calendar; charset=utf-8; method=CANCEL/i);
  expect(sent).toMatch(/filename=appointment\.ics/);
  const parts = [
    ...sent.matchAll(/Content-Transfer-Encoding: base64\r\n(?:[^\r]+\r\n)*\r\n([\w+/=\r\n]+)/g),
  ].map(([, text]) => Buffer.from(text!, 'base64').toString('utf8'));
  const files = parts.filter((part) => part.startsWith('BEGIN:VCALENDAR'));
  expect(files.length).toBeGreaterThan(0);
  for (const file of files)
    expect(new ICAL.Component(ICAL.parse(file) as string).getFirstPropertyValue('method')).toBe('CANCEL');
});

it('comes from the address of letters, and its answer goes where people read', async () => {
  await transport.send(letter());
  const { from, replyTo } = await simpleParser(letters.at(-1)!);
  expect([from!.value[0]!.address, replyTo!.value[0]!.address]).toEqual([
    'letters@steadyhand.test',
    'people@steadyhand.test',
  ]);
});

it('carries none where there is none, and the same Message-ID each time', async () => {
  await transport.send(letter());
  await transport.send(letter());
  const ids = letters.slice(-2).map((sent) => /Message-ID: <(.*)>/i.exec(sent)![1]);
  expect(ids).toEqual(Array(2).fill('0193b2f0-0000-7000-8000-000000000001@steadyhand.test'));
  expect(letters.at(-1)).not.toContain('text/calendar');
});

it('goes to one address, whatever the address says', async () => {
  const before = recipients.length;
  await expect(transport.send(letter({ toAddress: 'a@x.test\r\nBcc: evil@x.test' }))).rejects.toThrow(
    'not a mail address',
  );
  expect(recipients).toHaveLength(before);
});

it('has a part in plain text first and a page after it, and the page may be left out', async () => {
  await transport.send(letter({ html: '<!doctype html><title>x</title><p>Hello, <b>Zoë</b></p>' }));
  const sent = letters.at(-1)!;
  expect(sent).toMatch(/Content-Type: multipart\/alternative/i);
  expect(sent.indexOf('text/plain')).toBeLessThan(sent.indexOf('text/html'));
  const read = await simpleParser(sent);
  expect([read.text?.trim(), read.html]).toEqual(['Hello', expect.stringContaining('<b>Zoë</b>')]);
  await transport.send(letter());
  expect((await simpleParser(letters.at(-1)!)).html).toBe(false);
});

it('says where one press stops it, where it can be stopped, and that nobody needs to answer it', async () => {
  const stop = 'https://steadyhand.test/account/messages/stop?secret=a-b_c';
  await transport.send(letter({ stop }));
  const { headers, headerLines } = await simpleParser(letters.at(-1)!);
  expect(headerLines.find(({ key }) => key === 'list-unsubscribe')!.line.replace(/\r\n\s/, ' ')).toBe(
    `List-Unsubscribe: <${stop}>`,
  );
  expect(headers.get('auto-submitted')).toBe('auto-generated');
  expect(letters.at(-1)).toMatch(/List-Unsubscribe-Post: List-Unsubscribe=One-Click/);
  await transport.send(letter());
  expect(letters.at(-1)).not.toMatch(/List-Unsubscribe/);
  await expect(transport.send(letter({ stop: 'https://x.test/>\r\nBcc: evil@x.test' }))).rejects.toThrow(
    'not an address of ours',
  );
});
