import type { APIResponse, Browser, BrowserContext, Page } from 'playwright-core';
import { readPdf } from '../../harness/read-pdf.ts';
import type { Stage } from '../../http/authorisation-stage.ts';
import { authorisation, insiders, owns, roles, strangers, type Role } from '../../http/authorisation.ts';
import { routeTree, type Route } from '../../http/route-tree.ts';
import { LOOK, TEXT, WATCH } from './in-page.ts';

/** What came of looking at everything once. */
export interface Crawled {
  /** What ran, or stands there as something that is no text. */
  readonly found: string[];
  /** Answers that were an error of ours, or scripts of ours that were cut short. */
  readonly broken: string[];
  /** Answers that a browser could take for a page and that are none, and files with something that runs in them. */
  readonly loose: string[];
  /** Everything that could be read. */
  readonly text: string;
  readonly pages: number;
  readonly files: number;
}

interface Crawl {
  readonly browser: Browser;
  readonly url: string;
  readonly stage: Stage;
  /** One letter of each kind. */
  readonly letters: readonly string[];
  /** Whether the policy that would stop a script is switched off, so that pages alone must show texts as texts. */
  readonly withoutPolicy: boolean;
  /** By everybody whom a page is for, along its links, or by one of them. */
  readonly isWhole: boolean;
  /** What stands in every query that pages link to. */
  readonly typed: string | null;
}

/** So many kinds of pages are followed beside the addresses that are known beforehand. */
const MOST_FOLLOWED = 80;
const LONGEST_MS = 45_000;
/** They end something, or look at another machine. */
const NOT_FOLLOWED = /^\/account\/sign-out|[?&]map=1/;

/** Opens everything that there is in a browser, as those whom it is for. */
export async function crawl(about: Crawl): Promise<Crawled> {
  const seen = { found: [] as string[], broken: [] as string[], loose: [] as string[], text: [] as string[] };
  const counts = { pages: 0, files: 0 };
  for (const role of roles) {
    if (role !== 'visitor' && strangers.includes(role)) continue;
    const looker = await Looker.begin(about, role, seen, counts);
    const before = [seen.found.length, seen.broken.length] as const;
    await looker.lookAtAll();
    for (const line of seen.found.slice(before[0], before[0] + 20)) console.error(`runs: ${line}`);
    for (const line of seen.broken.slice(before[1], before[1] + 20)) console.error(`broke: ${line}`);
    await looker.end();
    console.error(`${role}: ${counts.pages} pages, ${seen.found.length} runs, ${seen.broken.length} broken`);
  }
  const { found, broken, loose, text } = seen;
  return { found, broken, loose, text: text.join('\n'), ...counts };
}

type Seen = Record<'found' | 'broken' | 'loose' | 'text', string[]>;

class Looker {
  readonly #about: Crawl;
  readonly #role: Role;
  readonly #seen: Seen;
  readonly #counts: { pages: number; files: number };
  readonly #context: BrowserContext;
  readonly #page: Page;
  readonly #routes = routeTree();
  /** Kinds of addresses that were looked at: a route with the names in its query. */
  readonly #known = new Set<string>();
  readonly #followed: string[] = [];
  #at = '';

  private constructor(
    about: Crawl,
    role: Role,
    seen: Seen,
    counts: { pages: number; files: number },
    page: Page,
  ) {
    this.#about = about;
    this.#role = role;
    this.#seen = seen;
    this.#counts = counts;
    this.#page = page;
    this.#context = page.context();
  }

  static async begin(about: Crawl, role: Role, seen: Seen, counts: { pages: number; files: number }) {
    const context = await about.browser.newContext({ bypassCSP: about.withoutPolicy });
    await context.addInitScript(WATCH);
    const cookie = about.stage.cookies[role];
    if (cookie !== null) {
      const [name, value] = cookie.split('=') as [string, string];
      await context.addCookies([{ name, value, url: about.url }]);
    }
    // A letter is shown in a box in which nothing runs; a mail program may have none.
    await context.route('**/dev/mailbox/letter?*', async (route) => {
      const response = await route.fetch({ maxRedirects: 0 });
      const { 'content-security-policy': _, ...headers } = response.headers();
      await route.fulfill({ response, headers });
    });
    const looker = new Looker(about, role, seen, counts, await context.newPage());
    looker.#listen();
    return looker;
  }

  end(): Promise<void> {
    return this.#context.close();
  }

