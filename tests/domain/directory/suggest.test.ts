import pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { CONCERN_NAMES, CONCERN_WORDS } from '#lib/server/domain/directory/concerns.ts';
import { allDocuments, type ShownPractitioner } from '#lib/server/domain/directory/documents.ts';
import { suggestPlaces, suggestWords } from '#lib/server/domain/directory/suggest.ts';
import { LANGUAGES } from '#lib/server/domain/directory/meanings.ts';
import { searchInput } from '#lib/server/domain/directory/input.ts';
import { searchPractitioners } from '#lib/server/domain/directory/search.ts';
import { understand } from '#lib/server/domain/directory/understand.ts';
import { PROFESSION_NAMES } from '#lib/server/domain/policy/codes.ts';
import { publicWording } from '#lib/server/domain/policy/shared-wording.ts';
import { findBannedTerms } from '#lib/server/domain/policy/terms.ts';
import { meilisearch } from '#lib/server/platform/search/meilisearch.ts';
import type { SearchIndex } from '#lib/server/platform/search/port.ts';
import { postgresSearch } from '#lib/server/platform/search/postgres.ts';
import { afterFile } from '../../harness/after.ts';
import { countedDb } from '../../harness/counted.ts';
import { createTestDatabase } from '../../harness/database.ts';
import { hasMeilisearch, startMeilisearch } from '../../harness/meilisearch.ts';

let { db, counted } = {} as ReturnType<typeof countedDb>;
let owner: pg.Client;
beforeAll(async () => {
  const database = await createTestDatabase('demo');
  ({ db, counted } = countedDb(database.urls.app));
  owner = new pg.Client({ connectionString: database.urls.owner });
  await owner.connect();
  afterFile(() => owner.end());
});

const placesFor = async (typed: string) =>
  (await suggestPlaces(db, typed)).map(({ text, detail }) => `${text}, ${detail}`);

describe('places', () => {
  it('come from the whole gazetteer: called so, beginning so, with a later word that does; larger ones first', async () => {
    expect((await placesFor('lon'))[0]).toBe('London, England');
    expect((await placesFor('austi'))[0]).toBe('Austin, Texas');
    expect((await placesFor('newport')).at(-1)).toBe('Newport Pagnell, England');
    expect(await placesFor('tees')).toContain('Stockton-on-Tees, England');
    // Hamlets too, and nobody works there.
    const { rows } = await owner.query<{ name: string }>(
      `SELECT name FROM place WHERE population BETWEEN 1000 AND 1100 ORDER BY id LIMIT 25`,
    );
    for (const { name } of rows) expect([name, await names(name)]).toEqual([name, true]);
  });

  const names = async (name: string) => (await suggestPlaces(db, name)).some(({ text }) => text === name);

  it('are told apart when they share a name', async () => {
    const newports = (await suggestPlaces(db, 'Newport')).filter(({ text }) => text === 'Newport');
    expect(newports.length).toBeGreaterThan(2);
    expect(new Set(newports.map(({ detail }) => detail)).size).toBe(newports.length);
    expect(newports.map(({ detail }) => detail)).toContain('near Portsmouth, England');
    expect(await placesFor('newcastle')).toEqual([
      'Newcastle upon Tyne, England',
      'Newcastle under Lyme, England',
    ]);
  });

  it('lead to exactly that place when their id goes along, in the same words', async () => {
    const newports = (await suggestPlaces(db, 'Newport')).filter(({ text }) => text === 'Newport');
    for (const { text, detail, at } of newports) {
      const { place, otherPlaces } = await searchPractitioners(
        db,
        postgresSearch(db),
        searchInput.parse({ place: text, at: String(at) }),
      );
      expect([place?.id, place?.region]).toEqual([at, detail]);
      expect(new Set(otherPlaces.map(({ region }) => region))).toEqual(
        new Set(newports.filter((one) => one.at !== at).map((one) => one.detail)),
      );
    }
    // An id that is no place, or one of another name, changes nothing.
    for (const at of ['9999999999', '1', String(newports[0]!.at)])
      expect(
        (await searchPractitioners(db, postgresSearch(db), searchInput.parse({ place: 'Leeds', at }))).place
          ?.name,
      ).toBe('Leeds');
  });

  it('forgive accents, signs and slips', async () => {
    expect((await placesFor("king's lyn"))[0]).toBe("King's Lynn, England");
    expect((await placesFor('stoke on tre'))[0]).toBe('Stoke-on-Trent, England');
    expect((await placesFor('manchster'))[0]).toBe('Manchester, England');
    expect((await placesFor('LONDÓN'))[0]).toBe('London, England');
  });

  it('are none for one letter, for signs, and for a product', async () => {
    for (const typed of ['', ' ', 'l', '%', '%%', '__', '\\\\', '!?', 'botox', 'bo-tox'])
      expect([typed, await suggestPlaces(db, typed)]).toEqual([typed, []]);
  });

  it('take one query, however many there are', async () => {
    const [many, forMany] = await counted(() => suggestPlaces(db, 'new'));
    const [one, forOne] = await counted(() => suggestPlaces(db, 'Wolverhampton'));
    expect([many.length, one.length]).toEqual([8, 1]);
    expect([forMany, forOne]).toEqual([1, 1]);
  });
});

