import { mobilePhone } from './clinics.ts';
import { inventor } from './names.ts';
import type { Random } from './random.ts';
import { slugRegister } from './slug.ts';
import type {
  AppointmentKind,
  DemoClosure,
  DemoEpisode,
  DemoLocation,
  DemoPatient,
  DemoPractitioner,
  DemoSupervision,
  DemoVisit,
  Region,
  TownDay,
  Weekday,
} from './types.ts';

export interface Life {
  patients: DemoPatient[];
  episodes: DemoEpisode[];
}

/** How many consultations a practitioner has behind and before them. */
export interface Busyness {
  past: [from: number, to: number];
  coming: [from: number, to: number];
  /** The weeks that hold the coming ones; 0 is this week. */
  comingWeeks: [from: number, to: number];
}

/** Consultations reach this far back; everybody who holds one was listed by then. */
const FIRST_WEEK = -14;

const patientNotes = [
  '',
  '',
  '',
  'People keep asking whether I am cross. I am not.',
  'I look tired in every photograph from my sister’s wedding.',
  'Two lines between my eyebrows, there since I was about thirty.',
  'I would like to understand what is possible and what is not. I may well do nothing.',
  'My forehead folds up when I concentrate, and I teach all day.',
  'I clench my jaw at night and my dentist thought that I should ask somebody.',
  'One eyebrow sits higher than the other since last year.',
  'The corners of my eyes. I do not mind all of it, only the deepest ones.',
  'I have a scar near my temple, please look at it before anything else.',
  'Bands in my neck when I sing. I am a chorister, so movement matters to me.',
  'A friend was unhappy with hers, so I have many questions.',
  'I am nervous of clinics. A quiet room would help.',
  'I had a bad experience elsewhere and want somebody to look and be honest.',
  'My chin dimples when I talk on camera.',
  'Just advice, please. I will bring a list.',
  'I read lips, so please face me when you talk.',
  'I take a medicine for migraine and want to know whether that matters.',
];

/** Somebody at the point of their road where the desk may book a small correction. */
export interface DueTopUp {
  patient: DemoPatient;
  practitionerSlug: string;
}

