import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { RateLimiterPostgres } from 'rate-limiter-flexible';
import type { Pool } from 'pg';
import { Refusal } from '../domain/shared/refusal.ts';

/** How often something may be tried. Kept in PostgreSQL, so it survives restarts and holds over several servers. */
const rules = {
  signInByAccount: { points: 10, duration: 15 * 60 },
  signInByAddress: { points: 100, duration: 15 * 60 },
  signInByAccountAnywhere: { points: 100, duration: 60 * 60 },
  passkeyByAddress: { points: 100, duration: 15 * 60 },
  secondFactorByAccount: { points: 10, duration: 15 * 60 },
  secondFactorByAccountDaily: { points: 50, duration: 24 * 60 * 60 },
  proofByAccount: { points: 10, duration: 15 * 60 },
  teamByAccount: { points: 30, duration: 24 * 60 * 60 },
  carersByAccount: { points: 10, duration: 24 * 60 * 60 },
  claimByAccount: { points: 5, duration: 60 * 60 },
  claimByAddress: { points: 30, duration: 60 * 60 },
  verifyByAddress: { points: 60, duration: 60 * 60 },
  cardByAddress: { points: 10, duration: 60 * 60 },
  sharedByAddress: { points: 60, duration: 60 * 60 },
  recoveryByAddress: { points: 10, duration: 24 * 60 * 60 },
  // Not by account alone: whoever asks for somebody else's would use up what its owner may ask.
  recoveryByAddressAndAccount: { points: 5, duration: 24 * 60 * 60 },
  textByAccount: { points: 5, duration: 24 * 60 * 60 },
  textByNumber: { points: 5, duration: 24 * 60 * 60 },
  textByAddress: { points: 20, duration: 24 * 60 * 60 },
  textCodeByAccount: { points: 10, duration: 60 * 60 },
  mailByAccount: { points: 5, duration: 60 * 60 },
  copyByAccount: { points: 20, duration: 60 * 60 },
  feedBySecret: { points: 60, duration: 60 * 60 },
  feedMissedByAddress: { points: 30, duration: 60 * 60 },
  stopByAddress: { points: 60, duration: 60 * 60 },
  mailByAddress: { points: 50, duration: 60 * 60 },
} as const;

/**
 * Whose an address is: of IPv6 the first 64 bits, for everybody at home there has the other half to themselves and could come
 * from a new address each time. An IPv4 address is itself, also as IPv6 writes it.
 */
export function networkOf(address: string): string {
  const ipv4 = /^(?:::ffff:)?(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address)?.[1];
  if (ipv4 !== undefined) return ipv4;
  if (isIP(address) !== 6) return address;
  const [before = [], after] = address
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''));
  const gap = after === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array<string>(gap).fill('0'), ...(after ?? [])];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}

export type Limits = { take(rule: keyof typeof rules, key: string): Promise<void> };

/** Limits over the table `rate_limit`. Keys are hashed: the table names nobody. */
export function openLimits(pool: Pool): Limits {
  const limiters = new Map(
    Object.entries(rules).map(([name, rule]) => [
      name,
      new RateLimiterPostgres({
        storeClient: pool,
        storeType: 'pool',
        tableName: 'rate_limit',
        tableCreated: true,
        keyPrefix: name,
        ...rule,
      }),
    ]),
  );
  return {
    /** Counts one try; of a rule by address those of one network are counted together. Refuses with `too_many_requests`; a store that cannot count refuses too. */
    async take(rule, key) {
      const counted = rule.endsWith('ByAddress') ? networkOf(key) : key;
      const hashed = createHash('sha256').update(counted).digest('hex').slice(0, 32);
      try {
        await limiters.get(rule)!.consume(hashed);
      } catch (problem) {
        if (problem instanceof Error) throw problem;
        throw new Refusal('too_many_requests');
      }
    },
  };
}
