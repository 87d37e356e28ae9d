import type { Queryable } from '#lib/server/platform/db.ts';
import { later, passTime } from '../builders/act.ts';
import * as care from '../builders/care.ts';
import { patient } from '../builders/people.ts';
import { advance } from '../builders/visits.ts';
import { chain, type Chain, type Stage } from './stage.ts';

type About = Partial<Parameters<typeof chain>[1]>;

export const days = (count: number) => ({ hours: count * 24 });

/** A chain for somebody new, made for one attack. */
export const newChain = async (
  trx: Queryable,
  { leeds, prescriber, injector }: Stage,
  about: About = {},
): Promise<Chain> =>
  chain(trx, { patient: await patient(trx), prescriber, injector, where: leeds, ...about });

/** A second plan for the patient treated two weeks ago. */
export const secondPlan = (trx: Queryable, t: Stage, about: About = {}): Promise<Chain> =>
  newChain(trx, t, { patient: t.treated.patient, ...about });

/** A chain of which the treatment is done, as many days ago. */
export async function treatedBefore(trx: Queryable, t: Stage, daysAgo: number, about: About = {}) {
  const made = await newChain(trx, t, about);
  const first = await care.bookTreatment(trx, made.consent, await later(trx, { hours: 49 }));
  await passTime(trx, { hours: 49 });
  await care.treat(trx, first);
  await passTime(trx, days(daysAgo));
  return { made, first };
}

/** The prescriber's written decision to treat early. */
export const override = ({ prescriber }: Stage) => ({
  interval_override_reason: 'The first one had no effect',
  interval_override_by: prescriber.accountId,
});

/** The booked treatment on its day, the patient here; consent confirmed so many hours before, or never; health answers on the day. */
export async function onTheDay(
  trx: Queryable,
  { booked }: Stage,
  confirmedHoursBefore: number | null,
  healthConfirmed = true,
) {
  const hours = confirmedHoursBefore ?? 0;
  await passTime(trx, { hours: 72 - hours });
  if (confirmedHoursBefore !== null) await care.confirmConsent(trx, booked.consent);
  await passTime(trx, { hours });
  if (healthConfirmed) await care.confirmHealth(trx, booked);
  await advance(trx, booked, 'arrived');
}

/** What is said as a treatment by somebody else than the prescriber begins. */
export const BEGINS = {
  state: 'started',
  prescriber_where: 'reachable',
  prescriber_way: 'Telephone 0113 496 0101',
};

/** Takes the patient's consent back, by lawful means. */
export const withdrawn = async (trx: Queryable, { id }: { id: string }) => {
  await trx.updateTable('consent').set({ state: 'withdrawn' }).where('id', '=', id).execute();
};

/** Ends a prescription, by lawful means. */
export const ended = async (trx: Queryable, { id }: { id: string }, state: 'used' | 'cancelled') => {
  await trx.updateTable('prescription').set({ state }).where('id', '=', id).execute();
};
