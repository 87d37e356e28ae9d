import { paths } from '#lib/paths.ts';
import { readChecks } from '#lib/server/domain/directory/checks.ts';
import { underSlug } from '#lib/server/http/former-slug.ts';
import { jsonEndpoint } from '#lib/server/http/json.ts';
import { verificationBundle } from '#lib/server/interop/fhir/verification.ts';
import type { RequestHandler } from './$types';

/** What was checked of one listed practitioner, for machines. */
export const GET: RequestHandler = (event) =>
  jsonEndpoint(async () => {
    const { locals, params } = event;
    const { config, db } = locals.app;
    const checks = await underSlug(event, () => readChecks(db, params.slug));
    const page = new URL(paths.practitioner(params.slug), config.publicUrl).href;
    return {
      status: 200,
      body: verificationBundle(checks, page),
      headers: { 'content-type': 'application/fhir+json' },
    };
  });
