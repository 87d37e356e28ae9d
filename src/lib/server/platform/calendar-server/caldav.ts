import { getDomain } from 'tldts';
import { FetchProblem, safeRequest, type FetchRules, type SafeAnswer } from '../safe-fetch.ts';
import {
  caldav,
  calendarServer,
  dav,
  first,
  property,
  readMultistatus,
  type Element,
  type Response,
} from './multistatus.ts';
import {
  CalendarProblem,
  type CalendarLogin,
  type CalendarServer,
  type Changed,
  type OutsideEntry,
} from './port.ts';

const NAMESPACES =
  'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:cs="http://calendarserver.org/ns/"';
const XML = '<?xml version="1.0" encoding="utf-8"?>';

const asking = (properties: string) =>
  `${XML}<d:propfind ${NAMESPACES}><d:prop>${properties}</d:prop></d:propfind>`;
const ABOUT_CALENDAR = asking(
  '<d:resourcetype/><d:current-user-principal/><c:calendar-home-set/><c:supported-calendar-component-set/>',
);
const VERSION = asking('<cs:getctag/><d:sync-token/>');

/**
 * A calendar over CalDAV (RFC 4791), by requests that never lead inside (`safe-fetch.ts`). Of WebDAV no more than this
 * takes is spoken here.
 */
export function openCalDav(
  { address, username, password }: CalendarLogin,
  rules: FetchRules,
): CalendarServer {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  /**
   * Where a server says that its calendars are. It is often another host of the same provider (RFC 6764), and never one of
   * somebody else's: the password goes along.
   */
  const wayFrom = (url: string, href: string) => {
    const there = URL.parse(href, url);
    return there !== null && isOfSameOwner(there, new URL(address)) ? there.href : fail('address');
  };
  /** An entry's address, which lies with its calendar: no server sends our changes, or its password, to another. */
  const at = (href: string) => {
    const there = URL.parse(href, address);
    return there !== null && there.origin === new URL(address).origin ? there.href : fail('address');
  };

  async function ask(
    method: string,
    url: string,
    about: { headers?: Record<string, string | undefined>; body?: string } = {},
  ): Promise<SafeAnswer> {
    const request = { ...about, method, headers: { authorization, ...about.headers } };
    const answer = await within(safeRequest(url, request, rules));
    if (answer.status === 401) fail('login');
    if (answer.status === 429 || answer.status >= 500) fail('unreachable');
    return answer;
  }

  /** PROPFIND or REPORT: what the server says of an address, and of what lies in it. */
  async function look(method: string, url: string, depth: '0' | '1', body: string) {
    const headers = { depth, 'content-type': 'application/xml; charset=utf-8' };
    const answer = await ask(method, url, { headers, body });
    if (answer.status === 403) fail('denied');
    if (answer.status !== 207) fail('no_calendar');
    try {
      return { url: answer.url.href, responses: readMultistatus(answer.text) };
    } catch {
      return fail('no_calendar');
    }
  }

  async function lookAt(url: string): Promise<{ url: string; found: Response }> {
    const { url: there, responses } = await look('PROPFIND', url, '0', ABOUT_CALENDAR);
    return { url: there, found: responses[0] ?? fail('no_calendar') };
  }

  /** What somebody typed, or where its host says that calendars are (RFC 6764). */
  async function beginning() {
    const wellKnown = at('/.well-known/caldav');
    try {
      const there = await lookAt(address);
      if (isCalendar(there.found) || wayOn(there.found) !== undefined) return there;
    } catch (problem) {
      if (!(problem instanceof CalendarProblem) || problem.failure !== 'no_calendar') throw problem;
    }
    return lookAt(wellKnown);
  }

  const version = ({ headers }: SafeAnswer): string | null => strong(headers.etag ?? null);

  return {
    async find() {
      let { url, found } = await beginning();
      if (isCalendar(found)) return url;
      const principal = hrefIn(property(found, dav('current-user-principal')));
      if (hrefIn(property(found, caldav('calendar-home-set'))) === undefined && principal !== undefined)
        ({ url, found } = await lookAt(wayFrom(url, principal)));
      const home = hrefIn(property(found, caldav('calendar-home-set'))) ?? fail('no_calendar');
      const inside = await look('PROPFIND', wayFrom(url, home), '1', ABOUT_CALENDAR);
      const calendars = inside.responses.filter(isCalendar);
      if (calendars.length > 1) fail('several');
      const [only] = calendars;
      return wayFrom(inside.url, only?.href ?? fail('no_calendar'));
    },

    async version() {
      const { responses } = await look('PROPFIND', address, '0', VERSION);
      const [found] = responses;
      if (found === undefined) return null;
      const tag = property(found, calendarServer('getctag')) ?? property(found, dav('sync-token'));
      return tag?.text.trim() || null;
    },

    async read(from, until) {
      const { responses } = await look('REPORT', address, '1', touching(from, until));
      return responses.flatMap((response): OutsideEntry[] => {
        const text = property(response, caldav('calendar-data'))?.text;
        if (text === undefined) return [];
        const etag = strong(property(response, dav('getetag'))?.text.trim() ?? null);
        return [{ href: response.href, etag, text }];
      });
    },

    async readOne(href) {
      const answer = await ask('GET', at(href), { headers: { accept: 'text/calendar' } });
      if (answer.status === 404 || answer.status === 410) return undefined;
      if (answer.status !== 200) fail('denied');
      return { href, etag: version(answer), text: answer.text };
    },

    hrefOf: (entry) =>
      new URL(`${encodeURIComponent(entry)}.ics`, address.endsWith('/') ? address : `${address}/`).pathname,

    async put(href, text, expected) {
      const answer = await ask('PUT', at(href), {
        headers: {
          'content-type': 'text/calendar; charset=utf-8',
          ...(expected === 'nothing'
            ? { 'if-none-match': '*' }
            : expected.etag !== null && { 'if-match': expected.etag }),
        },
        body: text,
      });
      return changed(answer);
    },

    async remove(href, { etag }) {
      const answer = await ask('DELETE', at(href), {
        headers: etag === null ? {} : { 'if-match': etag },
      });
      if (answer.status === 404 || answer.status === 410) return { etag: null };
      return changed(answer);
    },
  };

  function changed(answer: SafeAnswer): Changed {
    if (answer.status >= 200 && answer.status < 300) return { etag: version(answer) };
    if (answer.status === 409 || answer.status === 412) return 'conflict';
    return fail('read_only');
  }
}

