/** An entry of a calendar file, line by line. */
export function entry(...lines: string[]): string {
  const named = lines.some((line) => line.startsWith('UID')) ? [] : ['UID:one@example.test'];
  return ['BEGIN:VEVENT', ...named, 'SUMMARY:Nobody’s business', ...lines, 'END:VEVENT'].join('\r\n');
}

/** A calendar file. */
export function calendarOf(...parts: string[]): string {
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//tests//EN', ...parts, 'END:VCALENDAR', ''].join(
    '\r\n',
  );
}

/** Central Europe as Outlook describes it, under a name of its own. */
export const OWN_ZONE = [
  'BEGIN:VTIMEZONE',
  'TZID:Our head office',
  'BEGIN:STANDARD',
  'DTSTART:16010101T030000',
  'TZOFFSETFROM:+0200',
  'TZOFFSETTO:+0100',
  'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10',
  'END:STANDARD',
  'BEGIN:DAYLIGHT',
  'DTSTART:16010101T020000',
  'TZOFFSETFROM:+0100',
  'TZOFFSETTO:+0200',
  'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3',
  'END:DAYLIGHT',
  'END:VTIMEZONE',
].join('\r\n');
