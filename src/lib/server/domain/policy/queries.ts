import { sql } from 'kysely';
import type { Queryable, Trx } from '#lib/server/platform/db.ts';
import type { Grant } from './capabilities.ts';
import {
  JURISDICTION_FACTS,
  JURISDICTIONS,
  PROFESSION_NAMES,
  PROFESSIONS,
  type Jurisdiction,
  type Profession,
} from './codes.ts';
import { POLICY_KEY_NAMES, POLICY_KEYS, wordsOf, type LicensedProduct } from './keys.ts';
import type { Requirement } from './requirements.ts';
import { policyRowSchema, type PolicyRow } from './row.ts';

/** The floor and the laws of these jurisdictions. Rows of a key that this code no longer knows are of no use to it. */
export async function findPolicyRows(
  db: Queryable,
  jurisdictions: readonly Jurisdiction[] = JURISDICTIONS,
): Promise<PolicyRow[]> {
  const rows = await db
    .selectFrom('policy_row')
    .select(['jurisdiction', 'key', 'value', 'status', 'source'])
    .select(['source_date', 'effective_from', 'effective_to', 'reviewed_by', 'reviewed_at'])
    .where('jurisdiction', 'in', ['platform', ...jurisdictions])
    .where('key', 'in', POLICY_KEY_NAMES)
    .orderBy('id')
    .execute();
  return rows.map((row) =>
    policyRowSchema.parse({
      jurisdiction: row.jurisdiction,
      key: row.key,
      value: row.value,
      status: row.status,
      source: row.source,
      sourceDate: row.source_date,
      effectiveFrom: row.effective_from,
      effectiveTo: row.effective_to,
      reviewedBy: row.reviewed_by,
      reviewedAt: row.reviewed_at?.toString() ?? null,
    }),
  );
}

export async function replacePolicyRows(trx: Trx, rows: readonly PolicyRow[]): Promise<void> {
  await trx.deleteFrom('policy_row').execute();
  await trx
    .insertInto('policy_row')
    .values(
      rows.map((row) => ({
        jurisdiction: row.jurisdiction,
        key: row.key,
        value: JSON.stringify(row.value),
        status: row.status,
        source: row.source,
        source_date: row.sourceDate,
        effective_from: row.effectiveFrom,
        effective_to: row.effectiveTo,
        reviewed_by: row.reviewedBy,
        reviewed_at: row.reviewedAt === null ? null : Temporal.Instant.from(row.reviewedAt),
      })),
    )
    .execute();
}

/** What two people changed since: put among the shipped rows again, in the order of their decisions. */
export async function applyPolicyChanges(trx: Trx): Promise<void> {
  await sql`
    SELECT apply_policy_change(id) FROM (
      SELECT id FROM policy_change WHERE state = 'accepted' ORDER BY decided_at, id) accepted`.execute(trx);
}

/** Codes that other rows point at: kept, brought up to date, never removed. */
export async function saveCodes(trx: Trx): Promise<void> {
  await trx
    .insertInto('jurisdiction')
    .values(
      JURISDICTIONS.map((code) => {
        const { name, country_code, currency, locale } = JURISDICTION_FACTS[code];
        return { code, name, country_code, currency, locale };
      }),
    )
    .onConflict((same) =>
      same.column('code').doUpdateSet((row) => ({
        name: row.ref('excluded.name'),
        country_code: row.ref('excluded.country_code'),
        currency: row.ref('excluded.currency'),
        locale: row.ref('excluded.locale'),
      })),
    )
    .execute();
  await trx
    .insertInto('profession')
    .values(PROFESSIONS.map((code) => ({ code, name: PROFESSION_NAMES[code] })))
    .onConflict((same) => same.column('code').doUpdateSet((row) => ({ name: row.ref('excluded.name') })))
    .execute();
  await trx
    .insertInto('policy_key')
    .values(
      POLICY_KEY_NAMES.map((key) => {
        const words = wordsOf(key);
        return { key, direction: POLICY_KEYS[key].merge, words: words && [...words] };
      }),
    )
    .onConflict((same) =>
      same.column('key').doUpdateSet((row) => ({
        direction: row.ref('excluded.direction'),
        words: row.ref('excluded.words'),
      })),
    )
    .execute();
}

export async function addLicensedProducts(
  trx: Trx,
  jurisdiction: Jurisdiction,
  products: readonly LicensedProduct[],
): Promise<void> {
  await trx
    .insertInto('product')
    .values(
      products.map((product) => ({
        code: product.code,
        name: product.name,
        unit_system: product.unitSystem,
        retreatment_days: product.minRetreatmentDays,
        single_session: product.singlePatientSingleSession,
      })),
    )
    // What a product is does not change under the prescriptions that name it: that takes a new code.
    .onConflict((same) => same.column('code').doNothing())
    .execute();
  await trx
    .insertInto('licensed_product')
    .values(products.map(({ code }) => ({ jurisdiction, product_code: code })))
    .onConflict((same) => same.doNothing())
    .execute();
}

export async function replaceGrants(
  trx: Trx,
  jurisdiction: Jurisdiction,
  grants: readonly Grant[],
): Promise<void> {
  await trx.deleteFrom('profession_capability').where('jurisdiction', '=', jurisdiction).execute();
  await trx
    .insertInto('profession_capability')
    .values(
      grants.map(({ profession, capability, annotation }) => ({
        jurisdiction,
        profession,
        capability,
        required_credential: annotation,
      })),
    )
    .execute();
}

export async function replaceRequirements(
  trx: Trx,
  jurisdiction: Jurisdiction,
  requirements: readonly (Requirement & { profession: Profession })[],
): Promise<void> {
  await trx.deleteFrom('required_credential').where('jurisdiction', '=', jurisdiction).execute();
  await trx
    .insertInto('required_credential')
    .values(requirements.map((one) => ({ jurisdiction, ...one })))
    .execute();
}
