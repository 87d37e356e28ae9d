import { createHash } from 'node:crypto';
import { openCalDav } from '#lib/server/platform/calendar-server/caldav.ts';
import {
  CalendarProblem,
  type CalendarFailure,
  type CalendarServer,
  type OpenCalendar,
} from '#lib/server/platform/calendar-server/port.ts';
import { publicInternet, type FetchRules } from '#lib/server/platform/safe-fetch.ts';
import { afterFile } from '../../../harness/after.ts';
import { PASSWORD, startRadicale, USERNAME } from '../../../harness/radicale.ts';

/** Somebody's calendar elsewhere, as its owner sees it and works in it with a program of their own. */
export interface Outside {
  login: { address: string; username: string; appPassword: string };
  rules: FetchRules;
  open: OpenCalendar;
  /** All that stands in it, by name. */
  entries(): Promise<Map<string, string>>;
  put(name: string, text: string): Promise<void>;
  remove(name: string): Promise<void>;
}

/** A calendar in memory that keeps the port's promises, and breaks them when it is told to. */
export interface OutsideInMemory extends Outside {
  /** From now on it fails like this; null: it works again. */
  fail(failure: CalendarFailure | null): void;
  /** Run once, before the next change is made. */
  inBetween(work: () => void): void;
}

const ADDRESS = 'https://calendar.example/amara/mine/';

export function inMemory(): OutsideInMemory {
  const texts = new Map<string, string>();
  const etagOf = (text: string) => `"${createHash('sha256').update(text).digest('hex')}"`;
  const nameOf = (href: string) => href.split('/').at(-1)!;
  const hrefOf = (name: string) => `/amara/mine/${name}`;
  let failure: CalendarFailure | null = null;
  let before: (() => void) | undefined;
  const refuse = (login: { password: string }) => {
    if (failure !== null) throw new CalendarProblem(failure);
    if (login.password !== PASSWORD) throw new CalendarProblem('login');
  };
  const holds = (href: string, etag: string | null) => {
    before?.();
    before = undefined;
    const text = texts.get(nameOf(href));
    return text !== undefined && (etag === null || etag === etagOf(text));
  };
  const open: OpenCalendar = (login): CalendarServer => {
    const allowed = <T>(work: () => T): Promise<T> =>
      Promise.resolve().then(() => {
        refuse(login);
        return work();
      });
    return {
      find: () => allowed(() => ADDRESS),
      version: () => allowed(() => etagOf(JSON.stringify([...texts]))),
      read: () =>
        allowed(() => [...texts].map(([name, text]) => ({ href: hrefOf(name), etag: etagOf(text), text }))),
      readOne: (href) =>
        allowed(() => {
          const text = texts.get(nameOf(href));
          return text === undefined ? undefined : { href, etag: etagOf(text), text };
        }),
      hrefOf: (name) => hrefOf(`${name}.ics`),
      put: (href, text, expected) =>
        allowed(() => {
          if (expected === 'nothing' ? holds(href, null) : !holds(href, expected.etag)) return 'conflict';
          texts.set(nameOf(href), text);
          return { etag: etagOf(text) };
        }),
      remove: (href, { etag }) =>
        allowed(() => {
          if (texts.has(nameOf(href)) && !holds(href, etag)) return 'conflict';
          texts.delete(nameOf(href));
          return { etag: null };
        }),
    };
  };
  return {
    login: { address: ADDRESS, username: USERNAME, appPassword: PASSWORD },
    rules: publicInternet,
    open,
    entries: () => Promise.resolve(new Map(texts)),
    put: (name, text) => Promise.resolve(void texts.set(name, text)),
    remove: (name) => Promise.resolve(void texts.delete(name)),
    fail: (how) => void (failure = how),
    inBetween: (work) => void (before = work),
  };
}

/** The real thing: a CalDAV server of its own, over HTTP. */
export async function atRadicale(): Promise<Outside> {
  const server = await startRadicale();
  afterFile(server.stop);
  const folder = `/${USERNAME}/mine/`;
  await server.makeCalendar(folder);
  const { base, rules, request } = server;
  const sure = async (answer: Promise<Response>) => {
    const { ok, status } = await answer;
    if (!ok) throw new Error(`radicale answered ${status}`);
  };
  return {
    // The server's own address: it has to be found which calendar is meant.
    login: { address: `${base}/`, username: USERNAME, appPassword: PASSWORD },
    rules,
    open: (login) => openCalDav(login, rules),
    async entries() {
      const listed = await (await request('PROPFIND', folder, undefined, { depth: '1' })).text();
      const names = [...listed.matchAll(/<href>[^<]*?([^/<]+\.ics)<\/href>/g)].map((match) =>
        decodeURIComponent(match[1]!),
      );
      const texts = names.map(async (name) => {
        const answer = await request('GET', `${folder}${encodeURIComponent(name)}`);
        return [name, await answer.text()] as const;
      });
      return new Map(await Promise.all(texts));
    },
    put: (name, text) =>
      sure(
        request('PUT', `${folder}${encodeURIComponent(name)}`, text, {
          'content-type': 'text/calendar; charset=utf-8',
        }),
      ),
    remove: (name) => sure(request('DELETE', `${folder}${encodeURIComponent(name)}`)),
  };
}
