const DAY_STARTS = 8;
const DAY_ENDS = 20;

/** By when somebody answers for an urgent message: within 2 hours by day, within 12 by night, on the clinic's clock. */
export function answerDueAt(sentAt: Temporal.Instant, timeZone: string): Temporal.Instant {
  const { hour } = sentAt.toZonedDateTimeISO(timeZone);
  return sentAt.add({ hours: DAY_STARTS <= hour && hour < DAY_ENDS ? 2 : 12 });
}
