import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { effectForm } from '#lib/server/domain/care/adverse-events/input.ts';
import { tellEffect } from '#lib/server/domain/care/adverse-events/tell-effect.ts';
import { letBatchGo, putBatchAside } from '#lib/server/domain/care/batches/put-aside.ts';
import { readDeskBatches, readMyRecall } from '#lib/server/domain/care/batches/reads.ts';
import { sayReached, sayRead } from '#lib/server/domain/care/batches/say-reached.ts';
import { planVial } from '#lib/server/domain/care/plan-vial.ts';
import { startTreatment } from '#lib/server/domain/care/start-treatment.ts';
import { confirmConsent } from '#lib/server/domain/care/confirm-consent.ts';
import { closeSafetyCase, openCases } from '#lib/server/domain/oversight/safety/open-cases.ts';
import { readRecall, readSafety } from '#lib/server/domain/oversight/safety/reads.ts';
import { decideRecall, proposeRecall } from '#lib/server/domain/oversight/safety/recall-batch.ts';
import { countSafety, readSafetyReport } from '#lib/server/domain/oversight/safety/report.ts';
import { tellRecalls } from '#lib/server/domain/oversight/safety/tell-recalls.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { acting, later, passTime, setClock } from '../../builders/act.ts';
import {
  bookTreatment,
  confirmHealth,
  consulted,
  draftTreatmentRecord,
  finishTreatment,
  giveConsent,
  planVial as plan,
  prescribe,
  startTreatment as start,
  vial,
  type Treatment,
} from '../../builders/care.ts';
import { patient, staffMember, type Practitioner } from '../../builders/people.ts';
import { afterFile } from '../../harness/after.ts';
import { as, expectRefusal, openWorld, type World } from './world.ts';

let world: World;
let worker: Db;
beforeAll(async () => {
  world = await openWorld();
  worker = openDb(openPool(world.workerUrl, { max: 2, onError: () => {} }));
  afterFile(() => worker.destroy());
});

const publicUrl = new URL('https://steadyhand.example');
const NO_LOOK = { product: '', batch: '' };
let batches = 0;
/** A batch that nothing else of this file has. */
const newBatch = () => `B${(batches += 1)}-${100 + batches}x`;

/** A treatment in a few minutes by this one under the prescriber. */
async function booked(injector: Practitioner = world.town.prescriber): Promise<Treatment> {
  const { owner, town } = world;
  await passTime(owner, { hours: 3 });
  const consultation = await consulted(owner, {
    patient: await patient(owner),
    prescriber: town.prescriber,
    where: town.leeds,
  });
  const consent = await giveConsent(owner, await prescribe(owner, consultation, { injector }));
  await passTime(owner, { hours: 50 });
  const treatment = await bookTreatment(owner, consent, await later(owner));
  await confirmHealth(owner, treatment);
  return treatment;
}

/** Somebody treated from this batch. */
async function treatedFrom(batch: string): Promise<Treatment> {
  const { owner } = world;
  const treatment = await booked();
  await start(owner, treatment);
  const record = await draftTreatmentRecord(owner, treatment);
  await sql`UPDATE treatment_record SET batch = ${batch} WHERE id = ${record}`.execute(owner);
  await finishTreatment(owner, treatment, record);
  return treatment;
}

async function tell(treatment: Treatment, code: string, by = as(treatment.patient)) {
  const onsetOn = (await later(world.owner)).toZonedDateTimeISO('Europe/London').toPlainDate().toString();
  const input = effectForm.parse({ code, side: 'left', onsetOn, severity: 'moderate', words: 'As it is.' });
  return tellEffect(world.db, publicUrl, by, { ...input, appointmentId: treatment.id });
}

const recallOf = (batch: string) => ({
  productCode: 'botox',
  batch,
  why: 'The maker asks for it.',
  advice: 'Look out for weak muscles, and call the clinic.',
});

