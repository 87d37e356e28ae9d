import { expect, it } from 'vitest';
import { readTopUpsAtDesk } from '#lib/server/domain/care/top-ups-at-desk.ts';
import { openDb, openPool } from '#lib/server/platform/db.ts';
import { afterFile } from '../../harness/after.ts';
import { createTestDatabase } from '../../harness/database.ts';

it('the demo’s desk finds a small correction that it can book', async () => {
  const database = await createTestDatabase('demo');
  const [app, owner] = [database.urls.app, database.urls.owner].map((url) => {
    const db = openDb(openPool(url, { max: 2, onError: () => {} }));
    afterFile(() => db.destroy());
    return db;
  });
  const { id: accountId } = await owner!
    .selectFrom('account')
    .where('email', '=', 'reception@demo.steadyhand.example')
    .select('id')
    .executeTakeFirstOrThrow();
  const { id } = await owner!
    .selectFrom('patient')
    .where('family_name', '=', 'Marchetti')
    .where('given_name', '=', 'Delphine')
    .select('id')
    .executeTakeFirstOrThrow();
  expect(await readTopUpsAtDesk(app!, { kind: 'account', accountId }, id)).toEqual([
    expect.objectContaining({ bar: null, visitId: null, injectorName: 'Dr Amara Okafor-Bell' }),
  ]);
});
