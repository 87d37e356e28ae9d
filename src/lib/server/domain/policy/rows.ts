import type { RuleMaker } from './codes.ts';
import { CALIFORNIA } from './jurisdictions/california.ts';
import { ENGLAND } from './jurisdictions/england.ts';
import { IRELAND } from './jurisdictions/ireland.ts';
import { ONTARIO } from './jurisdictions/ontario.ts';
import { PLATFORM } from './jurisdictions/platform.ts';
import { QUEENSLAND } from './jurisdictions/queensland.ts';
import { SCOTLAND } from './jurisdictions/scotland.ts';
import { TEXAS } from './jurisdictions/texas.ts';
import type { PolicyRow } from './row.ts';
import type { Rule } from './rule.ts';

const RULES: Record<RuleMaker, readonly Rule[]> = {
  platform: PLATFORM,
  england: ENGLAND,
  scotland: SCOTLAND,
  ireland: IRELAND,
  queensland: QUEENSLAND,
  california: CALIFORNIA,
  texas: TEXAS,
  ontario: ONTARIO,
};

/** All policy, as dated data. A migration seeds it; a changed law is a new row and an end date for the old one. */
export const POLICY_ROWS: readonly PolicyRow[] = Object.entries(RULES).flatMap(([jurisdiction, rules]) =>
  rules.map((one) => ({ jurisdiction: jurisdiction as RuleMaker, ...one })),
);
