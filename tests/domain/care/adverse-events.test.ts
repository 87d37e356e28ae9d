import { beforeAll, describe, expect, it } from 'vitest';
import { effectForm, effectStepForm } from '#lib/server/domain/care/adverse-events/input.ts';
import {
  readDeskEffect,
  readDeskEffects,
  readEffectForm,
  readMyEffects,
} from '#lib/server/domain/care/adverse-events/reads.ts';
import { takeEffectStep } from '#lib/server/domain/care/adverse-events/take-effect-step.ts';
import { tellEffect } from '#lib/server/domain/care/adverse-events/tell-effect.ts';
import { letBatchGo } from '#lib/server/domain/care/batches/put-aside.ts';
import { readDeskBatches } from '#lib/server/domain/care/batches/reads.ts';
import { schemeOf } from '#lib/server/domain/care/adverse-events/adverse-event.ts';
import { JURISDICTIONS } from '#lib/server/domain/policy/codes.ts';
import { later, passTime } from '../../builders/act.ts';
import { bookTreatment, consulted, giveConsent, prescribe, treat } from '../../builders/care.ts';
import { patient } from '../../builders/people.ts';
import { countedDb } from '../../harness/counted.ts';
import { as, auditOf, expectRefusal, openWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});

const publicUrl = new URL('https://steadyhand.example');

/** Somebody treated by the injector under the prescriber, three days ago. */
async function treated() {
  const { owner, town } = world;
  await passTime(owner, { hours: 3 });
  const consultation = await consulted(owner, {
    patient: await patient(owner),
    prescriber: town.prescriber,
    where: town.leeds,
  });
  const consent = await giveConsent(owner, await prescribe(owner, consultation, { injector: town.injector }));
  await passTime(owner, { hours: 50 });
  const treatment = await bookTreatment(owner, consent, await later(owner));
  await treat(owner, treatment);
  await passTime(owner, { hours: 72 });
  const today = (await later(owner)).toZonedDateTimeISO('Europe/London').toPlainDate();
  return { treatment, me: as(treatment.patient), today };
}

const typed = (today: Temporal.PlainDate, about: Record<string, string> = {}) =>
  effectForm.parse({
    code: 'lid_droop',
    side: 'left',
    onsetOn: today.toString(),
    severity: 'moderate',
    words: 'The left lid hangs since this morning.',
    ...about,
  });
const step = (kind: string) =>
  effectStepForm.parse({
    kind,
    who: 'Dr Okafor-Bell, by telephone',
    reference: 'YC-0001',
    outcome: 'recovered',
    words: 'As it was.',
  });