/** Whether two addresses belong to whoever registered the name; `a.github.io` and `b.github.io` do not. An address without a name is its own. */
function isOfSameOwner(one: URL, other: URL): boolean {
  const owner = ({ hostname }: URL) => getDomain(hostname, { allowPrivateDomains: true });
  if (one.protocol !== other.protocol) return false;
  return one.host === other.host || (owner(one) !== null && owner(one) === owner(other));
}

/** What keeps a request from its answer is a problem of the calendar. */
async function within(asking: Promise<SafeAnswer>): Promise<SafeAnswer> {
  try {
    return await asking;
  } catch (problem) {
    if (problem instanceof FetchProblem) return fail(problem.failure);
    throw problem;
  }
}

function fail(failure: CalendarProblem['failure']): never {
  throw new CalendarProblem(failure);
}

/** A weak one cannot be insisted on (RFC 9110, 13.1.1). */
function strong(etag: string | null): string | null {
  return etag === null || etag === '' || etag.startsWith('W/') ? null : etag;
}

/** A calendar that takes events, not one of tasks alone. */
function isCalendar(response: Response): boolean {
  if (first(property(response, dav('resourcetype')), caldav('calendar')) === undefined) return false;
  const kinds = property(response, caldav('supported-calendar-component-set'));
  return kinds === undefined || kinds.children.some(({ attributes }) => attributes.name === 'VEVENT');
}

function wayOn(response: Response): string | undefined {
  return (
    hrefIn(property(response, dav('current-user-principal'))) ??
    hrefIn(property(response, caldav('calendar-home-set')))
  );
}

function hrefIn(element: Element | undefined): string | undefined {
  return first(element, dav('href'))?.text.trim() || undefined;
}

function touching(from: Temporal.Instant, until: Temporal.Instant): string {
  const utc = (at: Temporal.Instant) =>
    at.round({ smallestUnit: 'second', roundingMode: 'floor' }).toString().replaceAll(/[-:]/g, '');
  return `${XML}<c:calendar-query ${NAMESPACES}><d:prop><d:getetag/><c:calendar-data/></d:prop><c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"><c:time-range start="${utc(from)}" end="${utc(until)}"/></c:comp-filter></c:comp-filter></c:filter></c:calendar-query>`;
}