describe('choices', () => {
  const choices = async (typed: string) =>
    (await suggestWords(db, postgresSearch(db), typed))
      .filter(({ kind }) => kind !== 'practitioner')
      .map(({ text }) => text);

  it.each([
    ['elev', ['Frown lines']],
    ['11', ['Frown lines']],
    ['between my ey', ['Frown lines']],
    ['ma', []],
    ['lines acr', ['Forehead lines']],
    ['crow’s f', ['Lines beside the eyes']],
    ['turkey', ['Neck bands']],
    ['teeth gri', ['Jaw']],
    ['nurse p', ['Nurse prescriber', 'Nurse practitioner']],
    ['beautic', ['Esthetician']],
    ['pol', ['Speaks Polish']],
    ['speaks wel', ['Speaks Welsh']],
    ['botox frow', ['Frown lines']],
    ['lines', []],
    ['my', []],
    ['a', []],
  ])('%s', async (typed, expected) => {
    expect(await choices(typed)).toEqual(expected);
  });

  it('are read as what they say, every one of them', async () => {
    const seen = new Set<string>();
    const words = [
      ...Object.values(CONCERN_WORDS).flat(),
      ...Object.values(PROFESSION_NAMES),
      ...Object.keys(LANGUAGES),
    ];
    const beginnings = new Set(words.flatMap((phrase) => phrase.split(' ')).map((word) => word.slice(0, 3)));
    for (const beginning of beginnings)
      for (const { kind, text } of await suggestWords(db, nobody, beginning)) {
        seen.add(kind);
        const { words, meaning } = understand(text);
        expect([text, words]).toEqual([text, '']);
        if (kind === 'concern')
          expect([text, meaning]).toEqual([
            text,
            { concern: [Object.entries(CONCERN_NAMES).find(([, name]) => name === text)![0]] },
          ]);
        if (kind === 'profession')
          expect([text, meaning]).toEqual([
            text,
            { profession: [Object.entries(PROFESSION_NAMES).find(([, name]) => name === text)![0]] },
          ]);
        if (kind === 'language') expect(Object.keys(meaning)).toEqual(['language']);
      }
    expect([...seen].toSorted()).toEqual(['concern', 'language', 'profession']);
  });
});

const nobody: Pick<SearchIndex<ShownPractitioner>, 'find'> = {
  find: () => Promise.resolve({ hits: [], total: 0, counts: {} as never }),
};

