import { expect, it } from 'vitest';
import { postgresSearch } from '#lib/server/platform/search/postgres.ts';
import { openDb, openPool } from '#lib/server/platform/db.ts';
import { searchContract } from '../../contract/search/index.ts';
import { batches, documentOf, LEEDS, manyDocuments, type Shown } from '../../contract/search/world.ts';
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

it('keeps no word that nobody has any more, and every word that somebody else has too', async () => {
  const database = await createTestDatabase('demo');
  const db = openDb(openPool(database.urls.app, { max: 2, onError: () => {} }));
  afterFile(() => db.destroy());
  const started = {
    index: postgresSearch<Shown>(db),
    practitionerIds: (await db.selectFrom('practitioner').select('id').orderBy('id').execute()).map(
      ({ id }) => id,
    ),
    locationIds: (await db.selectFrom('location').select('id').orderBy('id').execute()).map(({ id }) => id),
    beginnings: 'of every word',
    slips: 'when nothing fits',
    counted: 'every place',
  } as const;
  const { index, practitionerIds } = started;
  const [one, other] = [
    documentOf(started, 0, { name: "Zephyrine O'Quill", words: 'moorland' }),
    documentOf(started, 1, { name: 'Ada Quill', words: 'moorland harbour' }),
  ];
  const words = async () =>
    (await db.selectFrom('search_word').select('word').execute()).map(({ word }) => word).toSorted();
  await index.replaceAll(batches([one, other]));
  const both = await words();
  expect(both).toEqual(expect.arrayContaining(['zephyrine', 'ada', 'quill', 'moorland', 'harbour']));
  await index.put([practitionerIds[1]!], [{ ...other, words: 'moorland' }]);
  expect(await words()).toEqual(both.filter((word) => word !== 'harbour'));
  await index.put([practitionerIds[0]!], []);
  await index.replaceAll(batches([{ ...other, words: 'moorland' }]));
  const alone = await words();
  await index.replaceAll(batches([one, other]));
  await index.put(practitionerIds.slice(0, 2), [{ ...other, words: 'moorland' }]);
  expect(await words()).toEqual(alone);
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
