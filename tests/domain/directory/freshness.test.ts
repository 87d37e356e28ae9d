import { Meilisearch } from 'meilisearch';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { ShownPractitioner } from '#lib/server/domain/directory/documents.ts';
import { markPassed, markStale, refreshDocuments } from '#lib/server/domain/directory/refresh-documents.ts';
import { rebuildIndex } from '#lib/server/domain/directory/rebuild-index.ts';
import { catchUp, reindex, repairDocuments } from '#lib/server/domain/directory/repair-index.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { INDEX, meilisearch } from '#lib/server/platform/search/meilisearch.ts';
import { openSearch, type Search } from '#lib/server/platform/search/open.ts';
import type { SearchIndex } from '#lib/server/platform/search/port.ts';
import { postgresSearch } from '#lib/server/platform/search/postgres.ts';
import { passTime } from '../../builders/act.ts';
import { afterFile } from '../../harness/after.ts';
import { createTestDatabase } from '../../harness/database.ts';
import { hasMeilisearch, startMeilisearch, type MeilisearchServer } from '../../harness/meilisearch.ts';

type Index = SearchIndex<ShownPractitioner>;

/** As docs/operating.md has the operator make them. */
const KEYS = {
  pages: { actions: ['search'], indexes: ['practices_*'] },
  jobs: {
    actions: [
      'documents.add',
      'documents.get',
      'documents.delete',
      'indexes.get',
      'indexes.create',
      'indexes.delete',
      'indexes.swap',
      'settings.update',
      'tasks.get',
    ],
    indexes: ['*'],
  },
};

