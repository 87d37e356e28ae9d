import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { evaluateGate, openSteps } from '#lib/server/domain/care/gate.ts';
import { findGateFacts, gateKey } from '#lib/server/domain/care/queries.ts';
import { guards } from '#lib/server/domain/shared/guards.ts';
import { transact } from '#lib/server/domain/shared/transact.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import { databaseError } from '#lib/server/platform/db.ts';
import { passTime } from '../../builders/act.ts';
import {
  answerHealth,
  bookTreatment,
  consulted,
  giveConsent,
  prescribe,
  reviewed,
  treat,
  type Consent,
  type Treatment,
} from '../../builders/care.ts';
import { patient } from '../../builders/people.ts';
import { as, openWorld, type World } from './world.ts';

/*
 * The gate exists twice: as a pure function that says why, and as guards of the database that have the last word. Each
 * situation here is put to both, and both must say the same.
 */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});

/** A new patient, found suitable a moment ago, with prescription and consent. */
async function agreed(about: Parameters<typeof prescribe>[2] = {}, who = world.town.prescriber) {
  const { owner, town } = world;
  await passTime(owner, { hours: 2 });
  const where = town.leeds;
  const consultation = await consulted(owner, { patient: await patient(owner), prescriber: who, where });
  return giveConsent(owner, await prescribe(owner, consultation, about));
}

const inHours = async (hours: number) =>
  (await appNow(world.owner)).round({ smallestUnit: 'minute', roundingMode: 'ceil' }).add({ hours });

/** What the pure gate refuses with for this start, and what the database does; null = open. */
async function bothSay(consent: Consent, start: Temporal.Instant, topUpOf?: Treatment) {
  const { prescription } = consent;
  const question = { prescriptionId: prescription.id, startsAt: start, topUpOfId: topUpOf?.id ?? null };
  const facts = await transact(world.db, as(prescription.consultation.visit.patient), (trx) =>
    findGateFacts(trx, [question]),
  );
  const [first] = openSteps(evaluateGate(facts.get(gateKey(question))!, 'booking'));
  const inDatabase = await world.owner
    .transaction()
    .execute((trx) => bookTreatment(trx, consent, start, { topUpOf }))
    .then(
      () => null,
      (error: unknown) => {
        const constraint = databaseError(error)?.constraint;
        if (constraint === undefined) throw error;
        return guards[constraint] ?? constraint;
      },
    );
  return { gate: first?.reason ?? null, database: inDatabase };
}

const same = (reason: string | null) => ({ gate: reason, database: reason });

it('opens when the time to think is over, and not before', async () => {
  const consent = await agreed();
  expect(await bothSay(consent, await inHours(47))).toEqual(same('cooling_off'));
  expect(await bothSay(consent, await inHours(49))).toEqual(same(null));
});

it('shuts when the consultation is too long ago', async () => {
  const consent = await agreed({ validDays: 180 });
  expect(await bothSay(consent, await inHours(24 * 84 + 1))).toEqual(same('consultation_too_old'));
});

it('shuts to a second treatment from one consultation, where each needs its own', async () => {
  const { owner } = world;
  const first = await agreed();
  await passTime(owner, { hours: 50 });
  await treat(owner, await bookTreatment(owner, first, await inHours(0)));
  await passTime(owner, { hours: 2 });
  const again = await giveConsent(owner, await prescribe(owner, first.prescription.consultation));
  expect(await bothSay(again, await inHours(72))).toEqual(same('consultation_used'));
});

it('shuts when the prescription has ended', async () => {
  const consent = await agreed({ validDays: 10 });
  expect(await bothSay(consent, await inHours(24 * 11))).toEqual(same('prescription_expired'));
});

it('counts what was given elsewhere', async () => {
  const consent = await agreed();
  const { patient: who } = consent.prescription.consultation.visit;
  const lastTreatedElsewhereOn = (await inHours(-24 * 10)).toString().slice(0, 10);
  await answerHealth(world.owner, who, { lastTreatedElsewhereOn });
  expect(await bothSay(consent, await inHours(60))).toEqual(same('too_soon_after_treatment'));
});

it('waits for the prescriber after a changed answer', async () => {
  const consent = await agreed();
  await answerHealth(world.owner, consent.prescription.consultation.visit.patient);
  expect(await bothSay(consent, await inHours(60))).toEqual(same('prescriber_review_needed'));
});

