import { beforeAll, describe, expect, it } from 'vitest';
import { searchInput } from '#lib/server/domain/directory/input.ts';
import { ColumnMissing, loadPostcodes } from '#lib/server/domain/directory/load-postcodes.ts';
import { postcodeArea } from '#lib/server/domain/directory/postcodes.ts';
import { searchPractitioners } from '#lib/server/domain/directory/search.ts';
import { suggestPlaces } from '#lib/server/domain/directory/suggest.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { postgresSearch } from '#lib/server/platform/search/postgres.ts';
import { afterFile } from '../../harness/after.ts';
import { countedDb } from '../../harness/counted.ts';
import { createTestDatabase } from '../../harness/database.ts';

describe('what looks like a postcode', () => {
  it.each([
    ['SW4', 'GB', 'SW4'],
    ['sw4', 'GB', 'SW4'],
    ['  M20 ', 'GB', 'M20'],
    ['SW4 7AB', 'GB', 'SW4'],
    ['sw47ab', 'GB', 'SW4'],
    ['m201aa', 'GB', 'M20'],
    ['m2 01a', null, null],
    ['EC1A 1BB', 'GB', 'EC1A'],
    ['w1a  1hq', 'GB', 'W1A'],
    ['78704', 'US', '78704'],
    ['78704-1234', 'US', '78704'],
    ['7870', null, null],
    ['787041', null, null],
    ['Leeds', null, null],
    ['11s', null, null],
    ['SW', null, null],
    ['4', null, null],
    ['', null, null],
  ])('%s', (typed, country, code) => {
    expect(postcodeArea(typed)).toEqual(country === null ? null : { country, code });
  });
});

let { db, counted } = {} as ReturnType<typeof countedDb>;
let owner: Db;
beforeAll(async () => {
  const database = await createTestDatabase('demo');
  ({ db, counted } = countedDb(database.urls.app));
  owner = openDb(openPool(database.urls.owner, { max: 1, onError: () => {} }));
  afterFile(() => owner.destroy());
});

const search = (asked: Record<string, string>) =>
  searchPractitioners(db, postgresSearch(db), searchInput.parse(asked));

describe('a search', () => {
  it('near a ZIP code is near where the Census Bureau says it is', async () => {
    const { place, results, placeUnknown } = await search({ place: '78704-1234', miles: '5' });
    expect([place?.name, placeUnknown]).toEqual(['78704', false]);
    expect(place!.latitude).toBeCloseTo(30.24, 1);
    expect(place!.longitude).toBeCloseTo(-97.77, 1);
    expect(results.length).toBeGreaterThan(0);
    for (const { locality, distanceMiles } of results) {
      expect(locality).toBe('Austin');
      expect(distanceMiles).toBeLessThanOrEqual(5);
    }
  });

  it('near a British postcode is near the clinics in it, and keeps its outward half alone', async () => {
    for (const typed of ['SW4', 'sw4 7ab', 'SW47AB']) {
      const { place, asked, results } = await search({ place: typed, sort: 'nearest' });
      expect([typed, place?.name, asked.place]).toEqual([typed, 'SW4', 'SW4']);
      expect(results[0]).toMatchObject({ district: 'Clapham' });
    }
  });

  it.each([
    ['jaw SW4', 'SW4', 'Clapham'],
    ['jaw near sw4 7ab please', 'SW4', 'Clapham'],
    ['frown lines M20', 'M20', 'Didsbury'],
    ['crow’s feet 78704', '78704', 'South Congress'],
  ])('by words finds it among them: %s', async (q, name, district) => {
    const { place, asked, results } = await search({ q, sort: 'nearest' });
    expect([place?.name, asked.place, asked.q, asked.concern.length]).toEqual([name, name, '', 1]);
    expect(results.slice(0, 3).map((result) => result.district)).toContain(district);
  });

  it('says when it knows none there, or not this one, and shows everybody', async () => {
    const british = await search({ place: 'ZE3', q: 'jaw' });
    expect(british.postcodeUnknown).toEqual({ country: 'GB', knowsOthers: false });
    const american = await search({ place: '10001' });
    expect(american.postcodeUnknown).toEqual({ country: 'US', knowsOthers: true });
    for (const { place, placeUnknown, total, leftOut } of [british, american])
      expect([place, placeUnknown, total > 100, leftOut]).toEqual([null, true, true, '']);
    expect((await search({ place: 'Leeds' })).postcodeUnknown).toBeNull();
    // Words that look like one and are none stay words.
    expect((await search({ q: 'ZE3' })).asked.q).toBe('ZE3');
  });

  it('takes one query for where it is', async () => {
    const [, ofTown] = await counted(() => search({ place: 'London' }));
    const [, ofPostcode] = await counted(() => search({ place: 'SW4' }));
    expect(ofPostcode).toBe(ofTown);
  });
});

