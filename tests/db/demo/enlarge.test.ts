import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { firstOf, furtherPeople, PEOPLE_AT_ONCE, type TownPart } from '#db/demo/further-people.ts';
import { enlargeDemo } from '#db/demo/seed.ts';
import { demoTown } from '#db/demo/town.ts';
import { checkRegisterNumber } from '#lib/server/domain/credentials/registers.ts';
import { rebuildIndex } from '#lib/server/domain/directory/rebuild-index.ts';
import { searchPractitioners } from '#lib/server/domain/directory/search.ts';
import { searchInput } from '#lib/server/domain/directory/input.ts';
import type { ShownPractitioner } from '#lib/server/domain/directory/documents.ts';
import { findBannedTerms } from '#lib/server/domain/policy/terms.ts';
import { publicWording } from '#lib/server/domain/policy/shared-wording.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { postgresSearch } from '#lib/server/platform/search/postgres.ts';
import { afterFile } from '../../harness/after.ts';
import { createTestDatabase } from '../../harness/database.ts';
import type { DatabaseUrls } from '#db/embedded.ts';

const PRACTITIONERS = 600;
const town = demoTown();

function parts(count: number): TownPart[] {
  return furtherPeople(town).take(count).toArray();
}

const duplicates = (values: readonly string[]) => values.length - new Set(values).size;

describe('the further people', () => {
  const further = parts(2);
  const people = further.flatMap(({ practitioners }) => practitioners);

  it('are the same each time, and each has a slug and register numbers of his own', () => {
    expect(parts(2)).toEqual(further);
    expect(people).toHaveLength(2 * PEOPLE_AT_ONCE);
    expect(duplicates([...town.practitioners, ...people].map(({ slug }) => slug))).toBe(0);
    expect(duplicates(people.map(({ email }) => email))).toBe(0);
    const registrations = [...town.practitioners, ...people].flatMap(({ credentials }) =>
      credentials.filter(({ kind, register }) => kind === 'registration' && register !== null),
    );
    expect(duplicates(registrations.map(({ register, number }) => `${register} ${number}`))).toBe(0);
    for (const { register, number } of registrations)
      expect(checkRegisterNumber(register!, number)).toEqual({ ok: true });
  });

  it('live where people live, and are as varied as these', () => {
    const at = Map.groupBy(
      further.flatMap(({ locations }) => locations),
      ({ locality }) => locality,
    );
    expect(at.size).toBeGreaterThan(200);
    const count = (name: string) => at.get(name)?.length ?? 0;
    expect(count('London')).toBeGreaterThan(count('Manchester'));
    expect(new Set(people.map(({ displayName }) => displayName)).size).toBeGreaterThan(1_500);
    expect(new Set(people.map(({ profession }) => profession)).size).toBe(8);
    expect(people.every(({ demo }) => demo)).toBe(true);
  });

  it('say nothing that may not be public', () => {
    const texts = further.flatMap(({ clinics, locations, practitioners }) => [
      ...clinics.map(({ name }) => name),
      ...locations.flatMap(({ name, directions }) => [name, directions]),
      ...practitioners.slice(0, 100).flatMap((one) => [one.headline, one.biography ?? '']),
    ]);
    for (const text of new Set(texts)) expect(findBannedTerms(text, publicWording)).toEqual([]);
  });

  it('keep their supervisors when a part is cut short', () => {
    for (const count of [1, 10, 333]) {
      const { practitioners, supervisions, locations, clinics } = firstOf(further[0]!, count);
      expect(practitioners).toEqual(further[0]!.practitioners.slice(0, count));
      const there = new Set(practitioners.map(({ slug }) => slug));
      const supervised = practitioners.filter(({ profession }) =>
        ['registered_nurse', 'esthetician'].includes(profession),
      );
      expect(supervisions.map(({ superviseeSlug }) => superviseeSlug)).toEqual(
        supervised.map(({ slug }) => slug),
      );
      expect(supervisions.every(({ supervisorSlug }) => there.has(supervisorSlug))).toBe(true);
      const addresses = new Set(locations.map(({ slug }) => slug));
      expect(
        practitioners.every(({ workplaces }) => workplaces.every((one) => addresses.has(one.locationSlug))),
      ).toBe(true);
      expect(new Set(locations.map(({ clinicSlug }) => clinicSlug)).size).toBe(clinics.length);
    }
  });
});

