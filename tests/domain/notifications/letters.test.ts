import { HtmlValidate } from 'html-validate';
import { describe, expect, it } from 'vitest';
import { publicWording } from '#lib/server/domain/policy/shared-wording.ts';
import { findBannedTerms } from '#lib/server/domain/policy/terms.ts';
import { letterHtml } from '#lib/server/domain/shared/letter-html.ts';
import { LETTER_KINDS } from '#lib/server/domain/shared/letter-kinds.ts';
import { letterText } from '#lib/server/domain/shared/letter-text.ts';
import { openingOf, type Letter } from '#lib/server/domain/shared/letter.ts';
import { everyLetter } from './every-letter.ts';

/** What is seen of a letter in a list of letters, on a locked telephone too. */
const PREVIEW = 160;
/** Names of what somebody may be having done. */
const TELLING =
  /\b(botox|botulinum|toxin|filler|inject\w*|treat\w*|prescription\w*|prescribed|needle\w*|wrinkle\w*|lines|dose|units|vial|medicine\w*)\b/i;

const words = (html: string) =>
  html
    .replaceAll(/<(style|title)\b.*?<\/\1>/gs, ' ')
    .replaceAll(/<\/?(?:a|span)\b[^>]*>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ')
    .trim();
const named = everyLetter.map((one) => [`${one.kind}: ${one.name}`, one] as const);

it('every kind of letter is among those that are looked at', () => {
  expect([...new Set(everyLetter.map(({ kind }) => kind))].toSorted()).toEqual([...LETTER_KINDS].toSorted());
});

describe('every letter', () => {
  it.each(named)('%s tells nothing of what it is about before it is opened', (_name, { letter, frame }) => {
    const seen = [
      letter.subject,
      letter.heading ?? '',
      letterText(letter, frame).slice(0, PREVIEW),
      words(letterHtml(letter, frame)).slice(0, PREVIEW),
    ];
    // Between practitioners a profession may be named; what it is about may not.
    const about = letter.subject === 'Somebody asks to work with you' ? seen.slice(0, 2) : seen;
    for (const text of about) {
      expect([text, TELLING.exec(text)?.[0]]).toEqual([text, undefined]);
      expect([text, findBannedTerms(text, publicWording)]).toEqual([text, []]);
    }
  });

  it.each(named)('%s says the same as text and as a page', (_name, { letter, frame }) => {
    const [text, html] = [letterText(letter, frame), letterHtml(letter, frame)];
    const said = [
      ...openingOf(letter),
      ...(letter.more ?? []),
      ...(letter.after ?? []),
      ...(letter.facts ?? []).map(({ value }) => value),
    ];
    for (const one of said) {
      expect(text).toContain(one);
      expect(words(html)).toContain(one.replaceAll(/\s+/g, ' '));
    }
    const links = [...(letter.action ? [letter.action] : []), ...(letter.links ?? [])];
    for (const { text: name, href } of links) {
      expect(text).toContain(`${name}:\n${href}`);
      expect(html).toContain(`href="${href.replaceAll('&', '&amp;')}"`);
    }
    if (frame.stop !== undefined) for (const part of [text, html]) expect(part).toContain(frame.stop);
  });

  it.each(named)('%s is a page that is sound and fetches nothing', async (_name, { letter, frame }) => {
    const html = letterHtml(letter, frame);
    const validate = new HtmlValidate({
      extends: ['html-validate:recommended'],
      rules: { 'no-inline-style': 'off', 'doctype-style': 'off', 'void-style': 'off', 'long-title': 'off' },
    });
    const { results } = await validate.validateString(html);
    expect(
      results.flatMap(({ messages }) => messages.map(({ ruleId, message }) => `${ruleId}: ${message}`)),
    ).toEqual([]);
    expect(html).not.toMatch(/<(img|script|link|iframe|object|form|input|table)\b|url\(|@import|\ssrc=/i);
    expect([...html.matchAll(/<h1/g)]).toHaveLength(1);
  });
});

it('a telephone number is one that can be pressed, and neither it nor a day is broken', () => {
  const html = letterHtml(
    {
      subject: 'Your appointment on Tue 9 March',
      opening: ['call +44 20 7946 0123, or write by 29 March 2027.'],
      facts: [{ name: 'Telephone', value: '+353 1 960 0101' }],
    },
    { toName: 'Ada' },
  );
  expect(html).toMatch(
    /<a [^>]*white-space:nowrap" href="tel:\+442079460123">\+44 20 7946 0123<\/a>, or write/,
  );
  expect(html).toContain('href="tel:+35319600101"');
  expect(html).toContain('<span style="white-space:nowrap">29 March 2027</span>');
  expect(html).toMatch(/on <span style="white-space:nowrap">Tue 9 March<\/span><\/h1>/);
});

it('what people wrote is text in a letter, never markup, and never another link', () => {
  const evil = '"><img src=x onerror=alert(1)><a href="https://evil.test">Click</a>';
  const letter: Letter = {
    subject: evil,
    opening: [evil],
    facts: [{ name: evil, value: evil }],
    action: { text: evil, href: `https://steadyhand.example/?q=${evil}` },
  };
  const html = letterHtml(letter, { toName: evil });
  expect(html).not.toMatch(/<img|<a href="https:\/\/evil/);
  expect([...html.matchAll(/<a /g)]).toHaveLength(1);
});

it('leads to pages, numbers and mail addresses alone, whatever a row says', () => {
  const to = (href: string) =>
    letterHtml(
      { subject: 'A letter', opening: ['read it.'], action: { text: 'Read it', href } },
      { toName: 'Ada' },
    );
  for (const href of [
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    '//evil.test',
  ])
    expect(to(href)).toContain('href="#"');
  for (const href of [
    'https://steadyhand.example/my-care',
    'tel:+442079460123',
    'mailto:help@steadyhand.example',
  ])
    expect(to(href)).toContain(`href="${href}"`);
});

it('names an address at its foot where there is one, and our page in any case', () => {
  const letter = { subject: 'A letter', opening: ['If it was not you, write to us.'] };
  const page = 'https://steadyhand.example/contact';
  const of = (email: string | null) => {
    const frame = { toName: 'Ada', contact: { email, page } };
    return [letterText(letter, frame), letterHtml(letter, frame)];
  };
  for (const text of of('help@steadyhand.example')) {
    expect(text).toContain('answer this letter or write to help@steadyhand.example');
    expect(text).toContain(page);
  }
  for (const text of of(null)) {
    expect(text).not.toContain('write to help');
    expect(text).not.toContain('answer this letter');
    expect(text).toContain(page);
  }
});