it('is suggested when it is known', async () => {
  expect(await suggestPlaces(db, 'sw4 7a')).toEqual([]);
  expect(await suggestPlaces(db, 'sw4 7ab')).toEqual([
    { kind: 'place', text: 'SW4', detail: 'Postcode area' },
  ]);
  expect(await suggestPlaces(db, '78704')).toEqual([{ kind: 'place', text: '78704', detail: 'ZIP code' }]);
  expect(await suggestPlaces(db, 'ZE3')).toEqual([]);
});

describe('a file of an operator', () => {
  async function* rowsOf(...rows: Record<string, string>[]) {
    for (const row of rows) yield await Promise.resolve(row);
  }
  const known = async () =>
    Number(
      (
        await owner
          .selectFrom('postcode')
          .where('country_code', '=', 'GB')
          .select((eb) => eb.fn.countAll<string>().as('count'))
          .executeTakeFirstOrThrow()
      ).count,
    );

  it('is read row by row, and of each area the middle is kept', async () => {
    const loaded = await loadPostcodes(
      owner,
      'GB',
      rowsOf(
        { pcds: 'SW4 7AB', LAT: '51.46', long: '-0.13', usertype: '0' },
        { pcds: 'SW4 9ZZ', LAT: '51.48', long: '-0.15', usertype: '0' },
        { pcds: 'ZE3 9JW', LAT: '59.88', long: '-1.31', usertype: '0' },
        // Without a position, in another country, and nothing at all.
        { pcds: 'SW4 0AA', LAT: '99.999999', long: '0.000000', usertype: '0' },
        { pcds: '78704', LAT: '51.4', long: '-0.1', usertype: '0' },
        { pcds: '', LAT: '', long: '', usertype: '' },
      ),
    );
    expect(loaded).toEqual({ rows: 6, leftOut: 3, areas: 2 });
    const { place } = await search({ place: 'SW4' });
    expect([place!.latitude.toFixed(3), place!.longitude.toFixed(3)]).toEqual(['51.470', '-0.140']);
    expect((await search({ place: 'ZE3 9JW' })).place?.name).toBe('ZE3');
    expect((await search({ place: 'E99' })).postcodeUnknown).toEqual({ country: 'GB', knowsOthers: true });
    // The other country keeps its own.
    expect((await search({ place: '78704' })).place?.name).toBe('78704');
  });

  it('takes the place of what was there, and does nothing when it makes no sense', async () => {
    await loadPostcodes(owner, 'GB', rowsOf({ postcode: 'M20', latitude: '53.42', longitude: '-2.23' }));
    expect(await known()).toBe(1);
    expect(await loadPostcodes(owner, 'GB', rowsOf({ postcode: 'x', lat: '1', lng: '1' }))).toEqual({
      rows: 1,
      leftOut: 1,
      areas: 0,
    });
    expect(await known()).toBe(1);
    await expect(loadPostcodes(owner, 'GB', rowsOf({ postcode: 'M20', where: 'here' }))).rejects.toThrow(
      ColumnMissing,
    );
    expect(await known()).toBe(1);
  });

  it('is not for pages to write', async () => {
    await expect(loadPostcodes(db, 'GB', rowsOf({ postcode: 'M20', lat: '53', lng: '-2' }))).rejects.toThrow(
      /permission denied/,
    );
  });
});
