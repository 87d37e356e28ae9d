import type { AppointmentKind } from '#lib/server/domain/availability/schedule.ts';
import type { RegisterCode } from '#lib/server/domain/credentials/registers.ts';
import type { Answers } from '#lib/server/domain/reviews/review.ts';
import type { Jurisdiction as AnyJurisdiction, Profession } from '#lib/server/domain/policy/codes.ts';

export type { AppointmentKind, Profession };

/** Where demo people live. */
export type Jurisdiction = Extract<AnyJurisdiction, 'england' | 'texas'>;

export type Region =
  'forehead_lines' | 'frown_lines' | 'crows_feet' | 'bunny_lines' | 'jaw' | 'chin' | 'neck_bands';

export type Gender = 'woman' | 'man' | 'non_binary';

export type TimeZone = 'Europe/London' | 'America/Chicago' | 'America/Denver';

export type AccessFeature = 'step_free' | 'quiet_room' | 'parking' | 'hearing_loop' | 'accessible_toilet';

/** ISO 8601: 1 is Monday, 7 is Sunday. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** A count of days from the day on which the town is founded: -30 is thirty days ago. */
export type DayOffset = number;

/**
 * A day counted in weeks from the week that holds today, so that a Tuesday clinic stays on Tuesdays whatever
 * day the town is founded. Week 0 is this week.
 */
export interface TownDay {
  week: number;
  weekday: Weekday;
}

/** How far `day` lies from today, given today's weekday. */
export function dayOffset(day: TownDay, todayWeekday: Weekday): DayOffset {
  return day.week * 7 + day.weekday - todayWeekday;
}

/** An organisation. */
export interface DemoClinic {
  slug: string;
  name: string;
  jurisdiction: Jurisdiction;
  phone: string;
}

/** An address of a clinic. */
export interface DemoLocation {
  slug: string;
  clinicSlug: string;
  name: string;
  jurisdiction: Jurisdiction;
  street: string;
  district: string;
  locality: string;
  /** An outward postcode in England, a ZIP code in Texas. */
  postcode: string;
  latitude: number;
  longitude: number;
  timeZone: TimeZone;
  accessFeatures: AccessFeature[];
  /** How to find the door, in the clinic's words. */
  directions: string;
  rooms: string[];
}

/**
 * Only `listed` practitioners may ever show in public. `checks_complete` waits for the second person's decision;
 * `lapsed` holds a required credential that has expired.
 */
export type ListingState = 'listed' | 'draft' | 'submitted' | 'checks_complete' | 'lapsed' | 'suspended';

export interface DemoPractitioner {
  slug: string;
  jurisdiction: Jurisdiction;
  profession: Profession;
  /** "Dr", kept apart from the name. */
  title: string | null;
  /** The name shown to patients. */
  displayName: string;
  familyName: string;
  /** The name on the register, which may differ. */
  registerName: string;
  /** The name in the practitioner's own script, where that is not Latin. */
  nativeName: { text: string; language: string; direction: 'rtl' | 'ltr' } | null;
  /** Null where the practitioner prefers not to say. */
  gender: Gender | null;
  pronouns: string | null;
  /** BCP 47, the most fluent first. */
  languages: string[];
  yearsOfExperience: number;
  /** One public line. */
  headline: string;
  /** Paragraphs separated by a blank line. Null where nobody has written one yet. */
  biography: string | null;
  email: string;
  /** The expressions this practitioner sees people about. */
  regions: Region[];
  terms: DemoTerms;
  habits: DemoHabits;
  workplaces: DemoWorkplace[];
  closures: DemoClosure[];
  openings: DemoOpening[];
  /** Who answers out of hours. */
  cover: { name: string; phone: string };
  recordsCustodian: string;
  /** The United States' identifier of a clinician, which is not a licence. */
  npi: string | null;
  credentials: DemoCredential[];
  /** Null for a draft, which nobody has submitted. */
  vetting: DemoVetting | null;
  suspendedOn: DayOffset | null;
  listingState: ListingState;
  demo: true;
}

/** The same at every workplace. The terms of a consultation mean nothing for those who may not hold one. */
export interface DemoTerms {
  currency: 'GBP' | 'USD';
  /** In pence or cents; 0 is free of charge. */
  consultationFeeMinor: number;
  /** What the fee covers, in a sentence for patients. */
  consultationFeeCovers: string;
  consultationMinutes: number;
  treatmentMinutes: number;
  followUpMinutes: number;
  bufferBeforeMinutes: number;
  bufferAfterMinutes: number;
  /** Starts are offered this far apart. */
  stepMinutes: number;
  noticeMinutes: number;
  horizonDays: number;
}

