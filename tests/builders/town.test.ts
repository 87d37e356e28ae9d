import { beforeAll, expect, it } from 'vitest';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { createTestDatabase } from '../harness/database.ts';
import { afterFile } from '../harness/after.ts';
import { later, passTime } from './act.ts';
import * as care from './care.ts';
import { build, type Town } from './town.ts';

let db: Db;
let town: Town;
beforeAll(async () => {
  const database = await createTestDatabase();
  db = openDb(openPool(database.urls.owner, { max: 2, onError: () => {} }));
  afterFile(() => db.destroy());
  town = await build(db);
});

it('leads from the first visit to a top-up', async () => {
  const { patient, prescriber, leeds } = town;
  const consultation = await care.consulted(db, { patient, prescriber, where: leeds });
  const prescription = await care.prescribe(db, consultation);
  const consent = await care.giveConsent(db, prescription);
  const treatment = await care.bookTreatment(db, consent, await later(db, { hours: 49 }));
  await care.planVial(db, treatment, await care.vial(db, { where: leeds, dispensedFor: patient }));
  await passTime(db, { hours: 49 });
  await care.treat(db, treatment);
  await passTime(db, { hours: 24 * 15 });
  await care.reviewed(db, treatment);
  const topUp = await care.bookTreatment(db, consent, await later(db), { topUpOf: treatment });
  await care.startTreatment(db, topUp);
  const { state } = await db
    .selectFrom('appointment')
    .select('state')
    .where('id', '=', topUp.id)
    .executeTakeFirstOrThrow();
  expect(state).toBe('started');
});
