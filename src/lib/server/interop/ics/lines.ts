/** Octets of a line, without its end (RFC 5545, 3.1). */
const MOST_OCTETS = 75;
const utf8 = new TextEncoder();

/** Lines as the format wants them: folded before the 76th octet and never within a character, each ended by CRLF. */
export function toIcsText(lines: readonly string[]): string {
  return lines.map((line) => `${fold(line)}\r\n`).join('');
}

function fold(line: string): string {
  let folded = '';
  let octets = 0;
  for (const character of line) {
    const size = utf8.encode(character).length;
    if (octets + size > MOST_OCTETS) {
      folded += '\r\n ';
      octets = 1;
    }
    folded += character;
    octets += size;
  }
  return folded;
}

/** A value of type TEXT: what people wrote can end no line and begin no property. */
export function icsText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n]/gu, ' ')
    .toWellFormed()
    .replace(/[\\;,]/g, '\\$&')
    .replaceAll('\n', '\\n');
}

/** The value of a parameter, which knows no escapes: what would end it is left out. */
export function icsParameter(text: string): string {
  return `"${text.replace(/[\p{Cc}"]/gu, ' ').toWellFormed()}"`;
}

/** `20261217T143000` */
export function icsLocal(time: Temporal.PlainDateTime): string {
  return time.toString({ smallestUnit: 'second' }).replaceAll(/[-:]/g, '');
}

/** `20261217T143000Z` */
export function icsInstant(instant: Temporal.Instant): string {
  return `${icsLocal(instant.toZonedDateTimeISO('UTC').toPlainDateTime())}Z`;
}