/** How a calendar is kept beyond its hours. */
export interface DemoHabits {
  startsCountFrom: 'hours' | 'clock';
  /** Between two workplaces. */
  travelMinutes: number;
  dailyLimit: number | null;
  weeklyLimit: number | null;
  /** Works at weekends in every second week alone. */
  everyOtherWeekend: boolean;
  /** Sees people in one of the rooms that colleagues use too. */
  sharesRooms: boolean;
}

export interface DemoWorkplace {
  locationSlug: string;
  weeklyHours: DemoHours[];
}

/** Minutes count from local midnight. */
export interface DemoHours {
  weekday: Weekday;
  startMinute: number;
  endMinute: number;
}

/** Time off, at every workplace: the whole of each day from `from` to `to`, both included. */
export interface DemoClosure {
  from: TownDay;
  to: TownDay;
  /** For the practice only, never for patients. */
  privateReason: string;
}

/** An extra session outside the weekly hours. */
export interface DemoOpening {
  day: TownDay;
  locationSlug: string;
  startMinute: number;
  endMinute: number;
}

export type CredentialKind =
  | 'registration'
  | 'prescribing_right'
  | 'qualification'
  | 'toxin_training'
  | 'life_support'
  | 'indemnity_insurance';

export interface DemoCredential {
  kind: CredentialKind;
  /** Public: obeys the advertising law of every jurisdiction. */
  title: string;
  issuer: string;
  /** Null where a document proves it. */
  register: RegisterCode | null;
  /** The register's number, or that of the policy or certificate. */
  number: string;
  issuedOn: DayOffset;
  expiresOn: DayOffset;
  /** Oldest first; empty while nobody has looked. */
  checks: DemoCheck[];
}

export interface DemoCheck {
  on: DayOffset;
  /** Slug of a reviewer's account. */
  by: string;
  method: 'register_page' | 'document';
  source: string;
  sourceUrl: string | null;
  nextDueOn: DayOffset;
}

/** One reviewer checks, another decides. */
export interface DemoVetting {
  submittedOn: DayOffset;
  checked: { on: DayOffset; by: string } | null;
  approved: { on: DayOffset; by: string } | null;
}

/** Accepted by both sides. */
export interface DemoSupervision {
  supervisorSlug: string;
  superviseeSlug: string;
  jurisdiction: Jurisdiction;
  /** From 1, unique per supervisor. */
  seat: number;
  acceptedOn: DayOffset;
}

/** Somebody you can sign in as, beside the practitioners, who each have an address of their own. */
export interface DemoAccount {
  slug: string;
  role: 'patient' | 'practitioner' | 'applicant' | 'receptionist' | 'reviewer' | 'operator';
  fullName: string;
  email: string;
  /** Of a practitioner's account. */
  practitionerSlug: string | null;
  /** Of a receptionist's account. */
  clinicSlug: string | null;
  /** Of a patient's account. */
  patientSlug: string | null;
  demo: true;
}

export interface DemoPatient {
  slug: string;
  givenName: string;
  familyName: string;
  email: string;
  phone: string;
  /** Days lived on the founding day. */
  ageInDays: number;
  jurisdiction: Jurisdiction;
  demo: true;
}

/** One patient's road with one clinic; visits are in order of time. */
export interface DemoEpisode {
  patientSlug: string;
  clinicSlug: string;
  prescriberSlug: string;
  injectorSlug: string;
  /** What the patient wrote when booking. */
  patientNote: string;
  regions: Region[];
  /** What the prescriber signs once the consultation was kept. */
  outcome: 'suitable' | 'not_suitable' | 'defer' | 'refer';
  visits: DemoVisit[];
}

export interface DemoVisit {
  kind: AppointmentKind;
  practitionerSlug: string;
  locationSlug: string;
  day: TownDay;
  startMinute: number;
  durationMinutes: number;
  /** What becomes of it once its time has come; a visit still ahead is simply confirmed. */
  fate: 'kept' | 'no_show' | 'cancelled_by_patient' | 'cancelled_by_practice';
}

/** What a patient wrote about a visit of an episode, and how far it has come. */
export interface DemoReview {
  episodeIndex: number;
  visitIndex: number;
  answers: Answers;
  words: string;
  fate: 'published' | 'waiting' | 'returned';
  /** Of the practitioner, once it is published. */
  reply: string | null;
}

/** A whole invented town: plain values, no dates, nothing that depends on when it is made. */
export interface DemoTown {
  seed: number;
  clinics: DemoClinic[];
  locations: DemoLocation[];
  practitioners: DemoPractitioner[];
  supervisions: DemoSupervision[];
  accounts: DemoAccount[];
  patients: DemoPatient[];
  episodes: DemoEpisode[];
  reviews: DemoReview[];
}