describe('a town that grows', () => {
  let urls: DatabaseUrls;
  let db: Db;
  beforeAll(async () => {
    ({ urls } = await createTestDatabase('demo'));
    db = openDb(openPool(urls.owner, { max: 2, onError: () => {} }));
    afterFile(() => db.destroy());
    // Cut short in the middle of a clinic, and gone on with.
    await enlargeDemo(urls.owner, 401);
    await enlargeDemo(urls.owner, PRACTITIONERS);
  });

  const one = async (query: string) =>
    (await sql<{ value: number | string }>`SELECT (${sql.raw(query)}) AS value`.execute(db)).rows[0]!.value;

  it('has as many practitioners as were asked for, all of the demo, and everybody new is listed', async () => {
    expect(await one('SELECT count(*) FROM practitioner')).toBe(PRACTITIONERS);
    expect(await one('SELECT count(DISTINCT slug) FROM practitioner')).toBe(PRACTITIONERS);
    for (const table of ['account', 'practitioner', 'clinic', 'patient'])
      expect(await one(`SELECT count(*) FROM ${table} WHERE NOT is_demo`)).toBe(0);
    const unlisted = town.practitioners.filter(({ listingState }) => listingState !== 'listed').length;
    expect(await one('SELECT count(DISTINCT practitioner_id) FROM listing')).toBe(PRACTITIONERS - unlisted);
  });

  it('has had every paper of the new people looked at by one reviewer and decided by another', async () => {
    expect(
      await one(`SELECT count(*) FROM vetting_case c JOIN staff a ON a.account_id = c.checked_by JOIN staff b ON b.account_id = c.decided_by
                  WHERE state = 'approved' AND checked_by <> decided_by`),
    ).toBeGreaterThanOrEqual(PRACTITIONERS - 30);
    expect(
      await one(`SELECT count(*) FROM capability_period cp JOIN credential k USING (practitioner_id, jurisdiction)
                  WHERE cp.valid @> app_now() AND upper(cp.valid) > upper(k.valid)::timestamptz`),
    ).toBe(0);
    expect(await one(`SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'D'`)).toBe(0);
  });

  it('is the same when it is asked to grow to what it is, or to less', async () => {
    const rows = `SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM (SELECT id, slug, created_at FROM practitioner) AS t`;
    const before = await one(rows);
    await enlargeDemo(urls.owner, PRACTITIONERS);
    await enlargeDemo(urls.owner, 10);
    expect(await one(rows)).toBe(before);
    expect(await one('SELECT count(*) FROM practitioner')).toBe(PRACTITIONERS);
  });

  it('is found by searches, with times that can be booked', async () => {
    const index = postgresSearch<ShownPractitioner>(db);
    const documents = await rebuildIndex(db, index);
    expect(documents).toBe(await one('SELECT count(*) FROM search_document'));
    const further = firstOf(parts(1)[0]!, PRACTITIONERS - town.practitioners.length).practitioners;
    const sought = further.filter(({ profession }) => profession === 'doctor').slice(0, 5);
    for (const { displayName, slug } of sought) {
      const page = await searchPractitioners(db, index, searchInput.parse({ q: displayName }));
      const found = page.results.find((result) => result.slug === slug);
      expect(found?.isDemo).toBe(true);
      expect(found!.days.length).toBeGreaterThan(0);
    }
    const everybody = await searchPractitioners(db, index, searchInput.parse({}));
    expect(everybody.total).toBe(PRACTITIONERS - 30);
  });
});
