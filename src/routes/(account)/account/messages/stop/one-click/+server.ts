import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { stopForm } from '#lib/server/domain/notifications/message-input.ts';
import { setLetters } from '#lib/server/domain/notifications/stop-letters.ts';
import { jsonEndpoint, queryInput } from '#lib/server/http/json.ts';
import type { RequestHandler } from './$types';

/** What a mail program sends when its reader presses "unsubscribe" there (RFC 8058). Nothing of a session is used. */
export const POST: RequestHandler = (event) =>
  jsonEndpoint(async () => {
    const { app } = event.locals;
    await app.limits.take('stopByAddress', event.getClientAddress());
    const { secret } = queryInput(event, stopForm);
    await setLetters(app.db, secret, true);
    return { status: 200, body: { stopped: true } };
  });

/** A mail program that opens the address instead shows the page. */
export const GET: RequestHandler = ({ url }) =>
  redirect(303, paths.stopLetters(url.searchParams.get('secret') ?? undefined));
