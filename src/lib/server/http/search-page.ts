import { money } from '../../format/money.ts';
import { ACCESS_LABELS } from '../../format/needs.ts';
import { marked } from '../../format/marked.ts';
import { list, plural } from '../../format/words.ts';
import { paths } from '../../paths.ts';
import { CONCERN_NAMES } from '../domain/directory/concerns.ts';
import { nearText, searchQuery, SORTS, WHEN, type SearchInput } from '../domain/directory/input.ts';
import { RESULTS_PER_PAGE, type SearchPage } from '../domain/directory/search.ts';
import { factsOf, PROFESSION_NAMES } from '../domain/policy/codes.ts';
import { languageName } from '../domain/practitioners/languages.ts';
import { formatCalendarDay } from '../domain/shared/dates.ts';

const GENDER_NAMES: Record<string, string> = { woman: 'Woman', man: 'Man', non_binary: 'Non-binary' };
const CHECKED_NAMES: Record<string, string> = {
  prescribing: 'May prescribe',
  training: 'Training for this work',
  life_support: 'Life support training',
  premises: 'Premises',
};
const WHEN_NAMES: Record<SearchInput['when'], string> = {
  any: 'Any day',
  today: 'Today',
  tomorrow: 'Tomorrow',
  week: 'Within a week',
  fortnight: 'Within two weeks',
  month: 'Within a month',
};
const PART_NAMES: Record<string, string> = { morning: 'Morning', afternoon: 'Afternoon', evening: 'Evening' };
const DAY_NAMES: Record<string, string> = {
  1: 'Monday',
  2: 'Tuesday',
  3: 'Wednesday',
  4: 'Thursday',
  5: 'Friday',
  6: 'Saturday',
  7: 'Sunday',
};
const SORT_NAMES: Record<SearchInput['sort'], string> = {
  best: 'Best fit',
  soonest: 'Soonest free time',
  nearest: 'Nearest',
  fee: 'Lowest fee',
};

/** The address of a search, with some answers changed; defaults stay out of it. */
function addressOf(asked: SearchInput, changed: Partial<SearchInput>): string {
  return paths.search(searchQuery({ ...asked, ...changed }));
}

const counted = (names: Record<string, string>, counts: Record<string, number>, kept: readonly string[]) =>
  Object.entries(names)
    .filter(([value]) => counts[value] !== undefined || kept.includes(value))
    .map(([value, label]) => ({ value, label, count: counts[value] ?? 0 }));

/** In a sentence; the whole of it is told on a page of its own. */
const ORDER_WORDS: Record<SearchInput['sort'], string> = {
  best: 'Who fits best comes first.',
  soonest: 'Soonest free time first.',
  nearest: 'Nearest first.',
  fee: 'Lowest fee first.',
};

function postcodeMissing({ country, knowsOthers }: NonNullable<SearchPage['postcodeUnknown']>) {
  const kind = country === 'GB' ? 'postcode' : 'ZIP code';
  return knowsOthers
    ? `We list nobody near this ${kind}, or there is none like it.`
    : `We know only the ${kind}s of ${country === 'GB' ? 'British' : 'American'} clinics that we list, and this is none of them.`;
}

type ListKey =
  'concern' | 'profession' | 'see' | 'checked' | 'language' | 'gender' | 'access' | 'day' | 'part';

/** What narrows the list, each with the address of the list without it. */
function chipsOf(asked: SearchInput, place: SearchPage['place']) {
  const without = (changed: Partial<SearchInput>) => addressOf(asked, { ...changed, page: 1 });
  const one = (isThere: boolean, text: string, changed: Partial<SearchInput>) =>
    isThere ? [{ text, removeHref: without(changed) }] : [];
  const each = (key: ListKey, nameOf: (value: string) => string) =>
    (asked[key] as string[]).map((value) => ({
      text: nameOf(value),
      removeHref: without({ [key]: (asked[key] as string[]).filter((other) => other !== value) }),
    }));
  const named = (names: Readonly<Record<string, string>>) => (value: string) => names[value] ?? value;
  const { fee, feeFrom, on, when } = asked;
  return [
    ...one(asked.q !== '', `“${asked.q}”`, { q: '' }),
    ...one(place !== null, `Within ${asked.miles} miles of ${place?.name}`, { place: '', at: undefined }),
    ...one(place === null && asked.near !== undefined, `Within ${asked.miles} miles of you`, {
      near: undefined,
    }),
    ...each('concern', named(CONCERN_NAMES)),
    ...each('profession', named(PROFESSION_NAMES)),
    ...each('see', (value) => `You see a ${named(PROFESSION_NAMES)(value).toLowerCase()} first`),
    ...each('checked', (value) => `Checked: ${named(CHECKED_NAMES)(value).toLowerCase()}`),
    ...each('language', (value) => `Speaks ${languageName(value)}`),
    ...each('gender', named(GENDER_NAMES)),
    ...each('access', named(ACCESS_LABELS)),
    ...one(feeFrom !== undefined, `Consultation from ${feeFrom}`, { feeFrom: undefined }),
    ...one(fee !== undefined, fee === 0 ? 'Free consultation' : `Consultation up to ${fee}`, {
      fee: undefined,
    }),
    ...one(when !== 'any', WHEN_NAMES[when], { when: 'any' }),
    ...one(on !== '', on === '' ? '' : formatCalendarDay(on), { on: '' }),
    ...each('day', named(DAY_NAMES)),
    ...each('part', named(PART_NAMES)),
  ];
}

