/**
 * The index that answers /search. It knows which practitioners fit a question and in what order; it does not decide
 * who is listed: callers check every hit against the view `listing` before they show it.
 */
export interface SearchIndex<Shown> {
  find(question: SearchQuestion): Promise<SearchAnswer<Shown>>;
  /** From now on these practitioners have exactly these documents; without any they are not found. */
  put(practitionerIds: readonly string[], documents: readonly SearchDocument<Shown>[]): Promise<void>;
  /** From now on there are these documents and no others. Until it is done, answers come from what was there before. */
  replaceAll(batches: Batches<SearchDocument<Shown>>): Promise<void>;
  /** Every document there is, by its fingerprint: what a repair compares. */
  holdings(): Batches<Holding>;
}

/** Many things, some thousand at a time: a hundred thousand practitioners are never in memory together. */
export type Batches<Thing> = AsyncIterable<readonly Thing[]>;

export interface Holding {
  practitionerId: string;
  locationId: string;
  fingerprint: string;
}

/** What somebody looks for. What is left out narrows nothing. */
export interface SearchQuestion {
  /** Each word must be found in the name or the words, or something very like it. */
  words?: string;
  near?: { latitude: number; longitude: number; withinKm: number };
  /** All of them. */
  concerns?: readonly string[];
  /** Any of them. */
  professions?: readonly string[];
  /** Any of them: the profession of whom one sees for the consultation. */
  consultants?: readonly string[];
  /** All of them. */
  credentials?: readonly string[];
  /** Any of them. */
  languages?: readonly string[];
  /** Any of them. */
  genders?: readonly string[];
  /** All of them. */
  access?: readonly string[];
  /** In minor units of whatever currency is charged there. */
  feeMinMinor?: number;
  feeMaxMinor?: number;
  /** With a free time on one of these local dates, both included; a place in a zone not named here does not fit. */
  free?: readonly { timeZone: string; from: string; to: string }[];
  /** Narrows `free` to these parts of the day. */
  parts?: readonly DayPart[];
  order: SearchOrder;
  offset: number;
  limit: number;
  /** Left out where nobody reads them: as somebody types, for one. */
  counts?: boolean;
}

/** Before noon, before five in the afternoon, after it: on the clock of the place. */
export const DAY_PARTS = ['morning', 'afternoon', 'evening'] as const;
export type DayPart = (typeof DAY_PARTS)[number];

/**
 * Whose name is what was typed comes first in every order, then whose name begins like it, then who is found by other
 * words. After that, `best`: by the week of the first free time; in a week, whose checks are complete first; among them the
 * nearest, and without `near` the soonest. `soonest`, `nearest` and `fee` put that one thing first. Ties go to the next of
 * week, distance and time, and at last to the order of the ids. `nearest` needs `near`.
 */
export const ORDERS = ['best', 'soonest', 'nearest', 'fee'] as const;
export type SearchOrder = (typeof ORDERS)[number];

/** How many practitioners each further choice would leave. */
export const FACETS = [
  'concern',
  'profession',
  'consultant',
  'credential',
  'language',
  'gender',
  'access',
] as const;
export type Facet = (typeof FACETS)[number];
export type FacetCounts = Record<Facet, Record<string, number>>;

export interface SearchAnswer<Shown> {
  /** One per practitioner, at the place that comes first in the order asked for. */
  hits: readonly SearchHit<Shown>[];
  /** Practitioners on all pages together. */
  total: number;
  /** A facet of which one may choose any is counted as if nothing of it were chosen yet. */
  counts: FacetCounts;
}

export interface SearchHit<Shown> {
  practitionerId: string;
  locationId: string;
  distanceKm: number | null;
  shown: Shown;
}

/** One practitioner at one location. Public facts only: never anything of a patient. */
export interface SearchDocument<Shown> {
  practitionerId: string;
  locationId: string;
  jurisdiction: string;
  timeZone: string;
  latitude: number;
  longitude: number;
  /** Whom it is about, in every writing: it counts for more than the words. */
  name: string;
  /** What else can be found by typing it. */
  words: string;
  concerns: readonly string[];
  profession: string;
  /** The profession of whom one sees for the consultation; null while nobody holds it. */
  consultant: string | null;
  /** Kinds of credential that were checked and are in date. */
  credentials: readonly string[];
  /** Every check that is due has been made. */
  checksComplete: boolean;
  languages: readonly string[];
  gender: string | null;
  access: readonly string[];
  feeMinor: number;
  currency: string;
  earliestSlotAt: Temporal.Instant | null;
  /** The parts of local days with a free time. */
  free: readonly FreePart[];
  /** What a result shows; the index hands it back as it came. */
  shown: Shown;
}

export interface FreePart {
  date: string;
  part: DayPart;
}
