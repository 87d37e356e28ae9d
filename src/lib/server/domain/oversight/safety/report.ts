import { sql } from 'kysely';
import type { Db } from '#lib/server/platform/db.ts';
import { formatDateTime } from '../../shared/dates.ts';

/** What is counted in public, in its order, and how. The counting itself is `count_safety()`. */
const COUNTED = {
  checks: 'Decisions after two people have checked a practitioner',
  suspensions: 'Practitioners suspended',
  treatments: 'Treatments signed',
  deviations: 'Treatments’ differences from what was prescribed or planned, each with its reason',
  overrides: 'Treatments booked earlier than usual, by the prescriber’s decision',
  unwanted_effects: 'Unwanted effects put on record',
  serious_effects: 'Serious ones among them',
  urgent_messages: 'Messages that something does not feel right',
  urgent_in_time: 'Answered in time among them',
  batches_put_aside: 'Batches put aside',
  recalls: 'Batches recalled',
  complaints: 'Complaints',
} as const;

/** The report as it was last counted: a row for each figure, the newest quarter first. Null where it was never counted. */
export async function readSafetyReport(db: Db) {
  const figures = await db
    .selectFrom('safety_figure')
    .select(['quarter', 'what', 'n', 'counted_at as countedAt'])
    .orderBy('quarter', 'desc')
    .execute();
  if (figures.length === 0) return null;
  const quarters = [...new Set(figures.map(({ quarter }) => quarter))];
  return {
    counted: formatDateTime(figures[0]!.countedAt, 'UTC'),
    quarters: quarters.map((quarter, index) => ({
      id: quarter,
      text: nameOf(Temporal.PlainDate.from(quarter)),
      isRunning: index === 0,
    })),
    rows: Object.entries(COUNTED).map(([what, text]) => ({
      what,
      text,
      cells: quarters.map((quarter) => {
        const figure = figures.find((one) => one.quarter === quarter && one.what === what);
        return figure?.n === null || figure === undefined
          ? 'fewer than 5'
          : new Intl.NumberFormat('en-GB').format(figure.n);
      }),
    })),
  };
}

/** "Jan to Mar 2027" */
function nameOf(firstDay: Temporal.PlainDate): string {
  const months = ['Jan to Mar', 'Apr to Jun', 'Jul to Sep', 'Oct to Dec'];
  return `${months[Math.floor((firstDay.month - 1) / 3)]} ${firstDay.year}`;
}

/** Counts everything anew. Small numbers are left out by the database itself. */
export async function countSafety(db: Db): Promise<void> {
  await sql`SELECT count_safety()`.execute(db);
}