  #listen(): void {
    const { found, broken } = this.#seen;
    this.#page.on('dialog', (dialog) => {
      found.push(`${this.#at}: a dialog`);
      void dialog.dismiss();
    });
    this.#page.on('request', (request) => {
      if (/\/ran\/|ran\.example/.test(request.url())) found.push(`${this.#at}: asked for ${request.url()}`);
    });
    // A text that ends a script too early leaves one that cannot be read.
    this.#page.on('pageerror', ({ name, message }) => {
      if (name === 'SyntaxError') broken.push(`${this.#at}: ${message}`);
      else console.error(`${this.#at}: a script stopped: ${message.slice(0, 200)}`);
    });
  }

  async lookAtAll(): Promise<void> {
    const { stage, letters, isWhole } = this.#about;
    for (const route of this.#routes) {
      if (!route.methods.includes('GET') || !this.#isFor(route.id)) continue;
      const { own } = authorisation[route.id]!;
      const path = stage.addressOf(route.id, own && stage.sides.one.ids[own]);
      this.#known.add(this.#kindOf(path));
      if (route.isPage) await this.#lookAt(path);
      else await this.#read(route, path);
    }
    if (this.#role === 'visitor')
      for (const id of letters) await this.#lookAt(`/dev/mailbox/letter?id=${id}`);
    if (!isWhole) return;
    for (let nth = 0; nth < MOST_FOLLOWED; nth++) {
      const path = this.#followed.shift();
      if (path === undefined) return;
      await this.#lookAt(path);
    }
  }

  /** Those whom it is for; where each is looked at once, the first of them. */
  #isFor(route: string): boolean {
    const { audience, own } = authorisation[route]!;
    const isFor = (one: Role) =>
      own === undefined ? insiders[audience].includes(one) : owns(one, audience, 'one');
    if (!isFor(this.#role)) return false;
    return this.#about.isWhole
      ? !this.#role.startsWith('other')
      : roles.find((one) => isFor(one) && !strangers.includes(one)) === this.#role;
  }

  async #lookAt(path: string): Promise<void> {
    const { url, typed } = this.#about;
    this.#at = `${path.slice(0, 120)} as ${this.#role}`;
    this.#counts.pages += 1;
    try {
      const answer = await this.#page.goto(url + path, { waitUntil: 'load', timeout: LONGEST_MS });
      if ((answer?.status() ?? 0) >= 500) this.#seen.broken.push(`${this.#at}: ${answer?.status()}`);
      // The page's own script takes over what the server wrote.
      await this.#page.waitForTimeout(60);
      const found = await this.#page.evaluate<string[]>(LOOK);
      this.#seen.found.push(...new Set(found.map((line) => `${this.#at}: ${line}`)));
      this.#seen.text.push(await this.#page.evaluate<string>(TEXT));
      const links = await this.#page.evaluate<string[]>(
        `[...document.querySelectorAll('a[href]')].filter((one) => one.origin === location.origin && !one.hasAttribute('download')).map((one) => one.pathname + one.search)`,
      );
      for (const link of links) this.#note(link, typed);
    } catch (problem) {
      // What is kept as a file is no page.
      if (!/Download is starting|ERR_ABORTED/.test(String(problem)))
        this.#seen.broken.push(`${this.#at}: ${String(problem).slice(0, 200)}`);
    }
  }

  #note(link: string, typed: string | null): void {
    const kind = this.#kindOf(link);
    if (this.#known.has(kind) || NOT_FOLLOWED.test(link)) return;
    this.#known.add(kind);
    this.#followed.push(link);
    const [path, query = ''] = link.split('?');
    if (typed === null || query === '') return;
    const names = [...new URLSearchParams(query).keys()];
    this.#followed.push(
      `${path}?${new URLSearchParams(names.map((name): [string, string] => [name, typed])).toString()}`,
    );
  }

  #kindOf(address: string): string {
    const { pathname, searchParams } = new URL(address, this.#about.url);
    const route = this.#routes.find(({ id }) => patternOf(id).test(pathname));
    return `${route?.id ?? 'elsewhere'} ${[...new Set(searchParams.keys())].toSorted().join(' ')}`;
  }

  /** What is read by programs: a browser must not take it for a page, and no file may have something in it that runs. */
  async #read(route: Route, path: string): Promise<void> {
    this.#at = `${route.id} as ${this.#role}`;
    this.#counts.files += 1;
    const asked = EXAMPLES[route.id] ?? '';
    const answer = await this.#context.request.get(this.#about.url + path + asked, {
      maxRedirects: 0,
      failOnStatusCode: false,
      timeout: LONGEST_MS,
    });
    if (answer.status() >= 500) this.#seen.broken.push(`${this.#at}: ${answer.status()}`);
    if (answer.status() >= 300 && answer.status() < 400) return;
    await this.#judgeFile(answer);
    const { 'content-type': type = '', 'content-disposition': kept = '' } = answer.headers();
    // And yet: what becomes of it in the window of a browser.
    if (!kept.startsWith('attachment') && !/pdf|image\/(?!svg)/.test(type)) await this.#lookAt(path + asked);
  }

  async #judgeFile(answer: APIResponse): Promise<void> {
    const { loose, text } = this.#seen;
    const headers = answer.headers();
    const type = headers['content-type'] ?? '';
    if (headers['x-content-type-options'] !== 'nosniff')
      loose.push(`${this.#at}: ${type}, may be guessed at`);
    const body = await answer.body();
    if (type.startsWith('application/pdf')) {
      if (/\/(?:JavaScript|JS|Launch|OpenAction|AA|SubmitForm|ImportData)\b/.test(body.toString('latin1')))
        loose.push(`${this.#at}: a PDF that does something`);
      for (const [, address] of body.toString('latin1').matchAll(/\/URI \(((?:[^()\\]|\\.)*)\)/g))
        if (!/^(?:https?:\/\/(?!ran\.example)|mailto:|tel:)/.test(address!))
          loose.push(`${this.#at}: a PDF with a link to ${address!.slice(0, 80)}`);
      text.push((await readPdf(body).catch(() => ({ text: '' }))).text);
      return;
    }
    if (
      /^text\/html|^image\/svg|xhtml/.test(type) &&
      !MARKUP.has(answer.url().replace(/\?.*/, '').replace(this.#about.url, ''))
    )
      loose.push(`${this.#at}: is ${type}`);
    // Lines of a calendar go on in the next.
    text.push(body.toString('utf8').replaceAll(/\r\n[ \t]/g, ''));
  }
}

/** Endpoints that answer markup, and mean to. */
const MARKUP = new Set(['/portraits/16.svg', '/dev/mailbox/letter']);

/** What an endpoint wants to know before it answers. */
const EXAMPLES: Readonly<Record<string, string>> = {
  '/api/v1/suggestions': '?field=words&typed=ran',
};

function patternOf(route: string): RegExp {
  const path = route.replaceAll(/\/\([^)]+\)/g, '').replaceAll(/\[[^\]]+\]/g, '[^/]+');
  return new RegExp(`^${path === '' ? '/' : path}$`);
}