describe('a batch that is put aside', () => {
  it('is not set aside for a treatment, nor opened; a prescriber of the place lets it go', async () => {
    const { owner, db, town } = world;
    const batch = newBatch();
    const treatment = await booked(town.injector);
    const vialId = await vial(owner, { where: town.leeds, dispensedFor: treatment.patient });
    await sql`UPDATE vial SET batch = ${batch} WHERE id = ${vialId}`.execute(owner);
    await plan(owner, treatment, vialId);
    const place = { productCode: 'botox', locationId: town.leeds.locationId, reason: 'A cracked seal' };
    await expectRefusal(putBatchAside(db, as(treatment.patient), { ...place, batch }), 'not_found');
    // As somebody else writes the same batch.
    await putBatchAside(db, as(town.injector), { ...place, batch: batch.toLowerCase().replace('-', ' ') });
    await expectRefusal(
      putBatchAside(db, as(town.prescriber), { ...place, batch }),
      'batch_put_aside_already',
    );

    const at = { appointmentId: treatment.id };
    await confirmConsent(db, as(town.injector), at);
    await expectRefusal(startTreatment(db, as(town.injector), at), 'vial_quarantined');
    await expectRefusal(planVial(db, as(town.injector), { ...at, vialId }), 'vial_quarantined');

    const { quarantines } = await readDeskBatches(db, as(town.injector));
    const mine = quarantines.live.find(({ title }) => title.toUpperCase().includes(batch.slice(0, 2)));
    const release = { quarantineId: mine!.id, reason: 'The seal is whole' };
    await expectRefusal(letBatchGo(db, as(town.injector), release), 'batch_release_by_prescriber');
    await expectRefusal(letBatchGo(db, as(await patient(owner)), release), 'not_found');
    await letBatchGo(db, as(town.prescriber), release);
    await startTreatment(db, as(town.injector), {
      ...at,
      prescriber: { where: 'reachable', way: 'Telephone 0113 496 0101' },
    });
    expect((await readDeskBatches(db, as(town.injector))).quarantines.released[0]?.releaseReason).toBe(
      'The seal is whole',
    );
  });

  it('is so by itself after a serious event, at that place, and after no other', async () => {
    const { db, town } = world;
    const batch = newBatch();
    const treatment = await treatedFrom(batch);
    const aside = async () =>
      (await readDeskBatches(db, as(town.prescriber))).quarantines.live.filter(({ title }) =>
        title.endsWith(`batch ${batch}`),
      );
    await tell(treatment, 'bruising');
    expect(await aside()).toEqual([]);
    await tell(treatment, 'swallowing');
    await tell(treatment, 'speech', as(town.prescriber));
    expect((await aside()).map(({ placed, isEverywhere }) => [placed.split(',')[0], isEverywhere])).toEqual([
      ['The system', false],
    ]);
  });
});

