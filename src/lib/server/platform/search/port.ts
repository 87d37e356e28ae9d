/**
 * The index that answers /search. It knows which practitioners fit a question and in what order; it does not decide
 * who is listed: callers check every hit against the view `listing` before they show it.
 */
export interface SearchIndex<Shown> {
  find(question: SearchQuestion): Promise<SearchAnswer<Shown>>;
  /** From now on these practitioners have exactly these documents; without any they are not found. */
  put(practitionerIds: readonly string[], documents: readonly SearchDocument<Shown>[]): Promise<void>;
  /** From now on there are these documents and no others. Until it is done, answers come from what was there before. */
  replaceAll(documents: readonly SearchDocument<Shown>[]): Promise<void>;
}

/** What somebody looks for. What is left out narrows nothing. */
export interface SearchQuestion {
  /** Each word must be found, or something very like it. */
  words?: string;
  near?: { latitude: number; longitude: number; withinKm: number };
  /** All of them. */
  concerns?: readonly string[];
  /** Any of them. */
  professions?: readonly string[];
  language?: string;
  gender?: string;
  /** In minor units of whatever currency is charged there. */
  feeMaxMinor?: number;
  /** With a free time on one of these local dates, both included; a place in a zone not named here does not fit. */
  free?: readonly { timeZone: string; from: string; to: string }[];
  /** `nearest` needs `near`. */
  order: 'soonest' | 'nearest';
  offset: number;
  limit: number;
}

/** How many practitioners each further choice would leave. */
export const FACETS = ['concern', 'profession', 'language', 'gender'] as const;
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
  /** What can be found by typing it. */
  words: string;
  concerns: readonly string[];
  profession: string;
  languages: readonly string[];
  gender: string | null;
  feeMinor: number;
  currency: string;
  /** False for those whose patients see a prescriber first: the fee and the free times are then the prescriber's. */
  seesForConsultation: boolean;
  earliestSlotAt: Temporal.Instant | null;
  /** Local dates with a free time. */
  freeDates: readonly string[];
  /** What a result shows; the index hands it back as it came. */
  shown: Shown;
}
