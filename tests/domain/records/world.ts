import { sql } from 'kysely';
import { later, passTime } from '../../builders/act.ts';
import * as care from '../../builders/care.ts';
import { patient, type Practitioner } from '../../builders/people.ts';
import type { World } from '../care/world.ts';

export { as, expectRefusal, openWorld, type World } from '../care/world.ts';

export const links = {
  verify: (code: string) => `https://steadyhand.example/verify?code=${code}`,
  card: (code: string) => `https://steadyhand.example/emergency-card?code=${code}`,
};

/** A patient seen, prescribed for, treated by the supervised nurse, and reviewed. */
export async function treated(world: World, { injector }: { injector?: Practitioner } = {}) {
  const { owner, town } = world;
  const me = await patient(owner);
  const consultation = await care.consulted(owner, {
    patient: me,
    prescriber: town.prescriber,
    where: town.leeds,
  });
  const prescription = await care.prescribe(owner, consultation, { injector: injector ?? town.injector });
  const consent = await care.giveConsent(owner, prescription);
  const treatment = await care.bookTreatment(owner, consent, await later(owner, { hours: 49 }));
  await passTime(owner, { hours: 49 });
  const vial = await care.vial(owner, { where: town.leeds, dispensedFor: me });
  await care.planVial(owner, treatment, vial);
  await care.treat(owner, treatment);
  await passTime(owner, { hours: 3 });
  return { me, consultation, prescription, consent, treatment };
}

/** What was written down about this patient's record: action and detail. */
export async function trailOf({ owner }: World, patientId: string) {
  const { rows } = await sql<{ action: string; actor: string | null; detail: Record<string, unknown> }>`
    SELECT action, actor_id AS actor, detail FROM audit WHERE stream = ${`patient:${patientId}`} ORDER BY seq`.execute(
    owner,
  );
  return rows;
}
