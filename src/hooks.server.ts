import { type Handle, type HandleServerError, type RequestEvent, type ServerInit } from '@sveltejs/kit';
import { randomUUID } from 'node:crypto';
import { building } from '$app/environment';
import { createApp, type App } from '#lib/server/app.ts';
import { findVisitor } from '#lib/server/domain/booking/party.ts';
import { findViewer } from '#lib/server/domain/accounts/sessions.ts';
import { actorOf } from '#lib/server/domain/accounts/viewer.ts';
import { Refusal } from '#lib/server/domain/shared/refusal.ts';
import { isBusy } from '#lib/server/platform/db.ts';
import { namesNoAction } from '#lib/server/http/action-name.ts';
import { stopWithoutSecondFactor } from '#lib/server/http/admit.ts';
import { compressed } from '#lib/server/http/compress.ts';
import { unavailable } from '#lib/server/http/busy.ts';
import { allowMapFrom } from '#lib/server/http/content-security.ts';
import { problemResponse } from '#lib/server/http/json.ts';
import { actsBySecretAlone, comesFromOurOrigin } from '#lib/server/http/origin.ts';
import { partyCookie, sessionCookie } from '#lib/server/http/cookies.ts';
import errorPage from './error.html?raw';

let app: App;

export const init: ServerInit = () => {
  if (building) return;
  app = createApp(process.env, 'web');
  process.on('sveltekit:shutdown', () => void app.close());
};

export const handle: Handle = async ({ event, resolve }) => {
  event.locals.app = app;
  // PostgreSQL keeps no NUL, and no honest address has one.
  if (event.request.url.includes('%00')) return problemResponse(new Refusal('malformed'));
  if (!actsBySecretAlone(event.route.id) && !comesFromOurOrigin(event.request, app.config))
    return problemResponse(new Refusal('wrong_origin'));
  if (event.request.method === 'POST' && namesNoAction(event.url))
    return problemResponse(new Refusal('not_found'));

  try {
    await learnWhoAsks(event);
  } catch (problem) {
    if (!isBusy(problem)) throw problem;
    return unavailable(event, errorPage);
  }
  const { viewer } = event.locals;
  const stopped = stopWithoutSecondFactor(event, viewer, app.config);
  if (stopped !== null) return stopped;

  const rendered = await resolve(event, {
    // Neither scripts nor type are fetched ahead: a browser that fetches its type ahead waits for it before it shows a
    // word, and a fallback of the same measures stands in until it arrives.
    preload: ({ type }) => type === 'css',
  });
  const response = event.locals.isBusy ? asBusy(rendered) : rendered;
  // What a signed-in person or somebody half-way through a booking sees is nobody else's to keep.
  const isPersonal =
    viewer !== null || (event.locals.actor.kind === 'visitor' && event.locals.actor.partyId !== null);
  if (isPersonal) response.headers.set('cache-control', 'no-store');
  const policy = response.headers.get('content-security-policy');
  if (
    app.config.mapStyleUrl &&
    policy &&
    event.route.id === '/(public)/search' &&
    event.url.searchParams.get('map') === '1'
  )
    response.headers.set('content-security-policy', allowMapFrom(policy, app.config.mapStyleUrl.origin));
  if (app.config.mode !== 'production') response.headers.set('x-robots-tag', 'noindex');
  return isPersonal ? response : compressed(event.request, response);
};

/** The same page as an answer that says: not now, but soon. */
function asBusy({ body, status, headers }: Response): Response {
  const answer = new Response(body, { status: status === 500 ? 503 : status, headers });
  answer.headers.set('retry-after', '2');
  answer.headers.set('cache-control', 'no-store');
  return answer;
}

async function learnWhoAsks({ locals, cookies }: RequestEvent): Promise<void> {
  const viewer = await findViewer(app.db, cookies.get(sessionCookie(app.config).name));
  locals.viewer = viewer;
  locals.actor =
    viewer === null
      ? { kind: 'visitor', partyId: await findVisitor(app.db, cookies.get(partyCookie(app.config).name)) }
      : actorOf(viewer);
}

export const handleError: HandleServerError = ({ error: problem, event, status, message }) => {
  if (status === 404) return { message: 'We could not find that page.', code: 'not_found' };
  if (status < 500) return { message };
  const errorId = randomUUID();
  // The route's pattern, not its address: an address can name a person.
  app.log.error(
    { err: problem, errorId, route: event.route.id, method: event.request.method },
    'unexpected error',
  );
  // A wait for a connection or a lock, or a connection that breaks while a page is read, is nobody's fault and soon over.
  if (isBusy(problem)) {
    event.locals.isBusy = true;
    return { message: 'We are busy for a moment. Please try again.', code: 'unavailable', errorId };
  }
  return { message: 'Something went wrong on our side. Nothing you sent was changed.', errorId };
};
