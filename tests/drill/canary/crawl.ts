import { readPdf } from '../../harness/read-pdf.ts';
import { authorisation } from '../../http/authorisation.ts';
import { VIEWERS, type Stage, type Viewer } from './stage.ts';

/** An answer that somebody got. */
export interface Seen {
  viewer: Viewer;
  path: string;
  status: number;
  text: string;
}

/** So many links are followed for each viewer, beside the addresses that are known beforehand. */
const MOST_FOLLOWED = 150;
const AT_ONCE = 4;
const START = [
  '/',
  '/search',
  '/my-care',
  '/desk',
  '/desk/calendar',
  '/carer',
  '/staff/operator',
  '/account/sessions',
];
/** Opening them ends something, they hold no words, or they are there in a demo alone. */
const LEFT_OUT =
  /^\/(dev|account\/sign-out|metrics|pictures|urgent-photos|portraits|evidence)|\.(png|svg|css|js|woff2)$/;

/**
 * Every page that each viewer can reach, from their start and from every address there is with the ids of the marked patient:
 * as a page and as the data behind it. `ids` are everything of that patient that may stand in an address.
 */
export async function crawl(url: string, stage: Stage, ids: readonly string[]): Promise<Seen[]> {
  const seen: Seen[] = [];
  for (const viewer of VIEWERS) {
    const profiles = stage.profiles.map((slug) => `/practitioners/${slug}`);
    const queue = [...START, ...profiles, ...addresses(ids)];
    const known = new Set(queue);
    const most = known.size + MOST_FOLLOWED;
    const lane = async () => {
      for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
        const page = await ask(url, stage, viewer, path);
        if (page === null) continue;
        seen.push(page);
        if (page.status !== 200 || !page.text.startsWith('<!')) continue;
        const data = await ask(url, stage, viewer, dataOf(path));
        if (data !== null) seen.push(data);
        for (const [, href] of page.text.matchAll(/href="(\/[^"#]*)/g)) {
          const next = href!.replaceAll('&amp;', '&');
          if (known.size >= most || known.has(next) || LEFT_OUT.test(next)) continue;
          known.add(next);
          queue.push(next);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
  }
  return seen;
}

/** Each address that takes an id, with each id; most do not exist, which is as it should be. */
function addresses(ids: readonly string[]): string[] {
  const plain = Object.entries(authorisation).filter(([, row]) => row.method === undefined);
  const papers = [
    'prescription',
    'consent',
    'treatment-card',
    'aftercare',
    'start-check',
    'gp-letter',
    'record',
    'case-file',
  ];
  return plain.flatMap(([route]) => {
    const path = route.replaceAll(/\/\([^)]+\)/g, '');
    if (LEFT_OUT.test(path) || path.includes('[secret]') || path.includes('[slug]') || path.includes('[seed'))
      return [];
    const steps = path.includes('[paper]') ? papers.map((paper) => path.replace('[paper]', paper)) : [path];
    return steps.flatMap((one) => {
      const filled = one.replace('[kind]', 'registration').replace('[side=side]', 'before');
      return filled.includes('[id=uuid]')
        ? ids.map((id) => filled.replace('[id=uuid]', id))
        : [filled === '' ? '/' : filled];
    });
  });
}

const dataOf = (path: string) => {
  const [page = '', query] = path.split('?');
  return `${page === '/' ? '' : page}/__data.json${query === undefined ? '' : `?${query}`}`;
};

/** One answer; null where there was none. A paper is read as its words, what is no text as bytes. */
export async function ask(url: string, stage: Stage, viewer: Viewer, path: string): Promise<Seen | null> {
  const token = stage.tokens[viewer];
  try {
    const response = await fetch(new URL(path, url), {
      redirect: 'manual',
      headers: token === null ? {} : { cookie: `session=${token}` },
      signal: AbortSignal.timeout(20_000),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const isPaper = response.headers.get('content-type')?.startsWith('application/pdf') === true;
    return {
      viewer,
      path,
      status: response.status,
      // A line of a paper may end in the middle of a word that is long.
      text: isPaper ? (await readPdf(bytes)).text : bytes.toString('latin1'),
    };
  } catch {
    return null;
  }
}
