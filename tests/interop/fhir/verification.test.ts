import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { readChecks } from '#lib/server/domain/directory/checks.ts';
import { isRefusal } from '#lib/server/domain/shared/refusal.ts';
import { verificationBundle } from '#lib/server/interop/fhir/verification.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { createTestDatabase } from '../../harness/database.ts';
import { afterFile } from '../../harness/after.ts';

/** `VerificationResult` of FHIR R4 (4.0.1), written down from its definition: what it needs, and the codes it knows. */
const SYSTEM = 'http://terminology.hl7.org/CodeSystem/';
const concept = <const Code extends string>(system: string, codes: readonly Code[]) =>
  z.strictObject({
    coding: z.tuple([z.strictObject({ system: z.literal(SYSTEM + system), code: z.enum(codes) })]),
  });
const day = z.iso.date();
const display = z.strictObject({ display: z.string().min(1) });
const verificationResult = z.strictObject({
  resourceType: z.literal('VerificationResult'),
  id: z.string().regex(/^[A-Za-z0-9.-]{1,64}$/),
  target: z.array(z.strictObject({ reference: z.string().regex(/^urn:uuid:[0-9a-f-]{36}$/) })).min(1),
  targetLocation: z.array(z.string()).optional(),
  need: concept('need', ['none', 'initial', 'periodic']).optional(),
  status: z.enum(['attested', 'validated', 'in-process', 'req-revalid', 'val-fail', 'reval-fail']),
  statusDate: day.optional(),
  validationType: concept('validation-type', ['nothing', 'primary', 'multiple']).optional(),
  validationProcess: z
    .array(
      concept('validation-process', [
        'edit-check',
        'valueset',
        'primary',
        'multi',
        'standalone',
        'in-context',
      ]),
    )
    .optional(),
  frequency: z
    .strictObject({
      repeat: z.strictObject({
        frequency: z.int().positive(),
        period: z.number().positive(),
        periodUnit: z.enum(['s', 'min', 'h', 'd', 'wk', 'mo', 'a']),
      }),
    })
    .optional(),
  lastPerformed: day.optional(),
  nextScheduled: day.optional(),
  failureAction: concept('failure-action', ['fatal', 'warn', 'rec-only', 'none']).optional(),
  primarySource: z
    .array(
      z.strictObject({
        who: display.optional(),
        type: z
          .array(
            concept('primary-source-type', [
              'lic-board',
              'prim',
              'cont-ed',
              'post-serv',
              'rel-own',
              'reg-auth',
              'legal',
              'issuer',
              'auth-source',
            ]),
          )
          .optional(),
        communicationMethod: z
          .array(concept('verificationresult-communication-method', ['manual', 'portal', 'pull', 'push']))
          .optional(),
        validationStatus: concept('validation-status', ['successful', 'failed', 'unknown']).optional(),
        validationDate: day.optional(),
        canPushUpdates: concept('can-push-updates', ['yes', 'no', 'undetermined']).optional(),
      }),
    )
    .optional(),
  validator: z.array(z.strictObject({ organization: display })).optional(),
});
const practitioner = z.object({
  resourceType: z.literal('Practitioner'),
  qualification: z.array(
    z.strictObject({
      identifier: z.array(z.strictObject({ value: z.string().min(1), assigner: display })).optional(),
      code: z.strictObject({ text: z.string().min(1) }),
      issuer: display,
    }),
  ),
});
const bundle = z.strictObject({
  resourceType: z.literal('Bundle'),
  type: z.literal('collection'),
  entry: z.tuple(
    [z.strictObject({ fullUrl: z.string(), resource: practitioner })],
    z.strictObject({ fullUrl: z.string(), resource: verificationResult }),
  ),
});

let db: Db;
let owner: Db;
beforeAll(async () => {
  const { urls } = await createTestDatabase('demo');
  db = openDb(openPool(urls.app, { max: 2, onError: () => {} }));
  owner = openDb(openPool(urls.owner, { max: 2, onError: () => {} }));
  afterFile(() => db.destroy());
  afterFile(() => owner.destroy());
});

async function bundleOf(slug: string) {
  return bundle.parse(verificationBundle(await readChecks(db, slug), `https://steadyhand.example/${slug}`));
}

it('is FHIR R4 for everybody who is listed: each credential behind the listing once', async () => {
  const { rows } = await sql<{ slug: string; id: string }>`
    SELECT DISTINCT p.slug, p.id FROM listing l JOIN practitioner p ON p.id = l.practitioner_id ORDER BY p.slug`.execute(
    owner,
  );
  expect(rows.length).toBeGreaterThan(5);
  for (const { slug, id } of rows) {
    const [{ resource: who }, ...results] = (await bundleOf(slug)).entry;
    expect(who.qualification.length).toBe(results.length);
    expect(results.length).toBeGreaterThan(2);
    results.forEach(({ resource, fullUrl }, index) => {
      expect(fullUrl).toBe(`urn:uuid:${resource.id}`);
      expect(resource.target).toEqual([{ reference: `urn:uuid:${id}` }]);
      expect(resource.targetLocation).toEqual([`Practitioner.qualification[${index}]`]);
    });
  }
});

it('gives the numbers of registers alone, and nobody who looked, nothing they noted', async () => {
  const text = JSON.stringify(await bundleOf('amara-okafor-bell'));
  const { rows: credentials } = await sql<{ number: string; register: string | null }>`
    SELECT k.number, k.register FROM credential k JOIN practitioner p ON p.id = k.practitioner_id
     WHERE p.slug = 'amara-okafor-bell' AND k.number <> ''`.execute(owner);
  for (const { number, register } of credentials)
    expect([number, text.includes(`"${number}"`)]).toEqual([number, register !== null]);
  const { rows: secrets } = await sql<{ said: string }>`
    SELECT DISTINCT unnest(ARRAY[a.display_name, a.id::text, nullif(c.note, '')]) AS said
      FROM credential_check c JOIN account a ON a.id = c.checked_by`.execute(owner);
  for (const { said } of secrets) if (said !== null) expect(text).not.toContain(said);
});

it('says so when a source could not be read again, and ends with the listing', async () => {
  await sql`
    INSERT INTO credential_check (credential_id, checked_by, checked_at, source, method, result, next_due_on)
    SELECT k.id, c.checked_by, app_now(), c.source, c.method, 'unreachable', app_now()::date + 1
      FROM credential k JOIN credential_check c ON c.credential_id = k.id JOIN practitioner p ON p.id = k.practitioner_id
     WHERE p.slug = 'amara-okafor-bell' AND k.kind = 'registration' LIMIT 1`.execute(owner);
  const [, ...results] = (await bundleOf('amara-okafor-bell')).entry;
  expect(results.map(({ resource }) => resource.status).filter((status) => status === 'req-revalid')).toEqual(
    ['req-revalid'],
  );
  await sql`
    UPDATE clock SET ahead_by = ahead_by + interval '20 years'`.execute(owner);
  const refused = await readChecks(db, 'amara-okafor-bell').catch((error: unknown) => error);
  expect(isRefusal(refused) && refused.code).toBe('not_found');
});
