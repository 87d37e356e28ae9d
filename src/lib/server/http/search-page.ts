import { money } from '../../format/money.ts';
import { list, plural } from '../../format/words.ts';
import { paths } from '../../paths.ts';
import { languageName } from '../domain/directory/documents.ts';
import type { SearchInput } from '../domain/directory/input.ts';
import type { SearchPage } from '../domain/directory/search.ts';
import { PROFESSION_NAMES, type Profession } from '../domain/policy/codes.ts';

const CONCERN_NAMES: Record<string, string> = {
  forehead_lines: 'Forehead lines',
  frown_lines: 'Frown lines',
  crows_feet: 'Lines beside the eyes',
  bunny_lines: 'Lines on the nose',
  jaw: 'Jaw',
  chin: 'Chin',
  neck_bands: 'Neck bands',
  asymmetry: 'One side looks different',
};
const GENDER_NAMES: Record<string, string> = { woman: 'Woman', man: 'Man', non_binary: 'Non-binary' };
const WHEN_NAMES = {
  any: 'Any day',
  today: 'Today',
  week: 'Within a week',
  fortnight: 'Within two weeks',
} as const;

/** The address of a search, with some answers changed; defaults stay out of it. */
function addressOf(asked: SearchInput, changed: Partial<SearchInput>): string {
  const { q, place, at, miles, concern, profession, language, gender, fee, when, sort, page } = {
    ...asked,
    ...changed,
  };
  return paths.search({
    q,
    place,
    at: place === '' ? undefined : at,
    miles: miles === 25 ? undefined : miles,
    concern,
    profession,
    language,
    gender,
    fee,
    when: when === 'any' ? undefined : when,
    sort: sort === 'soonest' ? undefined : sort,
    page: page === 1 ? undefined : page,
  });
}

const counted = (names: Record<string, string>, counts: Record<string, number>, kept: readonly string[]) =>
  Object.entries(names)
    .filter(([value]) => counts[value] !== undefined || kept.includes(value))
    .map(([value, label]) => ({ value, label, count: counts[value] ?? 0 }));

/** What /search shows: rows, the form as it was sent, removable chips, and ways on. */
export function searchShown(found: SearchPage, publicUrl: URL) {
  const { asked, place, counts } = found;
  const chips = [
    ...(asked.q === '' ? [] : [{ text: `“${asked.q}”`, removeHref: addressOf(asked, { q: '', page: 1 }) }]),
    ...(place === null
      ? []
      : [
          {
            text: `Within ${asked.miles} miles of ${place.name}`,
            removeHref: addressOf(asked, { place: '', page: 1 }),
          },
        ]),
    ...asked.concern.map((code) => ({
      text: CONCERN_NAMES[code] ?? code,
      removeHref: addressOf(asked, { concern: asked.concern.filter((one) => one !== code), page: 1 }),
    })),
    ...asked.profession.map((code) => ({
      text: PROFESSION_NAMES[code as Profession],
      removeHref: addressOf(asked, { profession: asked.profession.filter((one) => one !== code), page: 1 }),
    })),
    ...(asked.language === ''
      ? []
      : [
          {
            text: `Speaks ${languageName(asked.language)}`,
            removeHref: addressOf(asked, { language: '', page: 1 }),
          },
        ]),
    ...(asked.gender === ''
      ? []
      : [{ text: GENDER_NAMES[asked.gender]!, removeHref: addressOf(asked, { gender: '', page: 1 }) }]),
    ...(asked.fee === undefined
      ? []
      : [
          {
            text: asked.fee === 0 ? 'Free consultation' : `Consultation up to ${asked.fee}`,
            removeHref: addressOf(asked, { fee: undefined, page: 1 }),
          },
        ]),
    ...(asked.when === 'any'
      ? []
      : [{ text: WHEN_NAMES[asked.when], removeHref: addressOf(asked, { when: 'any', page: 1 }) }]),
  ];
  const where = place === null ? '' : ` near ${place.name}`;
  return {
    heading: `${plural(found.total, 'practitioner')}${where}`,
    title: place === null ? 'Find someone' : `Practitioners near ${place.name}`,
    asked,
    chips,
    place,
    placeUnknown: found.placeUnknown,
    placeGuessed: found.placeGuessed,
    otherPlaces: found.otherPlaces.slice(0, 5).map((one) => ({
      text: `${one.name}, ${one.region}`,
      href: addressOf(asked, { place: one.name, at: one.id, page: 1 }),
    })),
    concernCounts: counts.concern,
    choices: {
      profession: counted(PROFESSION_NAMES, counts.profession, asked.profession),
      language: Object.entries(counts.language)
        .map(([value, count]) => ({ value, label: `${languageName(value)} (${count})` }))
        .toSorted((a, b) => a.label.localeCompare(b.label)),
      gender: counted(GENDER_NAMES, counts.gender, [asked.gender]).map(({ value, label, count }) => ({
        value,
        label: `${label} (${count})`,
      })),
    },
    results: found.results.map((result) => ({
      ...result,
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
          : money(result.feeMinor, result.currency, result.jurisdiction === 'texas' ? 'en-US' : 'en-GB'),
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
            ...(place !== null && asked.miles < 50
              ? [{ text: 'Look within 50 miles', href: addressOf(asked, { miles: 50, page: 1 }) }]
              : []),
            ...(asked.when === 'any'
              ? []
              : [{ text: 'Look at any day', href: addressOf(asked, { when: 'any', page: 1 }) }]),
            ...(chips.length > 0 ? [{ text: 'Start again with everybody', href: paths.search() }] : []),
          ],
    canonical: new URL(addressOf(asked, {}), publicUrl).href,
    isFiltered: chips.length > 1 || asked.page > 1,
  };
}