/** What /search shows: rows, the form as it was sent, removable chips, and ways on. */
export function searchShown(found: SearchPage, publicUrl: URL) {
  const { asked, place, counts } = found;
  const chips = chipsOf(asked, place);
  const isNearSomething = place !== null || asked.near !== undefined;
  const where = place !== null ? ` near ${place.name}` : asked.near !== undefined ? ' near you' : '';
  return {
    heading: `${plural(found.total, 'practitioner')}${where}`,
    title: place === null ? 'Find someone' : `Practitioners near ${place.name}`,
    asked,
    chips,
    place,
    placeUnknown: found.placeUnknown,
    placeGuessed: found.placeGuessed,
    postcodeUnknown: found.postcodeUnknown && postcodeMissing(found.postcodeUnknown),
    otherPlaces: found.otherPlaces.slice(0, 5).map((one) => ({
      text: `${one.name}, ${one.region}`,
      href: addressOf(asked, { place: one.name, at: one.id ?? undefined, page: 1 }),
    })),
    concernCounts: counts.concern,
    choices: {
      profession: counted(PROFESSION_NAMES, counts.profession, asked.profession),
      see: counted(PROFESSION_NAMES, counts.consultant, asked.see),
      checked: counted(CHECKED_NAMES, counts.credential, asked.checked),
      language: counted(
        Object.fromEntries(
          [...new Set([...Object.keys(counts.language), ...asked.language])]
            .map((code) => [code, languageName(code)] as const)
            .toSorted(([, a], [, b]) => a.localeCompare(b)),
        ),
        counts.language,
        asked.language,
      ),
      gender: counted(GENDER_NAMES, counts.gender, asked.gender),
      access: counted(ACCESS_LABELS, counts.access, asked.access),
      day: Object.entries(DAY_NAMES).map(([value, label]) => ({ value, label })),
      part: Object.entries(PART_NAMES).map(([value, label]) => ({ value, label })),
      when: WHEN.map((value) => ({ value, label: WHEN_NAMES[value] })),
      sort: SORTS.filter((value) => value !== 'nearest' || isNearSomething).map((value) => ({
        value,
        label: SORT_NAMES[value],
      })),
    },
    order: ORDER_WORDS[asked.sort],
    wasRead: found.wasRead,
    leftOut: found.leftOut,
    near: asked.near && nearText(asked.near),
    isOpen: {
      when: asked.when !== 'any' || asked.on !== '' || asked.day.length > 0 || asked.part.length > 0,
      who: [asked.profession, asked.see, asked.gender, asked.language].some((values) => values.length > 0),
      checks: asked.checked.length > 0 || asked.access.length > 0,
    },
    results: found.results.map((result, at) => ({
      key: result.key,
      slug: result.slug,
      name: result.name,
      professionName: result.professionName,
      headline: result.headline,
      portraitSeed: result.portraitSeed,
      isDemo: result.isDemo,
      checked: result.checked,
      consultant: result.consultant && { slug: result.consultant.slug, name: result.consultant.name },
      locationId: result.locationId,
      district: result.district,
      locality: result.locality,
      zone: result.zone,
      days: result.days,
      number: (asked.page - 1) * RESULTS_PER_PAGE + at + 1,
      marks: marked(result.name, asked.q),
      languagesText: list(result.languages),
      where: [
        result.locationName,
        ...(result.locationName.includes(result.district) ? [] : [result.district]),
        result.locality,
        ...(result.distanceMiles === null ? [] : [plural(result.distanceMiles, 'mile')]),
      ].join(', '),
      fee:
        result.feeMinor === 0
          ? 'Free of charge'
          : money(result.feeMinor, result.currency, factsOf(result.jurisdiction).locale),
    })),
    page: asked.page,
    pages: found.pages,
    previousHref: asked.page > 1 ? addressOf(asked, { page: asked.page - 1 }) : undefined,
    nextHref: asked.page < found.pages ? addressOf(asked, { page: asked.page + 1 }) : undefined,
    total: found.total,
    waysOn:
      found.results.length > 0
        ? []
        : [
            ...(asked.page > 1
              ? [{ text: 'Back to the first page', href: addressOf(asked, { page: 1 }) }]
              : []),
            ...(isNearSomething && asked.miles < 50
              ? [{ text: 'Look within 50 miles', href: addressOf(asked, { miles: 50, page: 1 }) }]
              : []),
            ...(asked.when === 'any' && asked.on === '' && asked.day.length === 0 && asked.part.length === 0
              ? []
              : [
                  {
                    text: 'Look at any day',
                    href: addressOf(asked, { when: 'any', on: '', day: [], part: [], page: 1 }),
                  },
                ]),
            ...(chips.length > 0 ? [{ text: 'Start again with everybody', href: paths.search() }] : []),
          ],
    canonical: new URL(addressOf(asked, { map: false }), publicUrl).href,
    mapHref: asked.map ? addressOf(asked, { map: false }) : `${addressOf(asked, { map: true })}#map`,
    isFiltered: chips.length > 1 || asked.page > 1,
  };
}
