import type { RequestEvent } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { readApplication } from '#lib/server/domain/credentials/application-reads.ts';
import { stepPath } from './step-path.ts';

/**
 * Where an answered question leads: to the next one that is open, and after the last to "check your answers". Who came
 * from there goes back there.
 */
export async function onward(
  event: RequestEvent,
  applicationId: string,
  answered: { name: string; kind?: string },
): Promise<string> {
  if (event.url.searchParams.has('change')) return paths.application(applicationId, 'check');
  const { db } = event.locals.app;
  const { steps } = await readApplication(db, event.locals.actor, applicationId);
  const at = steps.findIndex(({ name, kind }) => name === answered.name && kind === (answered.kind ?? null));
  const open = steps.slice(at + 1).find(({ missing, canWait }) => missing !== null && !canWait);
  return open === undefined ? paths.application(applicationId, 'check') : stepPath(applicationId, open);
}