describe('an unwanted effect', () => {
  it('is told by its patient, linked to product and batch, read by who treats, and closed once all is done', async () => {
    const { owner, db, town } = world;
    const { treatment, me, today } = await treated();
    const appointmentId = treatment.id;
    const { id } = await tellEffect(db, publicUrl, me, { ...typed(today), appointmentId });
    const mine = await readMyEffects(db, me, appointmentId);
    expect(mine.scheme).toContain('Yellow Card');
    expect(mine.effects).toMatchObject([
      {
        title: 'A drooping eyelid',
        serious: false,
        given: 'botox, batch C7431A',
      },
    ]);
    expect(mine.effects[0]!.told).toContain('By the patient');
    expect(mine.effects[0]!.began).toMatch(/day 3$/);

    const letters = await owner
      .selectFrom('mail_message')
      .where('body', 'like', `%/desk/effects/${id}%`)
      .select(['subject', 'body'])
      .execute();
    expect(letters).toHaveLength(2);
    expect(JSON.stringify(letters)).not.toMatch(/lid|eyelid/);

    const desk = await readDeskEffects(db, as(town.injector));
    expect(desk.open.map((effect) => effect.id)).toContain(id);
    expect(await auditOf(world, treatment)).toContain('adverse_event.read');
    await expectRefusal(takeEffectStep(db, as(town.prescriber), id, step('closed')), 'effect_incomplete');
    for (const kind of ['managed', 'talked', 'closed'])
      await takeEffectStep(db, as(town.prescriber), id, step(kind));
    await expectRefusal(takeEffectStep(db, as(town.prescriber), id, step('managed')), 'already_signed');
    await takeEffectStep(db, as(town.injector), id, step('addendum'));
    const { effect } = await readDeskEffect(db, as(town.prescriber), id);
    expect([effect.isClosed, effect.missing]).toEqual([true, []]);
    // The patient reads all of it.
    expect((await readMyEffects(db, me, appointmentId)).effects[0]!.steps.map(({ title }) => title)).toEqual([
      'Looked after',
      'Talked about openly',
      'Closed',
      'Added',
    ]);
  });

  it('that is serious is closed with the authority’s reference alone; told at the desk, its patient is told', async () => {
    const { owner, db, town } = world;
    const { treatment, today } = await treated();
    expect((await readEffectForm(db, as(town.injector), treatment.id)).given).toContain('C7431A');
    const { id } = await tellEffect(db, publicUrl, as(town.injector), {
      ...typed(today, { code: 'headache', inHospital: 'yes' }),
      appointmentId: treatment.id,
    });
    for (const kind of ['managed', 'talked']) await takeEffectStep(db, as(town.injector), id, step(kind));
    await expectRefusal(takeEffectStep(db, as(town.injector), id, step('closed')), 'effect_not_reported');
    const { effect, schemeUrl } = await readDeskEffect(db, as(town.injector), id);
    expect([effect.serious, effect.missing]).toEqual([true, ['the report to the authority']]);
    expect(schemeUrl).toMatch(/^https:/);
    await takeEffectStep(db, as(town.injector), id, step('reported'));
    await takeEffectStep(db, as(town.injector), id, step('closed'));
    const letters = await owner
      .selectFrom('mail_message')
      .where('body', 'like', `%/my-care/appointments/${treatment.id}/effects%`)
      .select('id')
      .execute();
    expect(letters).toHaveLength(1);
    // Its batch was put aside; the others here are treated from it, too.
    const { quarantines } = await readDeskBatches(db, as(town.prescriber));
    await letBatchGo(db, as(town.prescriber), {
      quarantineId: quarantines.live[0]!.id,
      reason: 'Looked at, and whole',
    });
  });

  it('is nobody’s but the patient’s and who treats; its date lies after the treatment', async () => {
    const { owner, db, town } = world;
    const { treatment, me, today } = await treated();
    const about = { appointmentId: treatment.id };
    for (const stranger of [as(await patient(owner)), as(town.otherPrescriber)])
      await expectRefusal(tellEffect(db, publicUrl, stranger, { ...typed(today), ...about }), 'not_found');
    for (const days of [-4, 1])
      await expectRefusal(
        tellEffect(db, publicUrl, me, { ...typed(today.add({ days })), ...about }),
        'effect_onset',
      );
    const { id } = await tellEffect(db, publicUrl, me, { ...typed(today), ...about });
    await expectRefusal(readDeskEffect(db, as(town.otherPrescriber), id), 'not_found');
    await expectRefusal(readEffectForm(db, me, treatment.id), 'not_found');
    await expectRefusal(readMyEffects(db, as(town.injector), treatment.id), 'not_found');
    await expectRefusal(takeEffectStep(db, me, id, step('managed')), 'not_found');
  });

  it('takes the same queries in a list of one and of more', async () => {
    const { treatment, me, today } = await treated();
    const { db, counted } = countedDb(world.appUrl);
    const [few, first] = await counted(() => readDeskEffects(db, as(world.town.prescriber)));
    for (const code of ['bruising', 'headache'])
      await tellEffect(world.db, publicUrl, me, {
        ...typed(today, { code }),
        appointmentId: treatment.id,
      });
    const [more, second] = await counted(() => readDeskEffects(db, as(world.town.prescriber)));
    expect(more.open.length).toBe(few.open.length + 2);
    expect(second).toBe(first);
    await db.destroy();
  });
});

it('every jurisdiction has a scheme to report to', () => {
  expect(JURISDICTIONS.map(schemeOf)).not.toContain(undefined);
});
