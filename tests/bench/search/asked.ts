import { searchInput, type SearchInput } from '#lib/server/domain/directory/input.ts';
import { paths } from '#lib/paths.ts';
import { searchQuery } from '#lib/server/domain/directory/input.ts';
import type { Db } from '#lib/server/platform/db.ts';

/** What one visitor looks for, by the kind of it. */
export interface Search {
  kind: Kind;
  asked: SearchInput;
  href: string;
}

const KINDS = {
  everybody: 2,
  place: 6,
  'place and concern': 4,
  'a name': 3,
  'a slip in a name': 1,
  'words that are read': 3,
  'words of everybody': 1,
  filters: 3,
  'free times': 3,
  'sorted otherwise': 2,
  'deep pages': 2,
} as const;
type Kind = keyof typeof KINDS;

const CONCERNS = ['forehead_lines', 'frown_lines', 'crows_feet', 'jaw', 'chin', 'neck_bands'];
const PROFESSIONS = ['doctor', 'dentist', 'nurse_prescriber', 'nurse_practitioner', 'esthetician'];
const LANGUAGES = ['es', 'ur', 'hi', 'pl', 'fr', 'ar'];
const ACCESS = ['step_free', 'parking', 'quiet_room'];
const SENTENCES = [
  'frown lines in Leeds',
  'doctor near Manchester on saturday',
  'someone who speaks Spanish under £60',
  'lines beside the eyes, evening',
  'dentist in Houston',
  'woman doctor step free',
  'free consultation in Bristol',
];
/** Nearly everybody has one of these among the words. */
const COMMON_WORDS = ['clinic', 'england', 'doctor', 'rooms', 'practice', 'house'];

/** So many searches, mixed as visitors mix them: mostly near a place, in proportion to who lives there. */
export async function drawSearches(db: Db, random: () => number, count: number): Promise<Search[]> {
  const places = await db
    .selectFrom('place')
    .select(['name', 'population'])
    .where('population', '>', 0)
    .orderBy('population', 'desc')
    .orderBy('id')
    .execute();
  const names = await db
    .selectFrom('practitioner')
    .select('display_name as name')
    .orderBy('id')
    .limit(1_000)
    .execute();
  const people = places.reduce((sum, { population }) => sum + population, 0);
  const one = <Value>(values: readonly Value[]) => values[Math.floor(random() * values.length)]!;
  const place = () => {
    let left = random() * people;
    return places.find(({ population }) => (left -= population) < 0)!.name;
  };
  const name = () => one(names).name;
  const make: Record<Kind, () => Record<string, unknown>> = {
    everybody: () => ({}),
    place: () => ({ place: place(), miles: one(['5', '10', '25', '25', '50']) }),
    'place and concern': () => ({ place: place(), concern: one(CONCERNS) }),
    'a name': () => ({ q: random() < 0.5 ? name() : name().split(' ').at(-1)! }),
    'a slip in a name': () => ({ q: slipped(name().split(' ').at(-1)!, random) }),
    'words that are read': () => ({ q: one(SENTENCES) }),
    'words of everybody': () => ({ q: one(COMMON_WORDS) }),
    filters: () => ({
      profession: one(PROFESSIONS),
      ...(random() < 0.5 && { language: one(LANGUAGES) }),
      ...(random() < 0.5 && { gender: one(['woman', 'man']) }),
      ...(random() < 0.5 && { access: one(ACCESS) }),
      ...(random() < 0.3 && { fee: one(['40', '60', '100']) }),
      ...(random() < 0.5 && { place: place() }),
    }),
    'free times': () => ({
      when: one(['today', 'tomorrow', 'week', 'fortnight']),
      ...(random() < 0.5 && { part: one(['morning', 'evening']) }),
      ...(random() < 0.7 && { place: place() }),
    }),
    'sorted otherwise': () => {
      const sort = one(['soonest', 'nearest', 'fee']);
      return { sort, ...((sort === 'nearest' || random() < 0.5) && { place: place() }) };
    },
    'deep pages': () => ({
      page: String(2 + Math.floor(random() ** 2 * 48)),
      ...(random() < 0.5 && { place: one(['London', 'Houston', 'Birmingham']) }),
    }),
  };
  const bag = Object.entries(KINDS).flatMap(([kind, times]) =>
    Array.from({ length: times }, () => kind as Kind),
  );
  return Array.from({ length: count }, (_, at) => {
    const kind = bag[(at * 7) % bag.length]!;
    const asked = searchInput.parse(make[kind]());
    return { kind, asked, href: paths.search(searchQuery(asked)) };
  });
}

/** Two neighbouring letters change places. */
function slipped(word: string, random: () => number): string {
  if (word.length < 4) return word;
  const at = 1 + Math.floor(random() * (word.length - 2));
  return word.slice(0, at) + word[at + 1]! + word[at]! + word.slice(at + 2);
}

/** What people have typed when suggestions are asked for: two letters and more of places and names. */
export function drawTyped(
  searches: readonly Search[],
  random: () => number,
): { field: 'place' | 'words'; typed: string }[] {
  return searches.flatMap(({ asked }) => {
    const [field, text] = asked.q !== '' ? (['words', asked.q] as const) : (['place', asked.place] as const);
    const typed = text.slice(0, 2 + Math.floor(random() * 5)).trim();
    return typed.length < 2 ? [] : [{ field, typed }];
  });
}
