import type { Visit } from '../../builders/visits.ts';
import type { World } from '../booking/world.ts';

export { draft, given } from '../../builders/drafts.ts';
export { as, eventsOf, expectRefusal, openWorld, stateOf, type World } from '../booking/world.ts';

/** As an injector begins who reaches the prescriber by telephone. */
export const REACHABLE = { prescriber: { where: 'reachable', way: 'Telephone 0113 496 0101' } } as const;

/** How often the patient's record was read, by action. */
export async function auditOf({ owner }: World, { patient }: Pick<Visit, 'patient'>): Promise<string[]> {
  const lines = await owner
    .selectFrom('audit')
    .where('stream', '=', `patient:${patient.id}`)
    .select('action')
    .orderBy('seq')
    .execute();
  return lines.map(({ action }) => action);
}