function practitioners(current: () => SearchIndex<ShownPractitioner>): void {
  const people = async (typed: string) =>
    (await suggestWords(db, current(), typed))
      .filter(({ kind }) => kind === 'practitioner')
      .map(({ text }) => text);

  it('are suggested by any part of their name, half typed, without accents, with a slip', async () => {
    for (const typed of ['amara', 'AMARA OKAF', 'okafor', 'okaforbell', 'dr amara', 'amarra okafor'])
      expect([typed, (await people(typed)).includes('Dr Amara Okafor-Bell')]).toEqual([typed, true]);
  });

  it('are five at most, each begins as typed, and says where they work', async () => {
    for (const typed of ['ma', 'an', 'jo']) {
      const found = (await suggestWords(db, current(), typed)).filter(({ kind }) => kind === 'practitioner');
      expect(found.length).toBeGreaterThan(0);
      expect(found.length).toBeLessThanOrEqual(5);
      for (const { text, detail } of found) {
        expect(text.toLowerCase().normalize('NFD').replaceAll(/\p{M}/gu, '')).toMatch(
          new RegExp(`(^|[ '-])${typed}`),
        );
        expect(detail).toMatch(/^\p{L}+.*, .+/u);
      }
    }
  });

  it('are not suggested for where they work or what they do', async () => {
    for (const typed of ['Marylebone', 'London', 'frown lines', 'Nurse prescriber'])
      for (const name of await people(typed)) expect([typed, name]).toEqual([typed, 'nobody']);
  });

  it('are not suggested once they are not listed, though the index knows them, nor who sees patients after them', async () => {
    expect(await people('Amara Okafor')).toEqual(['Dr Amara Okafor-Bell']);
    expect(await people('Maya Lindqvist')).toEqual(['Maya Lindqvist']);
    await owner.query(`UPDATE practitioner SET out_of_hours_phone = NULL WHERE slug = 'amara-okafor-bell'`);
    try {
      expect(await people('Amara Okafor')).toEqual([]);
      expect(await people('Maya Lindqvist')).toEqual([]);
    } finally {
      await owner.query(
        `UPDATE practitioner SET out_of_hours_phone = '01632 960001' WHERE slug = 'amara-okafor-bell'`,
      );
    }
  });

  it('come back when a product is named, which is never said', async () => {
    for (const typed of ['botox', 'Botox amara', 'azzalure', 'anti-wrinkle injections', 'bot', 'boto'])
      expect([
        typed,
        findBannedTerms(JSON.stringify(await suggestWords(db, current(), typed)), publicWording),
      ]).toEqual([typed, []]);
    expect(await people('Botox amara okafor')).toEqual(['Dr Amara Okafor-Bell']);
    expect(await people('botox')).toEqual([]);
  });

  it('survive what nobody means', async () => {
    for (const typed of [
      '',
      ' ',
      "'; drop",
      '()&|!:*',
      '\u0001\ud800',
      '💉💉',
      'x'.repeat(120),
      'a '.repeat(60),
    ])
      expect([typed, await people(typed)]).toEqual([typed, []]);
  });
}

describe('practitioners by PostgreSQL', () => {
  practitioners(() => postgresSearch(db));

  it('take four queries, and five more where nobody is called so as typed', async () => {
    const [many, forMany] = await counted(() => suggestWords(db, postgresSearch(db), 'ma'));
    const [one, forOne] = await counted(() => suggestWords(db, postgresSearch(db), 'Amara Okafor'));
    expect([many.length > one.length, one.length]).toEqual([true, 1]);
    expect([forMany, forOne]).toEqual([4, 4]);
    const [, forSlips] = await counted(() => suggestWords(db, postgresSearch(db), 'Amarra Okafor'));
    expect(forSlips).toBe(9);
  });
});

describe.skipIf(!hasMeilisearch())('practitioners by Meilisearch', () => {
  let index: SearchIndex<ShownPractitioner>;
  beforeAll(async () => {
    const server = await startMeilisearch();
    afterFile(server.stop);
    index = meilisearch({ ...server, timeoutMs: 10_000 });
    await index.replaceAll(allDocuments(db));
  });
  practitioners(() => index);

  it('take one query of ours', async () => {
    const [, queries] = await counted(() => suggestWords(db, index, 'ma'));
    expect(queries).toBe(1);
  });
});
