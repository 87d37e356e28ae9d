import { footOf, greeting, openingOf, type Letter, type LetterFrame, type LetterLink } from './letter.ts';

/** A letter as plain text: paragraphs, and each address on a line of its own. */
export function letterText(letter: Letter, frame: LetterFrame): string {
  const { facts = [], more = [], action, after = [], links = [] } = letter;
  const foot = footOf(frame);
  return [
    greeting(frame),
    ...openingOf(letter),
    ...(facts.length === 0 ? [] : [facts.map(({ name, value }) => `${name}: ${value}`).join('\n')]),
    ...more,
    ...(action === undefined ? [] : [linkText(action)]),
    ...after,
    ...links.map(linkText),
    foot.words,
    ...(foot.links.length === 0 ? [] : [foot.links.map(linkText).join('\n')]),
  ].join('\n\n');
}

function linkText({ text, href }: LetterLink): string {
  return `${text}:\n${href}`;
}
