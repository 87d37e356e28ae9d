import { createHash } from 'node:crypto';
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
    /** Counts one try. Refuses with `too_many_requests`; a store that cannot count refuses too. */
    async take(rule, key) {
      const hashed = createHash('sha256').update(key).digest('hex').slice(0, 32);
      try {
        await limiters.get(rule)!.consume(hashed);
      } catch (problem) {
        if (problem instanceof Error) throw problem;
        throw new Refusal('too_many_requests');
      }
    },
  };
}
