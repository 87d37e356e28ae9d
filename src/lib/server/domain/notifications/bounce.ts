/** What another mail server says of a letter of ours. */
export interface Bounce {
  mailIds: string[];
  /** 5.1.1 and the like (RFC 3463). */
  status: string;
  reason: string;
}

const OUR_ID = /<([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@[^\s>]+>/gi;
const MOST_REASON = 500;

/**
 * Reads a message about a letter that could not be delivered (RFC 3464): which of our letters it may be about, the status
 * and what was said. Undefined for anything else. Nobody's address is taken out of it.
 */
export function readBounce(text: string): Bounce | undefined {
  const status = /^Status:[ \t]*([245]\.\d{1,3}\.\d{1,3})/im.exec(text)?.[1];
  const mailIds = [...new Set([...text.matchAll(OUR_ID)].map(([, id]) => id!.toLowerCase()))];
  if (status === undefined || status.startsWith('2') || mailIds.length === 0) return undefined;
  const said = /^Diagnostic-Code:((?:.*)(?:\r?\n[ \t].*)*)/im.exec(text)?.[1] ?? '';
  const reason = said
    .replace(/^[ \t]*[\w-]+;/, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[^\s<>]+@[^\s<>]+/g, 'address')
    .replaceAll(/\p{Cc}/gu, '')
    .trim();
  return { mailIds, status, reason: reason.slice(0, MOST_REASON) };
}
