/** Every date from the first to the last, both included; none when they are the wrong way round. */
export function datesBetween(from: string, to: string): string[] {
  const first = Temporal.PlainDate.from(from);
  const days = first.until(to).days;
  return Array.from({ length: Math.max(0, days + 1) }, (_, day) => first.add({ days: day }).toString());
}
