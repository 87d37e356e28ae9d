import { callTo } from '#lib/format/phone.ts';
import { footOf, greeting, openingOf, type Letter, type LetterFrame, type LetterLink } from './letter.ts';

/*
 * A letter as a page: one column, no tables, no pictures, nothing that is fetched. Styles stand in the elements, because
 * many mail programs read no others; the sheet in the head adds the dark colours for those that do.
 */

/** The tokens of our pages, as mail programs read colours. */
const LIGHT = { ground: '#f9f8f5', ink: '#151f1d', soft: '#414d4b', line: '#d6dbd6', accent: '#01574a' };
const DARK = { ground: '#0e1614', ink: '#eaeeea', soft: '#bac3bf', line: '#2c3735', accent: '#8cdac1' };
const ON_ACCENT = { light: '#f9fdfb', dark: '#041a16' };

const FONT = "'Atkinson Hyperlegible Next','Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";
const STYLE = {
  body: `margin:0;padding:0;background:${LIGHT.ground};color:${LIGHT.ink};font-family:${FONT};font-size:16px;line-height:1.55`,
  page: 'max-width:560px;margin:0 auto;padding:24px 20px 32px;overflow-wrap:break-word',
  brand: `margin:0 0 24px;font-size:16px;font-weight:700;color:${LIGHT.accent}`,
  heading: 'margin:0 0 20px;font-size:26px;line-height:1.25;font-weight:700',
  paragraph: 'margin:0 0 16px',
  facts: `margin:0 0 20px;padding:4px 0 4px 16px;border-left:3px solid ${LIGHT.accent}`,
  name: `margin:0;font-size:16px;color:${LIGHT.soft}`,
  value: 'margin:0 0 8px;font-weight:700',
  press: 'margin:24px 0',
  button: `display:inline-block;padding:13px 22px;border-radius:8px;background:${LIGHT.accent};color:${ON_ACCENT.light};font-weight:700;text-decoration:none`,
  list: 'margin:0 0 16px;padding:0 0 0 20px',
  item: 'margin:0 0 8px',
  whole: 'white-space:nowrap',
  link: `color:${LIGHT.accent};text-decoration:underline`,
  foot: `margin:32px 0 0;padding:16px 0 0;border-top:1px solid ${LIGHT.line};color:${LIGHT.soft}`,
} as const;

const SHEET = `:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){
body{background:${DARK.ground}!important;color:${DARK.ink}!important}
.accent,.link{color:${DARK.accent}!important}
.button{background:${DARK.accent}!important;color:${ON_ACCENT.dark}!important}
.soft{color:${DARK.soft}!important}
.facts{border-color:${DARK.accent}!important}
.foot{border-color:${DARK.line}!important;color:${DARK.soft}!important}
}`;

/** A letter as an HTML page. Everything that people wrote is text in it, never markup. */
export function letterHtml(letter: Letter, frame: LetterFrame): string {
  const { subject, heading = subject, facts = [], more = [], action, after = [], links = [] } = letter;
  const foot = footOf(frame);
  return [
    '<!doctype html>',
    '<html lang="en-GB">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="supported-color-schemes" content="light dark">',
    `<title>${escape(subject)}</title>`,
    `<style>${SHEET}</style>`,
    '</head>',
    `<body style="${STYLE.body}">`,
    `<main style="${STYLE.page}">`,
    `<p class="accent" style="${STYLE.brand}">Steadyhand</p>`,
    `<h1 style="${STYLE.heading}">${lines(heading)}</h1>`,
    ...[greeting(frame), ...openingOf(letter)].map(paragraph),
    ...(facts.length === 0
      ? []
      : [
          `<dl class="facts" style="${STYLE.facts}">`,
          ...facts.map(
            ({ name, value }) =>
              `<dt class="soft" style="${STYLE.name}">${escape(name)}</dt><dd style="${STYLE.value}">${lines(value)}</dd>`,
          ),
          '</dl>',
        ]),
    ...more.map(paragraph),
    ...(action === undefined
      ? []
      : [
          `<p style="${STYLE.press}"><a class="button" style="${STYLE.button}" href="${address(action.href)}">${escape(action.text)}</a></p>`,
        ]),
    ...after.map(paragraph),
    ...list(links),
    `<div class="foot" style="${STYLE.foot}">`,
    `<p style="${STYLE.paragraph}">${escape(foot.words)}</p>`,
    ...list(foot.links),
    '</div>',
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function paragraph(text: string): string {
  return `<p style="${STYLE.paragraph}">${lines(text)}</p>`;
}

function list(links: readonly LetterLink[]): string[] {
  if (links.length === 0) return [];
  const items = links.map(
    ({ text, href }) =>
      `<li style="${STYLE.item}"><a class="link" style="${STYLE.link}" href="${address(href)}">${escape(text)}</a></li>`,
  );
  return [`<ul style="${STYLE.list}">`, ...items, '</ul>'];
}

const TELEPHONE = /\+\d(?:[ -]?\d){6,14}/g;
/** "Tue 9 March", "9 March 2027" */
const DAY =
  /\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December)\b(?: \d{4})?/g;

/** Lines of a text stay lines, a day stays in one of them, and a telephone number is one that can be pressed. */
function lines(text: string): string {
  return escape(text)
    .replaceAll('\n', '<br>')
    .replace(DAY, (day) => `<span style="${STYLE.whole}">${day}</span>`)
    .replace(
      TELEPHONE,
      (number) =>
        `<a class="link" style="${STYLE.link};${STYLE.whole}" href="${callTo(number)}">${number}</a>`,
    );
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
/** Where a link leads: to a page, a number or a mail address. Anything else in a row leads nowhere. */
const address = (href: string): string => (/^(?:https?|tel|mailto):/i.test(href) ? escape(href) : '#');

function escape(text: string): string {
  return text.toWellFormed().replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
