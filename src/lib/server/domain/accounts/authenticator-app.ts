import { Secret, TOTP } from 'otpauth';

/** What authenticator apps agree on (RFC 6238): SHA-1, six digits, thirty seconds. */
const COMMON = { issuer: 'Steadyhand', algorithm: 'SHA1', digits: 6, period: 30 } as const;
const SECRET_BYTES = 20;

/** A new secret, in the letters that people type. */
export function newSecret(): string {
  return new Secret({ size: SECRET_BYTES }).base32;
}

/** What the square code says to an app. */
export function appLink(secret: string, label: string): string {
  return new TOTP({ ...COMMON, label, secret }).toString();
}

/** Six digits, however an app spaces them; null for anything else. */
export function typedAppCode(text: string): string | null {
  const digits = text.replace(/\s/g, '');
  return /^\d{6}$/.test(digits) ? digits : null;
}

/**
 * The thirty seconds that this code belongs to: those of `now`, or one before or after for clocks that differ. Null for a
 * wrong code. Whether it was used already is the database's to say.
 */
export function stepOfCode(secret: string, code: string, now: Temporal.Instant): number | null {
  const timestamp = now.epochMilliseconds;
  const delta = new TOTP({ ...COMMON, secret }).validate({ token: code, timestamp, window: 1 });
  return delta === null ? null : Math.floor(timestamp / 1000 / COMMON.period) + delta;
}

/** In fours, as people read it. */
export function readable(secret: string): string {
  return secret.replace(/.{4}(?=.)/g, '$& ');
}
