import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { startForm } from '#lib/server/domain/care/input.ts';
import { PRESCRIBER_PLACES, type PrescriberPlace } from '#lib/server/domain/care/prescriber-place.ts';
import { sayGone, sayHere } from '#lib/server/domain/care/presence.ts';
import { readDesk } from '#lib/server/domain/care/reads.ts';
import { receiveVial } from '#lib/server/domain/care/receive-vial.ts';
import { startTreatment } from '#lib/server/domain/care/start-treatment.ts';
import { readTreatmentPage } from '#lib/server/domain/care/visit-reads.ts';
import type { Practitioner } from '../../builders/people.ts';
import { later, passTime } from '../../builders/act.ts';
import {
  bookTreatment,
  confirmConsent,
  confirmHealth,
  consulted,
  giveConsent,
  prescribe,
} from '../../builders/care.ts';
import { patient } from '../../builders/people.ts';
import { as, expectRefusal, openWorld, stateOf, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});

/** From now on the floor wants the prescriber so near. */
const want = (place: PrescriberPlace) =>
  sql`UPDATE policy_row SET value = to_jsonb(${place}::text) WHERE key = 'prescriber_onsite' AND jurisdiction = 'platform'`.execute(
    world.owner,
  );

/** A treatment that lacks nothing but where the prescriber is. */
async function ready(injector: Practitioner = world.town.injector) {
  const { db, owner, town } = world;
  await passTime(owner, { hours: 26 });
  const consultation = await consulted(owner, {
    patient: await patient(owner),
    prescriber: town.prescriber,
    where: town.leeds,
  });
  const consent = await giveConsent(owner, await prescribe(owner, consultation, { injector }));
  await passTime(owner, { hours: 50 });
  const treatment = await bookTreatment(owner, consent, await later(owner, { minutes: 5 }));
  await confirmHealth(owner, treatment);
  await receiveVial(db, as(injector), {
    appointmentId: treatment.id,
    custody: 'dispensed',
    batch: 'C7431A',
    expiresOn: '2099-01-01',
    units: 50,
  });
  await confirmConsent(owner, consent);
  return { id: treatment.id, at: { appointmentId: treatment.id } };
}

const near = (where: PrescriberPlace) => ({ prescriber: { where, way: 'Telephone 0113 496 0101' } });
const saidOf = async (id: string) =>
  world.owner
    .selectFrom('appointment')
    .where('id', '=', id)
    .select(['prescriber_where as where', 'prescriber_way as way'])
    .executeTakeFirstOrThrow();
const proofOf = async (id: string) =>
  world.owner
    .selectFrom('start_proof')
    .where('appointment_id', '=', id)
    .select('facts')
    .executeTakeFirstOrThrow()
    .then(({ facts }) => facts as Record<string, unknown>);

describe('where the prescriber is, at the start', () => {
  it('is said by who injects, and written down with the moment', async () => {
    const { db, town } = world;
    const { id, at } = await ready();
    const me = as(town.injector);
    await expectRefusal(startTreatment(db, me, at), 'prescriber_place_not_said');
    expect(await stateOf(world, id)).toBe('confirmed');
    await startTreatment(db, me, { ...at, ...near('reachable') });
    expect(await saidOf(id)).toEqual({ where: 'reachable', way: 'Telephone 0113 496 0101' });
    expect(await proofOf(id)).toMatchObject({
      prescriber_injects: false,
      prescriber_demanded: 'reachable',
      prescriber_where: 'reachable',
      prescriber_way: 'Telephone 0113 496 0101',
      prescriber_here_since: null,
    });
  });

  it('is asked each time; the way to reach them is as it was said the last time', async () => {
    const { db, town } = world;
    const me = as(town.injector);
    const first = await ready();
    const way = 'Room 4, next door';
    await startTreatment(db, me, { ...first.at, prescriber: { where: 'reachable', way } });
    const second = await ready();
    expect((await readTreatmentPage(db, me, second.id)).prescriberPlace?.lastWay).toBe(way);
    await expectRefusal(startTreatment(db, me, second.at), 'prescriber_place_not_said');
  });

  it('is not asked where the prescriber injects, and what is sent all the same is not kept', async () => {
    const { db, town } = world;
    const { id, at } = await ready(town.prescriber);
    expect((await readTreatmentPage(db, as(town.prescriber), id)).prescriberPlace).toBeNull();
    await startTreatment(db, as(town.prescriber), { ...at, ...near('reachable') });
    expect(await saidOf(id)).toEqual({ where: null, way: null });
    expect(await proofOf(id)).toMatchObject({ prescriber_injects: true, prescriber_where: null });
  });

  it('is as near as the law wants, on the day of the start', async () => {
    const { db, town } = world;
    const { id, at } = await ready();
    const me = as(town.injector);
    await want('immediately_available');
    await expectRefusal(startTreatment(db, me, { ...at, ...near('reachable') }), 'prescriber_too_far');
    await startTreatment(db, me, { ...at, ...near('immediately_available') });
    expect(await proofOf(id)).toMatchObject({ prescriber_demanded: 'immediately_available' });
    await want('reachable');
  });

  it('is on site by two words: the injector’s and the prescriber’s own', async () => {
    const { db, town } = world;
    const { id, at } = await ready();
    const [me, prescriber] = [as(town.injector), as(town.prescriber)];
    await want('on_site');
    const asked = await readTreatmentPage(db, me, id);
    expect(asked.prescriberPlace).toMatchObject({ demanded: 'On site', saysHere: false });
    expect(asked.steps.find(({ code }) => code === 'prescriber_place')).toMatchObject({
      state: 'not_yet',
      why: 'The prescriber has to be on site, and has not said so.',
    });
    await expectRefusal(startTreatment(db, me, at), 'prescriber_not_here');
    await expectRefusal(
      startTreatment(db, me, { ...at, ...near('immediately_available') }),
      'prescriber_too_far',
    );
    await expectRefusal(startTreatment(db, me, { ...at, ...near('on_site') }), 'prescriber_not_here');

    // Being elsewhere is no help, and being here again ends it.
    await sayHere(db, prescriber, town.elPaso);
    await expectRefusal(startTreatment(db, me, { ...at, ...near('on_site') }), 'prescriber_not_here');
    await sayHere(db, prescriber, town.leeds);
    await startTreatment(db, me, { ...at, prescriber: { where: 'on_site', way: '' } });
    expect(await saidOf(id)).toEqual({ where: 'on_site', way: null });
    expect((await proofOf(id))['prescriber_here_since']).not.toBeNull();
    await want('reachable');
  });
});

