import { sql } from 'kysely';
import { confirmBooking } from '#lib/server/domain/booking/confirm-booking.ts';
import { completeChecks } from '#lib/server/domain/oversight/complete-checks.ts';
import { recordCheck } from '#lib/server/domain/oversight/record-check.ts';
import type { CheckResult } from '#lib/server/domain/oversight/vetting.ts';
import type { Practitioner } from '../../builders/people.ts';
import { patient, practitioner } from '../../builders/people.ts';
import { openDaily, practise } from '../../builders/places.ts';
import { vet, type ValidDays } from '../../builders/vetting.ts';
import { as, hold, slots, type World } from '../booking/world.ts';

export { as, eventsOf, expectRefusal, hold, openWorld, slots, stateOf } from '../booking/world.ts';
export type { World } from '../booking/world.ts';

const KINDS = ['registration', 'toxin_training', 'life_support', 'indemnity_insurance'] as const;

/** A doctor in Leeds of the test's own, checked and open every day. */
export async function checkedDoctor({ owner, town }: World, valid: ValidDays = {}): Promise<Practitioner> {
  const who = await practitioner(owner, 'doctor');
  await practise(owner, who, town.leeds);
  await openDaily(owner, who, town.leeds);
  await vet(owner, who, town.reviewers, valid);
  return who;
}

/** Credentials handed in for England, each with the number of a register only where there is one. */
export async function handIn(
  { owner }: World,
  who: Practitioner,
  {
    from = -10,
    until = 400,
    kinds = KINDS,
  }: { from?: number; until?: number; kinds?: readonly string[] } = {},
): Promise<string[]> {
  const ids: string[] = [];
  for (const kind of kinds) {
    const { rows } = await sql<{ id: string }>`
      INSERT INTO credential (practitioner_id, jurisdiction, kind, title, issuer, register, number, hours, hands_on, manages_complications, covers_treatment, valid)
      VALUES (${who.id}, 'england', ${kind}, ${kind}, 'The issuer', ${kind === 'registration' ? 'gmc' : null}, '7654321', 20, true, true, true,
              daterange((app_now() + ${from} * interval '1 day')::date, (app_now() + ${until} * interval '1 day')::date))
      RETURNING id`.execute(owner);
    ids.push(rows[0]!.id);
  }
  return ids;
}

/** The first reviewer checks these credentials, finds the same of each, and says the checks are complete. */
export async function checkAll(
  { db, town }: World,
  caseId: string,
  credentialIds: readonly string[],
  result: CheckResult = 'confirmed',
): Promise<void> {
  const [checker] = town.reviewers;
  for (const credentialId of credentialIds)
    await recordCheck(db, as(checker), { caseId, credentialId, method: 'document', result, note: '' });
  await completeChecks(db, as(checker), { caseId });
}

/** A confirmed consultation of a patient of its own. */
export async function booked(world: World, who: Practitioner, start: Temporal.Instant): Promise<string> {
  const person = await patient(world.owner);
  const { id } = await hold(world, start, {
    actor: as(person),
    dateOfBirth: null,
    practitioner: who.slug,
  });
  await confirmBooking(world.db, as(person), { appointmentId: id, partyId: null });
  return id;
}

/** The free times of a practitioner more than `days` from now. */
export async function slotsFrom(world: World, who: Practitioner, days: number): Promise<Temporal.Instant[]> {
  const free = await slots(world, who);
  const { rows } = await sql<{ from: Temporal.Instant }>`
    SELECT app_now() + ${days} * interval '1 day' AS from`.execute(world.owner);
  return free.map(({ start }) => start).filter((start) => Temporal.Instant.compare(start, rows[0]!.from) > 0);
}
