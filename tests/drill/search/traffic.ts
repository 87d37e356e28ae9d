import { setTimeout as wait } from 'node:timers/promises';
import type { Suspension } from './checker.ts';
import { shownThoughSuspended } from './checker.ts';
import type { Subject } from './changes.ts';
import { get } from './get.ts';

/** One question of one client, and what became of it. */
export interface Asked {
  path: string;
  askedAt: number;
  ms: number;
  /** Null where no answer came. */
  status: number | null;
  /** Who was shown and must not have been. */
  wronglyShown: string[];
  /** How many practitioners there are, where everybody was asked for. */
  everybody: number | null;
}

export interface Traffic {
  servers: readonly { url: string }[];
  subjects: readonly Subject[];
  suspensions: readonly Suspension[];
  random: () => number;
  asked: Asked[];
}

const PLACES = ['London', 'Leeds', 'Manchester', 'Bristol', 'El Paso', 'Mancester', 'Nowhere at all'];
const TYPED = [
  'jaw',
  'frown lines',
  'esthetician near Manchester',
  'doctor who speaks polish',
  'okafro',
  'zzzz',
];
const CHOICES = [
  'when=week&part=evening',
  'profession=dentist&fee=120',
  'concern=jaw&access=step_free',
  'language=pl&sort=soonest',
  'see=doctor&checked=training&sort=fee',
  'gender=woman&page=2',
];
const EVERYBODY = '/search';
const SUGGESTIONS = '/api/v1/suggestions';
const FEWEST_TYPED = 3;
/** A reader takes a moment. */
const PAUSE_MS = { least: 50, more: 250 };

/** Asks as people do, one question after the other, until it is told to end. */
export async function beClient(traffic: Traffic, running: { is: boolean }): Promise<void> {
  while (running.is) {
    traffic.asked.push(await ask(traffic, question(traffic)));
    await wait(PAUSE_MS.least + traffic.random() * PAUSE_MS.more);
  }
}

function question({ random, subjects, suspensions }: Traffic): string {
  const any = <Value>(values: readonly Value[]) => values[Math.floor(random() * values.length)]!;
  const near = () => `place=${encodeURIComponent(any(PLACES))}`;
  const named = (slug: string) => subjects.find((subject) => subject.slug === slug)!.name;
  const kind = random();
  if (kind < 0.1) return EVERYBODY;
  if (kind < 0.3) return `/search?${near()}`;
  if (kind < 0.4) return `/search?${near()}&sort=nearest&miles=50&map=1`;
  if (kind < 0.55) return `/search?q=${encodeURIComponent(any(TYPED))}`;
  if (kind < 0.7) return `/search?${any(CHOICES)}`;
  // As a page asks that is open already.
  if (kind < 0.75) return `/search/__data.json?${near()}&${any(CHOICES)}`;
  // Who is looked for by name is most easily found, and most of all who must not be.
  const away = suspensions.filter(({ until }) => until === Infinity).map(({ slug }) => slug);
  const slug = random() < 0.7 && away.length > 0 ? any(away) : any(subjects).slug;
  const name = named(slug);
  if (kind < 0.85) return `/search?q=${encodeURIComponent(name)}`;
  if (kind < 0.9)
    return `${SUGGESTIONS}?field=place&typed=${encodeURIComponent(any(PLACES).slice(0, FEWEST_TYPED))}`;
  // While the name is being typed.
  const letters = FEWEST_TYPED + Math.floor(random() * (name.length - FEWEST_TYPED));
  return `${SUGGESTIONS}?field=words&typed=${encodeURIComponent(name.slice(0, letters))}`;
}

/** What was answered, so that whoever is shown stands in it as on a page: suggestions name people, and tell no slugs. */
function shownIn({ subjects }: Traffic, path: string, text: string): string {
  if (!path.startsWith(SUGGESTIONS)) return text;
  return subjects
    .filter(({ name, hasOwnName }) => hasOwnName && text.includes(JSON.stringify(name)))
    .map(({ slug }) => slug)
    .join(' ');
}

async function ask(traffic: Traffic, path: string): Promise<Asked> {
  const { servers, suspensions, random } = traffic;
  const { url } = servers[Math.floor(random() * servers.length)]!;
  const askedAt = performance.now();
  const answer = await get(`${url}${path}`)
    .then(async (response) => ({ status: response.status, text: await response.text() }))
    .catch(() => null);
  const answeredAt = performance.now();
  const shown = shownIn(traffic, path, answer?.text ?? '');
  const total = /<h1[^>]*>\s*([\d,]+) practitioners?/.exec(answer?.text ?? '')?.[1];
  return {
    path,
    askedAt,
    ms: answeredAt - askedAt,
    status: answer?.status ?? null,
    wronglyShown: shownThoughSuspended({ text: shown, askedAt, answeredAt }, suspensions),
    everybody: path === EVERYBODY && total !== undefined ? Number(total.replaceAll(',', '')) : null,
  };
}