describe.skipIf(!hasMeilisearch())('both indexes', () => {
  let db: Db;
  let owner: Db;
  let admin: Meilisearch;
  let own: Index;
  /** With the key of the jobs, which cannot search, and with that of the pages, which can do nothing else. */
  let server: Index;
  let asked: Index;
  let search: Search<ShownPractitioner>;
  let pages: Search<ShownPractitioner>;
  const failures: unknown[] = [];

  beforeAll(async () => {
    const { urls } = await createTestDatabase('demo');
    db = openDb(openPool(urls.worker, { max: 6, onError: () => {} }));
    owner = openDb(openPool(urls.owner, { max: 1, onError: () => {} }));
    const started = await startMeilisearch();
    afterFile(async () => {
      await Promise.all([db.destroy(), owner.destroy()]);
      await started.stop();
    });
    const config = await configOf(started);
    admin = new Meilisearch({ host: started.url, apiKey: started.key });
    own = postgresSearch(db);
    server = meilisearch({ url: started.url, key: config.writeKey, timeoutMs: 10_000 });
    asked = meilisearch({ url: started.url, key: config.searchKey, timeoutMs: 10_000 });
    const watch = { onFailure: (error: unknown) => void failures.push(error) };
    search = openSearch(db, config, 'worker', watch);
    pages = openSearch(db, config, 'web', watch);
  });

  async function configOf({ url, key }: MeilisearchServer) {
    const master = new Meilisearch({ host: url, apiKey: key });
    const [forPages, forJobs] = [KEYS.pages, KEYS.jobs].map((made) =>
      master.createKey({ ...made, expiresAt: null }),
    );
    return { url, searchKey: (await forPages!).key, writeKey: (await forJobs!).key };
  }

  async function held(index: Index): Promise<string[]> {
    const all: string[] = [];
    for await (const batch of index.holdings())
      for (const { practitionerId, locationId, fingerprint } of batch)
        all.push(`${practitionerId} ${locationId} ${fingerprint}`);
    return all.toSorted();
  }
  /** Once the jobs are done: a busy server does what it was told a little later. */
  async function expectSame(): Promise<void> {
    await refreshDocuments(db, search);
    const ours = await held(own);
    expect(ours.length).toBeGreaterThan(300);
    await vi.waitFor(async () => expect(await held(server)).toEqual(ours), {
      timeout: 60_000,
      interval: 200,
    });
  }
  const rename = async (nth: number, name: string) => {
    const listed = await db
      .selectFrom('listing')
      .select('practitioner_id')
      .orderBy('practitioner_id')
      .execute();
    const id = listed[nth]!.practitioner_id!;
    await owner.updateTable('practitioner').set({ display_name: name }).where('id', '=', id).execute();
    return id;
  };
  const found = async (index: Pick<Index, 'find'>, words: string) =>
    (await index.find({ words, order: 'best', offset: 0, limit: 5 })).hits.map(({ shown }) => shown.name);
  const done = async (task: PromiseLike<{ taskUid: number }>) =>
    admin.tasks.waitForTask((await task).taskUid);

  it('are filled where they are empty, with keys that can do no more than they must', async () => {
    expect(await found(pages, 'Amara')).not.toEqual([]);
    expect(pages.health().engine).toBe('postgresql');
    await catchUp(db, search);
    await expectSame();
    failures.length = 0;
    expect(await found(pages, 'Amara')).not.toEqual([]);
    expect(pages.health().engine).toBe('meilisearch');
    expect(failures).toEqual([]);
  });

  it('hear of a change, and of somebody who is listed no more', async () => {
    const changed = await rename(3, 'Quintilla Ashgrove');
    await markStale(db, [changed]);
    await refreshDocuments(db, search);
    await expectSame();
    for (const index of [own, asked]) expect(await found(index, 'Quintilla')).toHaveLength(1);

    // Without a number for the hours after closing nobody is listed.
    await owner
      .updateTable('practitioner')
      .set({ out_of_hours_phone: null })
      .where('id', '=', changed)
      .execute();
    await markStale(db, [changed]);
    await refreshDocuments(db, search);
    await expectSame();
    expect([await found(asked, 'Quintilla'), await found(own, 'Quintilla')]).toEqual([[], []]);
  });

  it('take many changes of one practitioner for one, and are harmed by none that is told twice', async () => {
    const changed = await rename(4, 'Peregrine Ashgrove');
    for (let told = 0; told < 20; told++) await markStale(db, [changed]);
    let puts = 0;
    await refreshDocuments(db, { ...search, put: (...given) => (puts++, search.put(...given)) });
    await refreshDocuments(db, search);
    expect(puts).toBe(1);
    await expectSame();
  });

  it('keep a mark that is set while its documents are made', async () => {
    const changed = await rename(5, 'Before Ashgrove');
    await markStale(db, [changed]);
    let puts = 0;
    const interrupted: Index = {
      ...search,
      async put(ids, documents) {
        if (puts++ === 0) {
          await rename(5, 'After Ashgrove');
          await markStale(db, [changed]);
        }
        await search.put(ids, documents);
      },
    };
    await refreshDocuments(db, interrupted);
    expect(puts).toBe(2);
    await expectSame();
    expect((await found(asked, 'After Ashgrove'))[0]).toContain('After Ashgrove');
  });

  it('are the same again after the server has missed changes, lost documents, or kept what is no more', async () => {
    await markStale(db, [await rename(6, 'Missed Ashgrove')]);
    await refreshDocuments(db, own);
    const [lost] = await admin
      .index(INDEX)
      .getDocuments({ limit: 1 })
      .then(({ results }) => results);
    await done(admin.index(INDEX).deleteDocument(lost!.id as string));
    const [other] = await admin
      .index(INDEX)
      .getDocuments({ limit: 1 })
      .then(({ results }) => results);
    await done(admin.index(INDEX).addDocuments([{ ...other, id: 'gone', locationId: crypto.randomUUID() }]));

    expect(await catchUp(db, search)).toBe(3);
    await expectSame();
    expect(await catchUp(db, search)).toBe(0);
  });

  it('are the same again after the server has lost its index, and pages are answered meanwhile', async () => {
    await done(admin.deleteIndex(INDEX));
    expect(await found(pages, 'Amara')).not.toEqual([]);
    expect(pages.health().failing).toBe(true);
    await catchUp(db, search);
    await expectSame();
    expect(await found(pages, 'Amara')).not.toEqual([]);
    expect(pages.health().failing).toBe(false);
  });

  it('do not show half an index while the server is filled again', async () => {
    // What is left of a filling that broke off is in nobody's way.
    await done(admin.createIndex(`${INDEX}_next`, { primaryKey: 'id' }));
    const totals = new Set<number>();
    let isFilling = true;
    const filling = rebuildIndex(db, server).finally(() => (isFilling = false));
    while (isFilling) totals.add((await pages.find({ order: 'best', offset: 0, limit: 1 })).total);
    await filling;
    expect([...totals]).toHaveLength(1);
    expect(pages.health().engine).toBe('meilisearch');
    await expectSame();
  });

  it('are filled by one process at a time, and compared by none meanwhile', async () => {
    await done(admin.deleteIndex(INDEX));
    const begun = Promise.withResolvers<null>();
    const first = reindex(db, search, () => begun.resolve(null));
    await begun.promise;
    const second = reindex(db, search, () => {});
    expect(await catchUp(db, search)).toBeNull();
    const [documents, again] = await Promise.all([first, second]);
    expect(documents).toBeGreaterThan(300);
    expect(again).toBe(documents);
    await expectSame();
    expect(await catchUp(db, search)).toBe(0);
  });

  it('learn within the hour what no event has told of', async () => {
    const changed = await rename(7, 'Untold Ashgrove');
    expect(await repairDocuments(db, search)).toBe(1);
    const marked = await db.selectFrom('search_stale').select('practitioner_id').execute();
    expect(marked.map(({ practitioner_id }) => practitioner_id)).toContain(changed);
    await expectSame();
    expect(await found(asked, 'Untold')).toHaveLength(1);
    expect(await repairDocuments(db, search)).toBe(0);
  });

  it('follow the time: nobody is first for a time that has gone by', async () => {
    await passTime(owner, { hours: 30 });
    await markPassed(db);
    await expectSame();
    const gone = await db
      .selectFrom('search_document')
      .where('earliest_slot_at', '<', await appNow(db))
      .select('practitioner_id')
      .execute();
    expect(gone).toEqual([]);
  });
});
