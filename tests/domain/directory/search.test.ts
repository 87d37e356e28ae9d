import pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { freeSlotsOf } from '#lib/server/domain/availability/reads.ts';
import { searchInput } from '#lib/server/domain/directory/input.ts';
import { readProfile } from '#lib/server/domain/directory/profile.ts';
import { markStale, refreshDocuments } from '#lib/server/domain/directory/refresh-documents.ts';
import { searchPractitioners } from '#lib/server/domain/directory/search.ts';
import { postgresSearch } from '#lib/server/platform/search/postgres.ts';
import { publicWording } from '#lib/server/domain/policy/shared-wording.ts';
import { findBannedTerms } from '#lib/server/domain/policy/terms.ts';
import { countedDb } from '../../harness/counted.ts';
import { createTestDatabase } from '../../harness/database.ts';
import { afterFile } from '../../harness/after.ts';

let { db, counted } = {} as ReturnType<typeof countedDb>;
let owner: pg.Client;
beforeAll(async () => {
  const database = await createTestDatabase('demo');
  ({ db, counted } = countedDb(database.urls.app));
  owner = new pg.Client({ connectionString: database.urls.owner });
  await owner.connect();
  afterFile(() => owner.end());
});

const refresh = async (practitionerId: string) => {
  await markStale(db, [practitionerId]);
  await refreshDocuments(db, postgresSearch(db));
};

const search = (asked: Record<string, string | string[]> = {}) =>
  searchPractitioners(db, postgresSearch(db), searchInput.parse(asked));
const slugs = async (asked: Record<string, string | string[]>) =>
  (await search(asked)).results.map(({ slug }) => slug);

describe('search', () => {
  it('lists practitioners with free times when nothing is asked', async () => {
    const page = await search();
    expect(page.total).toBeGreaterThanOrEqual(300);
    expect(page.results).toHaveLength(10);
    for (const { days } of page.results)
      expect(Temporal.Instant.from(days[0]!.times[0]!.datetime)).toBeInstanceOf(Temporal.Instant);
  });

  it('takes the same few queries for one row and for ten', async () => {
    const [many, forMany] = await counted(() =>
      search({ place: 'London', language: 'en', profession: 'doctor' }),
    );
    const [one, forOne] = await counted(() =>
      search({ place: 'London', language: 'sv', profession: 'esthetician' }),
    );
    expect(many.results).toHaveLength(10);
    expect(one.results).toHaveLength(1);
    expect([forMany, forOne]).toEqual([8, 8]);
    // Words are looked for among names first.
    const [named, forName] = await counted(() => search({ place: 'London', q: 'Maya Lindqvist' }));
    expect(named.results).toHaveLength(1);
    expect(forName).toBe(11);
  });

  it('finds names without accents, with a slip of the finger, and half typed', async () => {
    expect(await slugs({ q: 'amara okafor' })).toContain('amara-okafor-bell');
    expect(await slugs({ q: 'amarra okaforbell' })).toContain('amara-okafor-bell');
    for (const slug of await slugs({ q: 'lindqv' })) expect(slug).toContain('lindqvist');
  });

  it('reads what people call it, and makes it a concern', async () => {
    for (const words of ['11 lines', 'elevens', 'Frown lines', 'between the eyebrows']) {
      const { asked } = await search({ q: words });
      expect([words, asked.concern, asked.q]).toEqual([words, ['frown_lines'], '']);
    }
    expect((await search({ q: 'jaw' })).asked.concern).toEqual(['jaw']);
    expect((await search({ q: 'one side looks different' })).asked.concern).toEqual(['asymmetry']);
  });

  it('finds people when a product is named, and never says the name back', async () => {
    for (const typed of ['botox', 'Botox London', 'azzalure', 'anti-wrinkle injections']) {
      const page = await search({ q: typed });
      expect([typed, page.total > 0]).toEqual([typed, true]);
      expect([typed, findBannedTerms(JSON.stringify(page), publicWording)]).toEqual([typed, []]);
    }
  });

  it('searches near a place, asks which when several share a name, and says when it knows none', async () => {
    const london = await search({ place: 'london', miles: '10', sort: 'nearest' });
    expect(london.place?.name).toBe('London');
    expect(london.results.every(({ distanceMiles }) => distanceMiles! <= 10)).toBe(true);
    const distances = london.results.map(({ distanceMiles }) => distanceMiles!);
    expect(distances).toEqual(distances.toSorted((a, b) => a - b));
    expect((await search({ place: 'Newport' })).otherPlaces.length).toBeGreaterThan(0);
    expect((await search({ place: 'qqqqqq' })).placeUnknown).toBe(true);
  });

  it('shows the clock of the place: El Paso is an hour behind the rest of Texas', async () => {
    const { results } = await search({ place: 'El Paso' });
    expect(results.length).toBeGreaterThan(0);
    expect(new Set(results.map(({ timeZone }) => timeZone))).toEqual(new Set(['America/Denver']));
  });

  it('narrows by profession, language, fee and day', async () => {
    for (const { professionName } of (await search({ profession: 'dentist' })).results)
      expect(professionName).toBe('Dentist');
    for (const { languages } of (await search({ language: 'ig' })).results)
      expect(languages).toContain('Igbo');
    for (const { feeMinor } of (await search({ fee: '20' })).results)
      expect(feeMinor).toBeLessThanOrEqual(2000);
    expect((await search({ when: 'today' })).total).toBeLessThan((await search({ when: 'fortnight' })).total);
  });

  it('shows whose consultation comes first, and that person’s times', async () => {
    const [maya] = (await search({ q: 'Maya Lindqvist' })).results;
    expect(maya!.consultant?.slug).toBe('amara-okafor-bell');
    const [first] = await freeSlotsOf(db, 'amara-okafor-bell', { locationId: maya!.locationId });
    expect(maya!.days[0]!.times[0]!.datetime).toBe(first!.start.toString());
  });

  it('never shows who is not listed, though the index still knows them', async () => {
    const slug = 'amara-okafor-bell';
    await owner.query(`UPDATE practitioner SET out_of_hours_phone = NULL WHERE slug = $1`, [slug]);
    expect(await slugs({ q: 'Amara Okafor' })).toEqual([]);
    expect(await slugs({ q: 'Maya Lindqvist' })).toEqual([]);
    expect(await readProfile(db, slug, 0)).toEqual({
      listed: false,
      slug,
      name: 'Dr Amara Okafor-Bell',
    });
    const { rows } = await owner.query<{ id: string }>(
      `UPDATE practitioner SET out_of_hours_phone = '01632 960001' WHERE slug = $1 RETURNING id`,
      [slug],
    );
    await refresh(rows[0]!.id);
    expect(await slugs({ q: 'Amara Okafor' })).toContain(slug);
  });
});