describe('being at a place', () => {
  it('stands until they leave, and no longer than the day there', async () => {
    const { db, owner, town } = world;
    const prescriber = as(town.prescriber);
    await passTime(owner, { hours: 24 });
    const presence = async () => (await readDesk(db, prescriber)).presence!;
    expect((await presence()).here).toBeUndefined();
    expect((await presence()).elsewhere).toHaveLength(2);
    await sayHere(db, prescriber, town.leeds);
    await sayHere(db, prescriber, town.leeds);
    expect((await presence()).here?.name).toContain('Leeds');
    expect((await presence()).elsewhere).toHaveLength(1);
    await sayGone(db, prescriber);
    expect((await presence()).here).toBeUndefined();
    await sayHere(db, prescriber, town.leeds);
    await passTime(owner, { hours: 12, minutes: 1 });
    expect((await presence()).here).toBeUndefined();
  });

  it('is asked of nobody under whose name nobody injects, and of no other place than their own', async () => {
    const { db, town } = world;
    expect((await readDesk(db, as(town.injector))).presence).toBeNull();
    await expectRefusal(sayHere(db, as(town.injector), town.elPaso), 'not_found');
    await expectRefusal(sayHere(db, as(town.patient), town.leeds), 'not_found');
  });
});

describe('the form', () => {
  const read = (form: object) => startForm.safeParse(form);

  it('takes nothing, where nothing was asked', () => {
    expect(read({}).data).toEqual({ prescriber: null });
  });

  it('wants a way to whoever is not on site', () => {
    for (const where of PRESCRIBER_PLACES) {
      const { success, error } = read({ prescriberWhere: where, prescriberWay: ' ' });
      expect([where, success]).toEqual([where, where === 'on_site']);
      if (!success) expect(error.issues[0]?.path).toEqual(['prescriberWay']);
    }
    expect(read({ prescriberWhere: 'next_door' }).error?.issues[0]?.message).toBe(
      'Choose where the prescriber is',
    );
    expect(read({ prescriberWhere: 'reachable', prescriberWay: 'x'.repeat(121) }).success).toBe(false);
  });
});

it('the database finds the stricter word of floor and law, and stops where there is none', async () => {
  const { owner } = world;
  const word = (jurisdiction: string, key: string, day = '2026-06-01') =>
    sql<{ word: string }>`SELECT policy_word(${jurisdiction}, ${key}, ${day}::date) AS word`
      .execute(owner)
      .then(({ rows }) => rows[0]!.word);
  expect(await word('england', 'prescriber_onsite')).toBe('reachable');
  expect(await word('texas', 'prescriber_onsite')).toBe('immediately_available');
  expect(await word('ireland', 'prescriber_onsite')).toBe('on_site');
  await expect(word('england', 'min_age')).rejects.toThrow(/no policy/);
  await expect(word('england', 'before_after_publicly')).rejects.toThrow(/no policy/);
});
