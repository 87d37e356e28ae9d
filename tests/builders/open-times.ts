import { freeSlots } from '#lib/server/domain/availability/reads.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { practitioner, staffMember, type Practitioner } from './people.ts';
import { openDaily, place, practise, type Place } from './places.ts';
import { loadReference } from './reference.ts';
import { vet } from './vetting.ts';

/** A free time of somebody. */
export interface OpenTime {
  readonly who: Practitioner;
  readonly where: Place;
  readonly start: Temporal.Instant;
}

/** One clinic whose doctors are open every day, and so many of their free times, none of which meets another. */
export async function openTimes(
  owner: Db,
  { practitioners, times }: { practitioners: number; times: number },
): Promise<OpenTime[]> {
  await loadReference(owner);
  const where = await place(owner);
  const reviewers = [await staffMember(owner), await staffMember(owner)] as const;
  const open: OpenTime[] = [];
  for (let nth = 0; nth < practitioners; nth++) {
    const who = await practitioner(owner, 'doctor');
    await practise(owner, who, where, { before: 0, after: 0 });
    await openDaily(owner, who, where);
    await vet(owner, who, reviewers);
    const offered = await freeSlots(owner, { practitionerIds: [who.id] });
    const apart = offered
      .filter((_, index) => index % 4 === 0)
      .slice(20, 20 + Math.ceil(times / practitioners));
    open.push(...apart.map(({ start }) => ({ who, where, start })));
  }
  if (open.length < times) throw new Error(`only ${open.length} times are free`);
  return open;
}
