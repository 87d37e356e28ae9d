import type { RequestEvent } from '@sveltejs/kit';
import { halfSignInCookie, sessionCookie } from './cookies.ts';

const HALF_SIGN_IN_SECONDS = 10 * 60;
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

/** Gives the browser the token of a sign-in that waits for its second step. It opens nothing. */
export function keepHalfSignIn(event: RequestEvent, token: string): void {
  const { name, attributes } = halfSignInCookie(event.locals.app.config);
  event.cookies.set(name, token, { ...attributes, maxAge: HALF_SIGN_IN_SECONDS });
}

/** The token of a sign-in that waits for its second step. */
export function halfSignInToken(event: RequestEvent): string | undefined {
  return event.cookies.get(halfSignInCookie(event.locals.app.config).name);
}

/** Makes the browser forget a sign-in that is done, or was given up. */
export function forgetHalfSignIn(event: RequestEvent): void {
  const { name, attributes } = halfSignInCookie(event.locals.app.config);
  if (event.cookies.get(name) !== undefined) event.cookies.delete(name, attributes);
}
