import { expect, it } from 'vitest';
import { postgresSearch } from '#lib/server/platform/search/postgres.ts';
import { openDb, openPool } from '#lib/server/platform/db.ts';
import { searchContract } from '../../contract/search/index.ts';
import { batches, LEEDS, manyDocuments, type Shown } from '../../contract/search/world.ts';
import { afterFile } from '../../harness/after.ts';
import { createTestDatabase } from '../../harness/database.ts';

searchContract('PostgreSQL', async () => {
  const database = await createTestDatabase('demo');
  const db = openDb(openPool(database.urls.app, { max: 4, onError: () => {} }));
  afterFile(() => db.destroy());
  const idsOf = async (table: 'practitioner' | 'location') =>
    (await db.selectFrom(table).select('id').orderBy('id').execute()).map(({ id }) => id);
  return {
    index: postgresSearch(db),
    practitionerIds: await idsOf('practitioner'),
    locationIds: await idsOf('location'),
    beginnings: 'of every word',
    slips: 'when nothing fits',
    counted: 'every place',
  };
});

it('finds the same, in the same order, where words are common', async () => {
  const database = await createTestDatabase('demo');
  const db = openDb(openPool(database.urls.app, { max: 4, onError: () => {} }));
  afterFile(() => db.destroy());
  const idsOf = async (table: 'practitioner' | 'location') =>
    (await db.selectFrom(table).select('id').orderBy('id').execute()).map(({ id }) => id);
  const practitionerIds = await idsOf('practitioner');
  const usual = postgresSearch<Shown>(db);
  const common = postgresSearch<Shown>(db, { documents: 0, inShare: 0 });
  const started = {
    index: usual,
    practitionerIds,
    locationIds: await idsOf('location'),
    beginnings: 'of every word',
    slips: 'when nothing fits',
    counted: 'every place',
  } as const;
  const documents = manyDocuments(started, practitionerIds.length, 5).map((document, at) => ({
    ...document,
    name: at % 7 === 0 ? `House ${at}` : at % 5 === 0 ? `Housel ${at}` : document.name,
    words: `${document.words} house`,
  }));
  await usual.replaceAll(batches(documents));

  for (const order of ['best', 'soonest', 'fee'] as const)
    for (const asked of [
      {},
      { near: { ...LEEDS, withinKm: 100 } },
      { professions: ['doctor'] },
      { languages: ['pl'], concerns: ['jaw'] },
    ])
      for (const offset of [0, 10, 40, 5_000]) {
        const question = { words: 'house', order, offset, limit: 10, ...asked };
        const [one, other] = [await usual.find(question), await common.find(question)];
        expect(other.hits).toEqual(one.hits);
      }
});
