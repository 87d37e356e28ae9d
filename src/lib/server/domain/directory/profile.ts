import { feePromise } from '#lib/format/fee.ts';
import { money } from '#lib/format/money.ts';
import { plural } from '#lib/format/words.ts';
import { paths } from '#lib/paths.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { freeSlots, slotDays } from '../availability/reads.ts';
import { factsOf, type Profession } from '../policy/codes.ts';
import { languageName } from '../practitioners/languages.ts';
import { PROFESSION_MEANINGS } from '../practitioners/professions.ts';
import { readPublicReviews } from '../reviews/reads.ts';
import { formatZone, localDate } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { shownCases } from './cases.ts';
import { checkShown } from './checks.ts';
import {
  findCheckedCredentials,
  findColleagues,
  findListedPractices,
  findPractitioner,
  findWorkplaces,
} from './queries.ts';
import { lawful } from './understand.ts';

const DAYS_ON_A_PAGE = 14;
const LAST_DAY = 84;

/**
 * A practitioner's public page. Who was never approved does not exist; who was, and is not listed now, has a page with
 * one neutral sentence (L2). `fromDay` counts days from today, for more times; `reviewPage` is which of its reviews. The
 * same few queries, however many locations, cases and reviews.
 */
export async function readProfile(db: Db, slug: string, fromDay: number, reviewPage = 1) {
  const found = await findPractitioner(db, slug);
  if (found === undefined || (found.jurisdiction === null && !found.was_listed))
    throw new Refusal('not_found');
  const { name } = found;
  if (found.jurisdiction === null) return { listed: false as const, name, slug: found.slug };

  const [workplaces, credentials, colleagues, practices, cases, reviews] = await Promise.all([
    findWorkplaces(db, found.id),
    findCheckedCredentials(db, found.id),
    findColleagues(db, found.id),
    findListedPractices(db, [found.id]),
    shownCases(db, found.id),
    readPublicReviews(db, found.id, reviewPage),
  ]);
  const facts = factsOf(found.jurisdiction);
  const practiceAt = new Map(practices.map((practice) => [practice.locationId, practice]));
  const consultantIds = [...new Set(practices.flatMap(({ consultantId }) => consultantId ?? []))];
  const mayConsult = found.may_consult === true;
  const first = mayConsult ? undefined : practices.find(({ consultantId }) => consultantId !== null);

  const offset = Math.max(0, Math.min(LAST_DAY, Math.floor(fromDay) || 0));
  const today = Temporal.PlainDate.from(localDate(found.now, workplaces[0]?.timeZone ?? 'UTC'));
  const slots = await freeSlots(db, {
    practitionerIds: consultantIds,
    from: today.add({ days: offset }).toString(),
    to: today.add({ days: offset + DAYS_ON_A_PAGE - 1 }).toString(),
  });
  const addressFrom = (day: number) => `${paths.practitioner(slug, { from: day > 0 ? day : null })}#times`;

  return {
    listed: true as const,
    slug: found.slug,
    name,
    nativeName: found.native_name,
    pronouns: found.pronouns,
    profession: found.profession as Profession,
    professionName: found.profession_name,
    role: [
      PROFESSION_MEANINGS[found.profession as Profession],
      mayConsult
        ? `In ${facts.name}, may hold your consultation, examine you, and decide with you what, if anything, is right for you.`
        : `In ${facts.name}, may see you only after a face-to-face consultation with ${first?.consultantName ?? 'a prescriber'}, for what was decided there for you by name.`,
    ].join(' '),
    mayConsult,
    headline: lawful(found.headline),
    paragraphs: found.biography.split('\n\n').filter((paragraph) => lawful(paragraph) !== ''),
    languages: found.languages.map(languageName),
    experience: found.practising_since === null ? null : plural(today.year - found.practising_since, 'year'),
    regions: found.regions,
    portraitSeed: found.portrait_seed,
    isDemo: found.is_demo,
    jurisdiction: found.jurisdiction,
    countryCode: facts.country_code,
    seenFirst: first && { name: first.consultantName!, href: paths.practitioner(first.consultantSlug!) },
    colleagues: colleagues.map((one) => ({
      name: one.name,
      professionName: one.profession_name,
      href: paths.practitioner(one.slug),
      supervises: one.supervises,
    })),
    workplaces: workplaces.map((place) => {
      const practice = practiceAt.get(place.locationId);
      const feeMinor = practice?.feeMinor ?? place.feeMinor;
      return {
        ...place,
        directions: lawful(place.directions),
        feeCovers: lawful(place.feeCovers),
        zone: formatZone(place.timeZone),
        feePromise: feePromise(feeMinor, place.clinicName),
        fee: feeMinor === 0 ? 'free of charge' : money(feeMinor, place.currency, facts.locale),
        /** Who holds the consultation here. */
        consultantName: practice?.consultantName ?? null,
        consultantSlug: practice?.consultantSlug ?? null,
        days: slotDays(
          slots.filter(
            (slot) => slot.locationId === place.locationId && slot.practitionerId === practice?.consultantId,
          ),
        ),
      };
    }),
    checks: credentials.map(checkShown),
    /** Null where the law of one of their places allows none. */
    reviews,
    cases,
    earlierHref: offset > 0 ? addressFrom(offset - DAYS_ON_A_PAGE) : undefined,
    laterHref: offset + DAYS_ON_A_PAGE <= LAST_DAY ? addressFrom(offset + DAYS_ON_A_PAGE) : undefined,
  };
}

export type ListedProfile = Extract<Awaited<ReturnType<typeof readProfile>>, { listed: true }>;