it('needs cover, while there is none', async () => {
  const consent = await agreed({}, world.town.otherPrescriber);
  const setPhone = (phone: string | null) =>
    sql`UPDATE practitioner SET out_of_hours_phone = ${phone} WHERE id = ${world.town.otherPrescriber.id}`.execute(
      world.owner,
    );
  await setPhone(null);
  expect(await bothSay(consent, await inHours(60))).toEqual(same('cover_missing'));
  await setPhone('+44 20 7946 0018');
  expect(await bothSay(consent, await inHours(60))).toEqual(same(null));
});

it('needs a supervision for who may not prescribe', async () => {
  const { town } = world;
  const supervised = await agreed({ injector: town.injector });
  expect(await bothSay(supervised, await inHours(50))).toEqual(same(null));
  const alone = await agreed({ injector: town.loneInjector });
  expect(await bothSay(alone, await inHours(50))).toEqual(same('supervision_missing'));
});

it('counts the interval, and lets a top-up through after the review visit', async () => {
  const { owner, town } = world;
  const first = await agreed({ topUpUnits: 8 });
  await passTime(owner, { hours: 50 });
  const treatment = await bookTreatment(owner, first, await inHours(0));
  await treat(owner, treatment);
  await passTime(owner, { hours: 24 * 13 });
  expect(await bothSay(first, await inHours(48), treatment)).toEqual(same('top_up_not_open'));
  await reviewed(owner, treatment);
  expect(await bothSay(first, await inHours(2), treatment)).toEqual(same('top_up_not_open'));
  expect(await bothSay(first, await inHours(24 * 16), treatment)).toEqual(same('top_up_not_open'));
  expect(await bothSay(first, await inHours(48), treatment)).toEqual(same(null));

  const { patient: who } = first.prescription.consultation.visit;
  await passTime(owner, { hours: 2 });
  const again = await consulted(owner, { patient: who, prescriber: town.prescriber, where: town.leeds });
  const second = await giveConsent(owner, await prescribe(owner, again));
  expect(await bothSay(second, await inHours(72))).toEqual(same('too_soon_after_treatment'));
});

it.each([
  ['top_up_from_day', 17, 'top_up_not_open'],
  ['top_up_until_day', 14, 'top_up_not_open'],
] as const)('reads %s from policy, in both', async (key, value, refused) => {
  const { owner } = world;
  const consent = await agreed({ topUpUnits: 8 });
  await passTime(owner, { hours: 50 });
  const treatment = await bookTreatment(owner, consent, await inHours(0));
  await treat(owner, treatment);
  await passTime(owner, { hours: 24 * 13 });
  await reviewed(owner, treatment);
  const start = await inHours(48);
  const { value: shipped } = await owner
    .selectFrom('policy_row')
    .where('key', '=', key)
    .where('jurisdiction', '=', 'platform')
    .select('value')
    .executeTakeFirstOrThrow();
  const set = (to: unknown) =>
    sql`UPDATE policy_row SET value = ${JSON.stringify(to)}::jsonb WHERE key = ${key} AND jurisdiction = 'platform'`.execute(
      owner,
    );
  await set(value);
  expect(await bothSay(consent, start, treatment)).toEqual(same(refused));
  await set(shipped);
  expect(await bothSay(consent, start, treatment)).toEqual(same(null));
});

it('reads from policy for how long a plan counts as unchanged, in both', async () => {
  const { owner, town } = world;
  const first = await agreed({ doseUnits: 40 });
  await passTime(owner, { hours: 50 });
  await treat(owner, await bookTreatment(owner, first, await inHours(0)));
  await passTime(owner, { hours: 24 * 100 });
  const again = await consulted(owner, {
    patient: first.prescription.consultation.visit.patient,
    prescriber: town.prescriber,
    where: town.leeds,
  });
  const consent = await giveConsent(owner, await prescribe(owner, again, { doseUnits: 40, unchanged: true }));
  const set = (months: number) =>
    sql`UPDATE policy_row SET value = to_jsonb(${months}::integer) WHERE key = 'unchanged_plan_months'`.execute(
      owner,
    );
  const start = await inHours(3);
  await set(3);
  expect(await bothSay(consent, start)).toEqual(same('cooling_off'));
  await set(12);
  expect(await bothSay(consent, start)).toEqual(same(null));
});
