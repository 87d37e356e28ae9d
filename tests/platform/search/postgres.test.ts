import { postgresSearch } from '#lib/server/platform/search/postgres.ts';
import { openDb, openPool } from '#lib/server/platform/db.ts';
import { searchContract } from '../../contract/search/index.ts';
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
