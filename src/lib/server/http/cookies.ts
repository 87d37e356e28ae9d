import type { Config } from '../platform/config.ts';

/** Attributes shared by our cookies. `__Host-` needs https, so a demo on plain localhost goes without the prefix. */
function cookie(config: Config, name: string) {
  const secure = config.publicUrl.protocol === 'https:';
  return {
    name: secure ? `__Host-${name}` : name,
    attributes: { path: '/', httpOnly: true, sameSite: 'lax', secure } as const,
  };
}

/** Carries the session token. */
export const sessionCookie = (config: Config) => cookie(config, 'session');

/** Carries the token of a sign-in that waits for its second step. */
export const halfSignInCookie = (config: Config) => cookie(config, 'sign-in');

/** Carries the token of an anonymous visitor who keeps a time. */
export const partyCookie = (config: Config) => cookie(config, 'party');

/** Says that this browser's visitor was under age today. */
export const underAgeCookie = (config: Config) => cookie(config, 'under-age');
