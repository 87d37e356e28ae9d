import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { endSession } from '#lib/server/domain/accounts/sessions.ts';
import { forgetSession, sessionToken } from '#lib/server/http/session.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async (event) => {
  const token = sessionToken(event);
  if (token !== undefined) await endSession(event.locals.app.db, token);
  forgetSession(event);
  redirect(303, paths.home());
};