/** Fills calendars: every visit lies inside its practitioner's hours, buffers included, and meets no other. */
export function liveThrough(
  random: Random,
  practitioners: DemoPractitioner[],
  locations: DemoLocation[],
  supervisions: DemoSupervision[],
  busynessOf: (practitioner: DemoPractitioner) => Busyness,
  dueTopUp?: DueTopUp,
): Life {
  const life: Life = { patients: [], episodes: [] };
  const bySlug = new Map(practitioners.map((practitioner) => [practitioner.slug, practitioner]));
  const reserve = diary(random, new Map(locations.map((location) => [location.slug, location.clinicSlug])));
  const newPatient = patientRegister(random.stream('patients'));
  const note = random.deck(patientNotes);

  function injectorsWith(prescriber: DemoPractitioner): DemoPractitioner[] {
    const supervisees = supervisions
      .filter(({ supervisorSlug }) => supervisorSlug === prescriber.slug)
      .flatMap(({ superviseeSlug }) => bySlug.get(superviseeSlug) ?? [])
      .filter(({ listingState }) => listingState === 'listed');
    return [prescriber, ...supervisees, ...supervisees];
  }

  function addEpisode(prescriber: DemoPractitioner, week: number): void {
    const consultation = reserve(prescriber, 'consultation', [week, week]);
    if (!consultation) return;
    const { clinicSlug, visit } = consultation;
    const isPast = week < 0;
    if (isPast) visit.fate = random.weighted(fates);
    const outcome = random.weighted(outcomes);
    const injector = random.pick(injectorsWith(prescriber));
    const patient = newPatient(prescriber);
    const visits = [visit];
    if (isPast && visit.fate === 'kept' && outcome === 'suitable') {
      visits.push(...treatmentAndFollowUp(injector, visit, clinicSlug));
    }
    life.patients.push(patient);
    life.episodes.push({
      patientSlug: patient.slug,
      clinicSlug,
      prescriberSlug: prescriber.slug,
      injectorSlug: injector.slug,
      patientNote: note(),
      regions: someRegions(random, prescriber.regions),
      outcome,
      visits,
    });
  }

  /** Two days of reflection lie between signature and treatment, so the search starts three days on. */
  function treatmentAndFollowUp(
    injector: DemoPractitioner,
    consultation: DemoVisit,
    clinicSlug: string,
  ): DemoVisit[] {
    if (random.chance(0.25)) return [];
    const { week } = consultation.day;
    const treatment = reserve(injector, 'treatment', [week + 1, week + 3], {
      clinicSlug,
      daysAfter: [consultation.day, 3, 27],
    });
    if (!treatment) return [];
    if (treatment.visit.day.week >= 0) return [treatment.visit];
    if (random.chance(0.05)) return [{ ...treatment.visit, fate: 'cancelled_by_patient' }];

    const { day } = treatment.visit;
    const followUp = reserve(injector, 'follow_up', [day.week + 1, day.week + 3], {
      clinicSlug,
      daysAfter: [day, 11, 20],
    });
    return followUp ? [treatment.visit, followUp.visit] : [treatment.visit];
  }

  /**
   * Seen, treated and looked at again by the prescriber alone. The treatment lies on the Monday of the week before last:
   * 14 to 20 days back, whatever day the town is founded on.
   */
  function addDueTopUp({ patient, practitionerSlug }: DueTopUp): void {
    const prescriber = bySlug.get(practitionerSlug);
    if (!prescriber) throw new Error(`no practitioner ${practitionerSlug}`);
    const consultation = reserve(prescriber, 'consultation', [-5, -4]);
    const clinicSlug = consultation?.clinicSlug ?? '';
    const treatment = reserve(prescriber, 'treatment', [-2, -2], {
      clinicSlug,
      daysAfter: [{ week: -2, weekday: 1 }, 0, 0],
    });
    const review = reserve(prescriber, 'follow_up', [-1, -1], { clinicSlug });
    if (!consultation || !treatment || !review) throw new Error(`no time for ${patient.slug}`);
    life.patients.push(patient);
    life.episodes.push({
      patientSlug: patient.slug,
      clinicSlug,
      prescriberSlug: practitionerSlug,
      injectorSlug: practitionerSlug,
      patientNote: 'I frown at screens all day. Softer would do.',
      regions: ['frown_lines'],
      outcome: 'suitable',
      visits: [consultation.visit, treatment.visit, review.visit],
    });
  }

  for (const practitioner of practitioners) {
    if (practitioner.listingState !== 'listed' || !mayConsult(practitioner)) continue;
    const { past, coming, comingWeeks } = busynessOf(practitioner);
    for (let count = random.int(...past); count > 0; count--)
      addEpisode(practitioner, random.int(FIRST_WEEK, -1));
    for (let count = random.int(...coming); count > 0; count--)
      addEpisode(practitioner, random.int(...comingWeeks));
  }
  // After everybody else, so that it takes no time from them.
  if (dueTopUp) addDueTopUp(dueTopUp);
  return life;
}

/** A consultation opens the way to a prescription, so whoever may not prescribe holds none. */
export function mayConsult({ profession }: Pick<DemoPractitioner, 'profession'>): boolean {
  return profession !== 'registered_nurse' && profession !== 'esthetician';
}

const fates = [
  ['kept', 88],
  ['no_show', 4],
  ['cancelled_by_patient', 6],
  ['cancelled_by_practice', 2],
] as const;

const outcomes = [
  ['suitable', 62],
  ['not_suitable', 10],
  ['defer', 18],
  ['refer', 10],
] as const;

function someRegions(random: Random, offered: Region[]): Region[] {
  const upperFace = offered.filter((region) => region !== 'jaw' && region !== 'neck_bands');
  return random.shuffled(upperFace.length > 0 ? upperFace : offered).slice(0, random.int(1, 2));
}