it('a change of a prescriber is found with those whose patients come to that prescriber first', async () => {
  const rename = (name: string) =>
    owner.query<{ id: string }>(
      `UPDATE practitioner SET display_name = $1 WHERE slug = 'amara-okafor-bell' RETURNING id`,
      [name],
    );
  const { rows } = await rename('Amara Bell');
  await refresh(rows[0]!.id);
  const [maya] = (await search({ q: 'Maya Lindqvist' })).results;
  expect(maya!.consultant?.name).toBe('Dr Amara Bell');
  await rename('Amara Okafor-Bell');
  await refresh(rows[0]!.id);
});

describe('a profile', () => {
  it('takes ten queries', async () => {
    const [, queries] = await counted(() => readProfile(db, 'amara-okafor-bell', 0));
    expect(queries).toBe(10);
  });

  it('exists for nobody who was never approved', async () => {
    const { rows } = await owner.query<{ slug: string }>(
      `SELECT slug FROM practitioner p WHERE NOT EXISTS (SELECT FROM vetting_case v WHERE v.practitioner_id = p.id AND v.state = 'approved')`,
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const { slug } of rows)
      await expect(readProfile(db, slug, 0)).rejects.toThrow('We could not find that page.');
    await expect(readProfile(db, 'nobody-at-all', 0)).rejects.toThrow('We could not find that page.');
  });

  it('of every listed person obeys the advertising law', async () => {
    const { rows } = await owner.query<{ slug: string }>(
      `SELECT DISTINCT slug FROM practitioner p JOIN listing l ON l.practitioner_id = p.id ORDER BY slug`,
    );
    expect(rows.length).toBeGreaterThanOrEqual(300);
    for (const { slug } of rows.filter((_, index) => index % 4 === 0)) {
      const profile = await readProfile(db, slug, 0);
      expect([slug, findBannedTerms(JSON.stringify(profile), publicWording).map(({ text }) => text)]).toEqual(
        [slug, []],
      );
    }
  });
});
