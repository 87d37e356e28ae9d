import { appNow } from '#lib/server/platform/clock.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { findHeadsSince } from './queries.ts';
import type { Anchor } from './verify-audit.ts';

/** A file to which lines are added, and nothing else. */
export type AnchorFile = {
  lines(): Promise<readonly string[]>;
  append(lines: readonly string[]): Promise<void>;
};

/** A transaction that began before the last anchoring may have ended after it. */
const OVERLAP = { minutes: 5 };

/**
 * Writes down, outside the database, where the streams end in which something happened since the last time. Answers how
 * many. Run twice it writes the same lines twice, which changes nothing.
 */
export async function anchorAudit(db: Db, file: AnchorFile): Promise<number> {
  const now = await appNow(db);
  const last = lastTime(await file.lines());
  const since = last === null ? null : Temporal.Instant.from(last).subtract(OVERLAP).toString();
  const heads = await findHeadsSince(db, since);
  await file.append(heads.map((head) => JSON.stringify({ at: now.toString(), ...head })));
  return heads.length;
}

/** What a file of anchors says. Throws a plain line about one that cannot be read. */
export function readAnchors(lines: readonly string[]): Anchor[] {
  return lines.map((line, index) => {
    const { stream, seq, hash } = parsed(line);
    if (typeof stream !== 'string' || typeof seq !== 'number' || typeof hash !== 'string')
      throw new Error(`Line ${index + 1} of the anchors is no anchor.`);
    return { stream, seq, hash };
  });
}

function lastTime(lines: readonly string[]): string | null {
  const { at } = parsed(lines.at(-1) ?? '{}');
  return typeof at === 'string' ? at : null;
}

function parsed(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return {};
  }
}
