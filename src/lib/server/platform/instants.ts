/** A half-open or closed span of instants, as PostgreSQL's tstzrange. null = unbounded. */
export type InstantRange = {
  readonly start: Temporal.Instant | null;
  readonly end: Temporal.Instant | null;
  readonly bounds: '[)' | '[]' | '(]' | '()';
};

/** The half-open span from start to end, the only kind a booking uses. */
export function span(start: Temporal.Instant, end: Temporal.Instant): InstantRange {
  return { start, end, bounds: '[)' };
}

/** Reads PostgreSQL's timestamptz text ("2026-03-29 01:30:00.123456+00") without losing microseconds. */
export function parseInstant(text: string): Temporal.Instant {
  return Temporal.Instant.from(text.replace(' ', 'T'));
}

/** Reads PostgreSQL's tstzrange text. "empty" cannot occur: every range column forbids it. */
export function parseInstantRange(text: string): InstantRange {
  const [from = '', to = ''] = text.slice(1, -1).replaceAll('"', '').split(',');
  return {
    start: from === '' || from === '-infinity' ? null : parseInstant(from),
    end: to === '' || to === 'infinity' ? null : parseInstant(to),
    bounds: (text[0]! + text.at(-1)!) as InstantRange['bounds'],
  };
}

/** Writes a tstzrange literal; bind it as text. */
export function formatInstantRange(range: InstantRange): string {
  return `${range.bounds[0]}${range.start ?? ''},${range.end ?? ''}${range.bounds[1]}`;
}
