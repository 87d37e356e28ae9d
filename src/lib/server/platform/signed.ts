import { createHmac, timingSafeEqual } from 'node:crypto';

/** How far the clocks of two servers may lie apart, and how long a message can be sent again by who listened. */
const MOST_APART_SECONDS = 300;

/** The name of the header that carries it, and of the one that says when. */
export const SIGNATURE = 'steadyhand-signature';
export const TIMESTAMP = 'steadyhand-timestamp';

/** Signs a body with the second in which it is sent: `v1=` and the HMAC-SHA256 of `<second>.<body>` in hexadecimal. */
export function sign(secret: string, second: number, body: string): string {
  return `v1=${createHmac('sha256', secret).update(`${second}.${body}`).digest('hex')}`;
}

/** Whether somebody who knows the secret sent this, a moment ago. */
export function isSigned(
  secret: string,
  { timestamp, signature, body }: { timestamp: string | null; signature: string | null; body: string },
  now: Temporal.Instant,
): boolean {
  if (timestamp === null || signature === null || !/^\d{1,12}$/.test(timestamp)) return false;
  const second = Number(timestamp);
  if (Math.abs(Math.floor(now.epochMilliseconds / 1000) - second) > MOST_APART_SECONDS) return false;
  const [given, expected] = [Buffer.from(signature), Buffer.from(sign(secret, second, body))];
  return given.length === expected.length && timingSafeEqual(given, expected);
}