describe('a recall', () => {
  it('is proposed by one and confirmed by another; it names exactly who was treated, tells them, and tracks who was reached', async () => {
    const { owner, db, town } = world;
    const [first, second] = [await staffMember(owner, 'operator'), await staffMember(owner)];
    const batch = newBatch();
    const planted = [
      await treatedFrom(batch),
      await treatedFrom(batch.toLowerCase()),
      await treatedFrom(` ${batch.replace('-', '')}`),
    ];
    const other = await treatedFrom(newBatch());

    const look = { product: 'botox', batch: batch.replace('-', ' / ') };
    const { counted } = await readSafety(db, as(first), look);
    expect(counted).toMatchObject({ patients: 3, treatments: 3, practitioners: 1, clinics: 1 });
    await expectRefusal(proposeRecall(db, as(town.prescriber), recallOf(batch)), 'not_found');
    const { id } = await proposeRecall(db, as(first), recallOf(batch));
    await expectRefusal(proposeRecall(db, as(second), recallOf(batch)), 'recall_open');
    await tellRecalls(worker, publicUrl);
    await expectRefusal(readMyRecall(db, as(planted[0]!.patient), id), 'not_found');

    await expectRefusal(
      decideRecall(db, as(first), { recallId: id, decision: 'confirmed' }),
      'recall_second_person',
    );
    await expectRefusal(
      decideRecall(db, as(town.prescriber), { recallId: id, decision: 'confirmed' }),
      'not_found',
    );
    await decideRecall(db, as(second), { recallId: id, decision: 'confirmed' });
    await expectRefusal(decideRecall(db, as(second), { recallId: id, decision: 'withdrawn' }), 'not_now');
    const named = async () => (await readRecall(db, as(first), id)).clinics.flatMap(({ people }) => people);
    const ids = (people: readonly { patientId: string }[]) => people.map(({ patientId }) => patientId).sort();
    expect(ids(await named())).toEqual(planted.map((one) => one.patient.id).sort());

    await Promise.all([tellRecalls(worker, publicUrl), tellRecalls(worker, publicUrl)]);
    await tellRecalls(worker, publicUrl);
    const letters = await owner
      .selectFrom('mail_message')
      .where('body', 'like', `%/my-care/recalls/${id}%`)
      .select(['subject', 'body'])
      .execute();
    expect(letters).toHaveLength(3);
    // The page's address is drawn by lot, and may spell what looks like a batch.
    expect(JSON.stringify(letters).replaceAll(id, '')).not.toMatch(/botox|B\d-/i);

    // Written down late: named all the same.
    const late = await treatedFrom('not known yet');
    await sql`ALTER TABLE treatment_record DISABLE TRIGGER treatment_record_sign`.execute(owner);
    await sql`UPDATE treatment_record SET batch = ${batch} WHERE appointment_id = ${late.id}`.execute(owner);
    await sql`ALTER TABLE treatment_record ENABLE TRIGGER treatment_record_sign`.execute(owner);
    await tellRecalls(worker, publicUrl);
    expect(ids(await named())).toEqual([...planted, late].map((one) => one.patient.id).sort());

    const [one, two] = planted;
    expect((await readMyRecall(db, as(one!.patient), id)).advice).toContain('weak muscles');
    await expectRefusal(readMyRecall(db, as(other.patient), id), 'not_found');
    await sayRead(db, as(one!.patient), id);
    await sayRead(db, as(one!.patient), id);
    const called = { recallId: id, patientId: two!.patient.id, words: '' };
    await expectRefusal(sayReached(db, as(town.otherPrescriber), { ...called, how: 'spoken' }), 'not_found');
    await sayReached(db, as(town.prescriber), { ...called, how: 'not_reached' });
    await sayReached(db, as(town.prescriber), { ...called, how: 'spoken', words: 'She is well' });
    const { recall } = await readRecall(db, as(second), id);
    expect([recall.patients, recall.told, recall.reached]).toEqual([4, 4, 2]);
    const desk = await readDeskBatches(db, as(town.prescriber));
    expect(desk.recalls.find((found) => found.id === id)?.people).toHaveLength(4);
    expect(
      desk.quarantines.live.some(({ title, isEverywhere }) => isEverywhere && title.endsWith(batch)),
    ).toBe(true);
  });

  it('taken back, it has told nobody and may be proposed anew', async () => {
    const { owner, db } = world;
    const [first, second] = [await staffMember(owner), await staffMember(owner)];
    const batch = newBatch();
    await treatedFrom(batch);
    const { id } = await proposeRecall(db, as(first), recallOf(batch));
    await decideRecall(db, as(first), { recallId: id, decision: 'withdrawn' });
    const { recall, clinics } = await readRecall(db, as(second), id);
    expect([recall.stateText, clinics]).toEqual(['Taken back', []]);
    await proposeRecall(db, as(second), recallOf(batch));
  });
});

