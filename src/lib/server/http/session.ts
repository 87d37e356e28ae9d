import type { RequestEvent } from '@sveltejs/kit';
import { sessionCookie } from './cookies.ts';

const LONGEST_SESSION_SECONDS = 30 * 24 * 60 * 60;

/** Gives the browser the token of a new session. The database knows when it ends. */
export function keepSession(event: RequestEvent, token: string): void {
  const { name, attributes } = sessionCookie(event.locals.app.config);
  event.cookies.set(name, token, { ...attributes, maxAge: LONGEST_SESSION_SECONDS });
}

/** The session token the browser sent. */
export function sessionToken(event: RequestEvent): string | undefined {
  return event.cookies.get(sessionCookie(event.locals.app.config).name);
}

/** Makes the browser forget its session. */
export function forgetSession(event: RequestEvent): void {
  const { name, attributes } = sessionCookie(event.locals.app.config);
  event.cookies.delete(name, attributes);
}
