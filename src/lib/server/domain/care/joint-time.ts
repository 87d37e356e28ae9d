import type { Db, Trx } from '#lib/server/platform/db.ts';
import { loadCalendars, slotsIn } from '../availability/calendar.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { formatTime, localDate } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { findJointPlan, findKeptTime, hasPartIn, type JointPlan, type KeptTime } from './joint-queries.ts';

/** Kept time begins no later than this after the consultation. */
const PAUSE_MINUTES = 30;

/** The first free time of the injector right behind a consultation, if a joint visit may be prepared at all. */
export async function findTimeBehind(
  trx: Trx,
  appointmentId: string,
): Promise<(JointPlan & { start: Temporal.Instant }) | undefined> {
  const plan = await findJointPlan(trx, appointmentId);
  if (plan === undefined) return undefined;
  const { injectorId, locationId, timeZone } = plan;
  const [from, until] = [plan.during.end!, plan.during.end!.add({ minutes: PAUSE_MINUTES })];
  const dates = { from: localDate(from, timeZone), to: localDate(until, timeZone) };
  const [calendar] = await loadCalendars(
    trx,
    { practitionerIds: [injectorId], locationId },
    'treatment',
    dates,
  );
  const slots = calendar === undefined ? [] : slotsIn(calendar, dates);
  const slot = slots.find(
    ({ start }) => Temporal.Instant.compare(from, start) <= 0 && Temporal.Instant.compare(start, until) <= 0,
  );
  return slot && { ...plan, start: slot.start };
}

/** "10:40 with Maya Lindqvist" */
export function timeWith(
  start: Temporal.Instant,
  { timeZone, injectorName }: Pick<KeptTime, 'timeZone' | 'injectorName'>,
): string {
  return `${formatTime(start, timeZone)} with ${injectorName}`;
}

/** For the pages of a consultation: the time that is kept right behind it, or the one that could be. */
export async function readJointTime(db: Db, actor: Actor, appointmentId: string) {
  return transact(db, actor, async (trx) => {
    if (!(await hasPartIn(trx, appointmentId, accountOf(actor)))) throw new Refusal('not_found');
    const kept = await findKeptTime(trx, { appointmentId });
    const offer = kept === undefined ? await findTimeBehind(trx, appointmentId) : undefined;
    return {
      kept: kept === undefined ? null : timeWith(kept.during.start!, kept),
      keptUntil: kept === undefined ? null : formatTime(kept.until, kept.timeZone),
      offer: offer === undefined ? null : timeWith(offer.start, offer),
    };
  });
}