describe('clusters', () => {
  const casesOf = async (batch: string) =>
    (await readSafety(world.db, as(await staffMember(world.owner)), NO_LOOK)).cases.filter(
      ({ look }) => look?.batch === batch.toUpperCase().replace('-', ''),
    );

  it('open a case at the second drooping lid on a batch, and at the first trouble to swallow; nothing opens twice', async () => {
    const { owner, db } = world;
    const operator = await staffMember(owner, 'operator');
    const batch = newBatch();
    const [one, two, three] = [await treatedFrom(batch), await treatedFrom(batch), await treatedFrom(batch)];
    await tell(one, 'lid_droop');
    await tell(one, 'lid_droop');
    await openCases(worker, publicUrl);
    expect(await casesOf(batch)).toEqual([]);
    await tell(two, 'lid_droop');
    await Promise.all([openCases(worker, publicUrl), openCases(worker, publicUrl)]);
    const [opened, ...more] = await casesOf(batch);
    expect([more, opened!.why, opened!.events.length]).toEqual([[], 'Drooping lids', 3]);
    await tell(three, 'swallowing');
    await openCases(worker, publicUrl);
    expect((await casesOf(batch)).map(({ why }) => why)).toHaveLength(2);

    await closeSafetyCase(db, as(operator), {
      caseId: opened!.id,
      finding: 'Technique, taught anew.',
      reference: 'YC-7',
    });
    await openCases(worker, publicUrl);
    expect((await casesOf(batch)).filter(({ closed }) => closed === null)).toHaveLength(1);
    await expectRefusal(
      closeSafetyCase(db, as(operator), {
        caseId: opened!.id,
        finding: 'Technique, taught anew.',
        reference: 'YC-7',
      }),
      'not_now',
    );
    await expectRefusal(
      closeSafetyCase(db, as(await patient(owner)), {
        caseId: opened!.id,
        finding: 'Nothing at all.',
        reference: 'x1',
      }),
      'not_found',
    );
  });

  it('look back 28 days and no further', async () => {
    const batch = newBatch();
    const [one, two] = [await treatedFrom(batch), await treatedFrom(batch)];
    await tell(one, 'lid_droop');
    await passTime(world.owner, { hours: 29 * 24 });
    await tell(two, 'lid_droop');
    await openCases(worker, publicUrl);
    expect(await casesOf(batch)).toEqual([]);
  });
});

it('what was given from a batch that was put aside is a difference that needs its reason', async () => {
  const { owner, db, town } = world;
  const batch = newBatch();
  const treatment = await booked();
  await putBatchAside(db, as(town.prescriber), {
    productCode: 'botox',
    batch,
    locationId: town.leeds.locationId,
    reason: 'A cracked seal',
  });
  await start(owner, treatment);
  const record = await draftTreatmentRecord(owner, treatment);
  await acting(owner, treatment.who, async (trx) => {
    await sql`UPDATE treatment_record SET batch = ${batch} WHERE id = ${record}`.execute(trx);
  });
  const { rows } = await sql<{ kind: string }>`
    SELECT treatment_deviations(t) AS kind FROM treatment_record t WHERE id = ${record}`.execute(owner);
  expect(rows.map(({ kind }) => kind)).toEqual(['quarantined_batch']);
});

describe('the public report', () => {
  it('counts by quarter, gives no small number, and says so where nothing was counted', async () => {
    const { owner, db } = world;
    expect(await readSafetyReport(db)).toBeNull();
    const batch = newBatch();
    const treatment = await treatedFrom(batch);
    const told = async () => {
      await countSafety(worker);
      const report = await readSafetyReport(db);
      return report!.rows.find(({ what }) => what === 'unwanted_effects')!.cells[0];
    };
    const { rows } = await sql<{ at: string }>`
      SELECT (date_trunc('quarter', app_now() AT TIME ZONE 'UTC') + interval '3 months 2 days')::text AS at`.execute(
      owner,
    );
    await setClock(owner, `${rows[0]!.at}Z`);
    expect(await told()).toBe('0');
    for (let n = 0; n < 4; n += 1) await tell(treatment, 'bruising');
    expect(await told()).toBe('fewer than 5');
    await tell(treatment, 'bruising');
    expect(await told()).toBe('5');
  });
});

it('a case whose effects are locked away, or gone with their record, is still shown', async () => {
  const { rows } = await sql<{ id: string }>`
    INSERT INTO safety_case (about, why, product_code, key) SELECT 'batch', 'lid_droop', code, 'Of nobody' FROM product ORDER BY code LIMIT 1 RETURNING id`.execute(
    world.owner,
  );
  const { cases } = await readSafety(world.db, as(await staffMember(world.owner)), NO_LOOK);
  expect(cases.find(({ id }) => id === rows[0]!.id)).toMatchObject({ events: [] });
});
