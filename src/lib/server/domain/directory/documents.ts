import type { Queryable } from '#lib/server/platform/db.ts';
import type { Batches, SearchDocument } from '#lib/server/platform/search/port.ts';
import { practiceKey } from '../availability/reads.ts';
import { freeSummaries, type FreeSummary } from '../availability/summary.ts';
import { isRegister, registers } from '../credentials/registers.ts';
import { languageName } from '../practitioners/languages.ts';
import { formatCalendarDay } from '../shared/dates.ts';
import { CONCERN_WORDS, PROFESSION_WORDS } from './concerns.ts';
import { findListedIds, findListedPractices, type ListedPractice } from './queries.ts';
import { lawful } from './understand.ts';

/** What a result row shows of a practitioner, apart from distance and free times. */
export interface ShownPractitioner {
  slug: string;
  name: string;
  professionName: string;
  headline: string;
  portraitSeed: number;
  isDemo: boolean;
  languages: string[];
  locationName: string;
  district: string;
  locality: string;
  timeZone: string;
  jurisdiction: string;
  accessFeatures: string[];
  feeMinor: number;
  currency: string;
  /** "General Medical Council, Mon 23 November": the latest look at the register. */
  checked: string | null;
  /** Whose free times these are, where somebody else holds the consultation. */
  consultant: { id: string; slug: string; name: string } | null;
}

const PRACTITIONERS_AT_ONCE = 250;

/** The documents of everybody who is listed, some at a time; it can be gone through more than once. */
export function allDocuments(db: Queryable): Batches<SearchDocument<ShownPractitioner>> {
  return {
    async *[Symbol.asyncIterator]() {
      for (let after: string | null = null; ;) {
        const ids: string[] = await findListedIds(db, after, PRACTITIONERS_AT_ONCE);
        if (ids.length > 0) yield await makeDocuments(db, ids);
        if (ids.length < PRACTITIONERS_AT_ONCE) return;
        after = ids.at(-1)!;
      }
    },
  };
}

/** The documents of these practitioners as far as they are listed: public facts, and when they are free. Three queries. */
export async function makeDocuments(
  db: Queryable,
  practitionerIds: readonly string[],
): Promise<SearchDocument<ShownPractitioner>[]> {
  const practices = await findListedPractices(db, practitionerIds);
  const consultantIds = [...new Set(practices.flatMap(({ consultantId }) => consultantId ?? []))];
  const free = await freeSummaries(db, consultantIds);
  return practices.map((practice) => {
    const key = {
      practitionerId: practice.consultantId ?? practice.practitionerId,
      locationId: practice.locationId,
    };
    return documentOf(practice, free.get(practiceKey(key)) ?? NEVER);
  });
}

/** What patients may ask to have been checked, in words that may stand in an address (L5), by kind of credential. */
const CHECKS: Readonly<Record<string, string>> = {
  prescribing_right: 'prescribing',
  toxin_training: 'training',
  life_support: 'life_support',
  premises: 'premises',
};

const NEVER: FreeSummary = { earliest: null, parts: [] };

function documentOf(practice: ListedPractice, free: FreeSummary): SearchDocument<ShownPractitioner> {
  const name = [practice.title, practice.displayName].filter(Boolean).join(' ');
  const languages = practice.languages.map(languageName);
  return {
    practitionerId: practice.practitionerId,
    locationId: practice.locationId,
    jurisdiction: practice.jurisdiction,
    timeZone: practice.timeZone,
    latitude: practice.latitude,
    longitude: practice.longitude,
    name: [name, practice.nativeName].filter(Boolean).join(' '),
    words: [
      practice.professionName,
      practice.locationName,
      practice.district,
      practice.locality,
      ...(PROFESSION_WORDS[practice.profession] ?? []),
      ...languages,
      ...practice.regions.flatMap((region) => CONCERN_WORDS[region] ?? []),
    ]
      .filter(Boolean)
      .join(' '),
    concerns: [...practice.regions, 'asymmetry'],
    profession: practice.profession,
    consultant: practice.consultantProfession,
    credentials: practice.credentials.flatMap((kind) => CHECKS[kind] ?? []),
    checksComplete: practice.checksComplete,
    languages: practice.languages,
    gender: practice.gender,
    access: practice.accessFeatures,
    feeMinor: practice.feeMinor,
    currency: practice.currency,
    earliestSlotAt: free.earliest,
    free: free.parts,
    shown: {
      slug: practice.slug,
      name,
      professionName: practice.professionName,
      headline: lawful(practice.headline),
      portraitSeed: practice.portraitSeed,
      isDemo: practice.isDemo,
      languages,
      locationName: lawful(practice.locationName),
      district: practice.district,
      locality: practice.locality,
      timeZone: practice.timeZone,
      jurisdiction: practice.jurisdiction,
      accessFeatures: practice.accessFeatures,
      feeMinor: practice.feeMinor,
      currency: practice.currency,
      checked:
        practice.registeredCheckedOn &&
        `${sourceName(practice)}, ${formatCalendarDay(practice.registeredCheckedOn)}`,
      consultant:
        practice.mayConsult || practice.consultantId === null
          ? null
          : { id: practice.consultantId, slug: practice.consultantSlug!, name: practice.consultantName! },
    },
  };
}

/** "General Medical Council"; who issued it, where no register does. */
function sourceName({ registeredWith, registeredBy }: ListedPractice): string {
  return isRegister(registeredWith) ? registers[registeredWith].name : lawful(registeredBy ?? '');
}