interface Reservation {
  clinicSlug: string;
  visit: DemoVisit;
}

interface Wish {
  clinicSlug?: string;
  /** Between so many and so many days after another day. */
  daysAfter?: [day: TownDay, from: number, to: number];
}

/** Finds free times, and remembers what is taken. */
function diary(random: Random, clinicOfLocation: Map<string, string>) {
  const taken = new Map<string, { from: number; to: number }[]>();

  return function reserve(
    practitioner: DemoPractitioner,
    kind: AppointmentKind,
    [fromWeek, toWeek]: [number, number],
    wish: Wish = {},
  ): Reservation | null {
    const { terms, slug: practitionerSlug } = practitioner;
    const durationMinutes = {
      consultation: terms.consultationMinutes,
      treatment: terms.treatmentMinutes,
      follow_up: terms.followUpMinutes,
    }[kind];

    for (const { locationSlug, day, startMinute, endMinute } of random.shuffled(
      sessions(practitioner, fromWeek, toWeek),
    )) {
      const clinicSlug = clinicOfLocation.get(locationSlug);
      if (!clinicSlug || (wish.clinicSlug && wish.clinicSlug !== clinicSlug)) continue;
      if (wish.daysAfter && !liesBetween(day, ...wish.daysAfter)) continue;

      const key = `${practitionerSlug} ${dayNumber(day)}`;
      const blocks = taken.get(key) ?? [];
      const starts: number[] = [];
      for (let start = startMinute; start + durationMinutes <= endMinute; start += terms.stepMinutes) {
        const from = start - terms.bufferBeforeMinutes;
        const to = start + durationMinutes + terms.bufferAfterMinutes;
        if (!blocks.some((block) => from < block.to && block.from < to)) starts.push(start);
      }
      if (starts.length === 0) continue;

      const start = random.pick(starts);
      const block = {
        from: start - terms.bufferBeforeMinutes,
        to: start + durationMinutes + terms.bufferAfterMinutes,
      };
      taken.set(key, [...blocks, block]);
      return {
        clinicSlug,
        visit: {
          kind,
          practitionerSlug,
          locationSlug,
          day,
          startMinute: start,
          durationMinutes,
          fate: 'kept',
        },
      };
    }
    return null;
  };
}

function sessions({ workplaces, closures }: DemoPractitioner, fromWeek: number, toWeek: number) {
  const weeks = Array.from({ length: toWeek - fromWeek + 1 }, (_, index) => fromWeek + index);
  return weeks.flatMap((week) =>
    workplaces.flatMap(({ locationSlug, weeklyHours }) =>
      weeklyHours
        .map(({ weekday, ...hours }) => ({ locationSlug, day: { week, weekday }, ...hours }))
        .filter(({ day }) => !closures.some((closure) => isClosed(closure, day))),
    ),
  );
}

function isClosed({ from, to }: DemoClosure, day: TownDay): boolean {
  return dayNumber(from) <= dayNumber(day) && dayNumber(day) <= dayNumber(to);
}

function liesBetween(day: TownDay, after: TownDay, from: number, to: number): boolean {
  const days = dayNumber(day) - dayNumber(after);
  return from <= days && days <= to;
}

function dayNumber({ week, weekday }: { week: number; weekday: Weekday }): number {
  return week * 7 + weekday;
}

/** Everybody here is an adult, and was when they booked. */
function patientRegister(random: Random) {
  const invent = inventor(random, { unusual: false });
  const slugOf = slugRegister();
  return function newPatient({ jurisdiction }: DemoPractitioner): DemoPatient {
    const person = invent(jurisdiction);
    const slug = slugOf(person.displayName, jurisdiction);
    return {
      slug,
      givenName: person.calledName,
      familyName: person.familyName,
      email: `${slug}@patients.demo.steadyhand.example`,
      phone: mobilePhone(random, jurisdiction),
      ageInDays: random.int(20 * 366, 74 * 365),
      jurisdiction,
      demo: true,
    };
  };
}
