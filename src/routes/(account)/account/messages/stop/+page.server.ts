import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { stopForm } from '#lib/server/domain/notifications/message-input.ts';
import { readStop } from '#lib/server/domain/notifications/reads.ts';
import { setLetters } from '#lib/server/domain/notifications/stop-letters.ts';
import { formAction } from '#lib/server/http/form.ts';
import { isRefusal } from '#lib/server/domain/shared/refusal.ts';
import type { Actions, PageServerLoad } from './$types';
import type { RequestEvent } from '@sveltejs/kit';

/** Opening the link changes nothing: the button does. A link that belongs to no letter says so, and how to go on. */
export const load: PageServerLoad = async ({ locals, url, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store' });
  const typed = stopForm.safeParse({ secret: url.searchParams.get('secret') });
  if (!typed.success) return { stop: null, secret: '' };
  try {
    return { stop: await readStop(locals.app.db, typed.data.secret), secret: typed.data.secret };
  } catch (problem) {
    if (!isRefusal(problem)) throw problem;
    return { stop: null, secret: '' };
  }
};

const set = (isStopped: boolean) => (event: RequestEvent) =>
  formAction(event, stopForm, async ({ secret }) => {
    const { app } = event.locals;
    await app.limits.take('stopByAddress', event.getClientAddress());
    await setLetters(app.db, secret, isStopped);
    redirect(303, paths.stopLetters(secret));
  });

export const actions: Actions = { stop: set(true), resume: set(false) };
