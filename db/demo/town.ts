import { biographer } from './biographies/biography.ts';
import { inAmericanSpelling } from './biographies/wording.ts';
import {
  castAccounts,
  castPractitioners,
  EMAIL_DOMAIN,
  esthetician,
  prescriber,
  type CastMember,
} from './cast.ts';
import { demoCities, type DemoCity } from './cities.ts';
import { clinicFounder, mobilePhone, type ClinicOf } from './clinics.ts';
import { registrar } from './credentials.ts';
import { liveThrough, mayConsult, type Busyness } from './episodes.ts';
import { prescriberHeadlines, supervisedHeadlines } from './headlines.ts';
import { inventor, type Person } from './names.ts';
import { seededRandom, type Random } from './random.ts';
import { closuresOf, habitsOf, openingsOf, PLAIN_HABITS, scheduler, termsOf } from './schedules.ts';
import { slugRegister } from './slug.ts';
import type {
  DemoLocation,
  DemoPatient,
  DemoPractitioner,
  DemoSupervision,
  DemoTown,
  Jurisdiction,
  ListingState,
  Profession,
  Region,
} from './types.ts';

export * from './types.ts';

const MOST_SUPERVISED = 3;

/** A town of invented people, with their clinics, papers, calendars and patients. The same seed gives the same town. */
export function demoTown(seed = 1): DemoTown {
  const random = seededRandom(seed);
  const opened = openClinics(random.stream('clinics'));
  const clinics = [...opened.values()].flat().map(({ clinic }) => clinic);
  const locations = [...opened.values()].flat().flatMap((one) => one.locations);

  const people = gather(random.stream('people'), opened);
  const practitioners = equip(random, people);
  const supervisions = people.flatMap(({ slug, supervisor, seat, jurisdiction }): DemoSupervision[] =>
    supervisor
      ? [
          {
            supervisorSlug: supervisor.slug,
            superviseeSlug: slug,
            jurisdiction,
            seat,
            acceptedOn: -122 - seat,
          },
        ]
      : [],
  );
  const { patients, episodes } = liveThrough(
    random.stream('life'),
    practitioners,
    locations,
    supervisions,
    busynessOf,
  );
  return {
    seed,
    clinics,
    locations,
    practitioners,
    supervisions,
    accounts: castAccounts(clinicOf(prescriber, people)),
    patients: [demoPatient, ...patients],
    episodes,
  };
}

function clinicOf(member: CastMember, people: Colleague[]): string {
  const [location] = people.find(({ cast }) => cast === member)?.locations ?? [];
  if (!location) throw new Error(`${member.slug} works nowhere`);
  return location.clinicSlug;
}

/** Waits at the start of the road: no visit yet. */
const demoPatient: DemoPatient = {
  slug: 'hannah-whitlock',
  givenName: 'Hannah',
  familyName: 'Whitlock',
  email: `patient@${EMAIL_DOMAIN}`,
  phone: '07700 900123',
  ageInDays: 38 * 365 + 100,
  jurisdiction: 'england',
  demo: true,
};

function openClinics(random: Random): Map<DemoCity, ClinicOf[]> {
  const found = clinicFounder(random);
  return new Map(demoCities.map((city) => [city, found(city, Math.ceil(city.practitioners / 3))]));
}

/** Who works where, and with whom; papers and calendars follow. */
interface Colleague {
  slug: string;
  email: string;
  person: Person;
  cast: CastMember | undefined;
  jurisdiction: Jurisdiction;
  profession: Profession;
  locations: DemoLocation[];
  supervisor: Colleague | null;
  seat: number;
  supervised: number;
}

const professions: Record<Jurisdiction, readonly (readonly [profession: Profession, ofTwenty: number])[]> = {
  england: [
    ['doctor', 6],
    ['dentist', 3],
    ['nurse_prescriber', 4],
    ['pharmacist_prescriber', 2],
    ['registered_nurse', 2],
    ['esthetician', 3],
  ],
  texas: [
    ['doctor', 7],
    ['nurse_practitioner', 5],
    ['physician_assistant', 3],
    ['registered_nurse', 3],
    ['esthetician', 2],
  ],
};

function gather(random: Random, opened: Map<DemoCity, ClinicOf[]>): Colleague[] {
  const invent = inventor(random, { unusual: true });
  const slugOf = slugRegister();
  const professionOf = mapJurisdictions((jurisdiction) =>
    random.deck(
      professions[jurisdiction].flatMap(([profession, times]) =>
        Array.from({ length: times }, () => profession),
      ),
    ),
  );

  return demoCities.flatMap((city) => {
    const { jurisdiction } = city;
    const nextClinic = random.deck(opened.get(city) ?? []);
    const cast = castPractitioners.filter((member) => member.city === city.name);
    // A doctor comes first, so that every city has somebody to supervise.
    const roles = [
      ...cast.map((member) => ({ profession: member.profession, cast: member })),
      { profession: 'doctor' as const, cast: undefined },
      ...Array.from({ length: city.practitioners - cast.length - 1 }, () => ({
        profession: professionOf[jurisdiction](),
        cast: undefined,
      })),
    ];
    const colleagues = roles.map(({ profession, cast: member }): Colleague => {
      const person = member
        ? { ...member, registerName: member.displayName, nativeName: null }
        : invent(jurisdiction);
      const slug = slugOf(person.displayName, city.name);
      return {
        slug,
        email: member?.email ?? `${slug}@${EMAIL_DOMAIN}`,
        person,
        cast: member,
        jurisdiction,
        profession,
        locations: workplacesAt(random, nextClinic(), member),
        supervisor: null,
        seat: 0,
        supervised: 0,
      };
    });
    for (const colleague of colleagues.filter((one) => !mayConsult(one)))
      findSupervisor(random, colleague, colleagues);
    return colleagues;
  });
}

/** Most people work at one address; where a clinic has two, about half work at both. */
function workplacesAt(random: Random, { locations }: ClinicOf, cast: CastMember | undefined): DemoLocation[] {
  const inOrder = random.shuffled(locations);
  return !cast && random.chance(0.5) ? inOrder : inOrder.slice(0, 1);
}

/** Doctors first; the two then share an address. */
function findSupervisor(random: Random, colleague: Colleague, colleagues: Colleague[]): void {
  const prescribers = random
    .shuffled(colleagues)
    .filter((other) => mayConsult(other) && other.supervised < MOST_SUPERVISED && !other.cast);
  const supervisor =
    colleague.cast === esthetician
      ? colleagues.find((other) => other.cast === prescriber)
      : (prescribers.find(({ profession }) => profession === 'doctor') ?? prescribers[0]);
  if (!supervisor) throw new Error(`nobody to supervise ${colleague.slug}`);
  supervisor.supervised++;
  colleague.supervisor = supervisor;
  colleague.seat = supervisor.supervised;
  colleague.locations = supervisor.locations;
}

/** Those whom nobody may find, of each kind. */
const unlisted: [state: ListingState, people: number][] = [
  ['lapsed', 7],
  ['suspended', 6],
  ['draft', 5],
  ['submitted', 6],
  ['checks_complete', 6],
];

function listingStates(random: Random, people: Colleague[]): Map<Colleague, ListingState> {
  const candidates = random.shuffled(people.filter(({ cast, supervised }) => !cast && supervised === 0));
  return new Map(
    unlisted.flatMap(([state, count]) =>
      candidates.splice(0, count).map((colleague) => [colleague, state] as const),
    ),
  );
}

const commonRegions: Region[] = ['forehead_lines', 'frown_lines', 'crows_feet'];
const rarerRegions: Region[] = ['bunny_lines', 'jaw', 'chin', 'neck_bands'];

function equip(random: Random, people: Colleague[]): DemoPractitioner[] {
  const states = listingStates(random.stream('listing'), people);
  const prepare = registrar(random.stream('credentials'));
  const write = biographer(random.stream('biographies'));
  const arrange = scheduler(random.stream('weeks'));
  const headlines = random.stream('headlines');
  const prescriberHeadline = headlines.deck(prescriberHeadlines);
  const supervisedHeadline = headlines.deck(supervisedHeadlines);
  const details = random.stream('details');
  const habits = random.stream('habits');

  return people.map((colleague): DemoPractitioner => {
    const { slug, email, person, cast, jurisdiction, profession, locations, supervisor } = colleague;
    const listingState = states.get(colleague) ?? 'listed';
    const drawnTerms = termsOf(details, jurisdiction, profession);
    const terms = { ...drawnTerms, ...(cast && { consultationMinutes: cast.consultationMinutes }) };
    const yearsOfExperience = cast?.yearsOfExperience ?? details.int(4, 34);
    const { calledName, ...names } = person;
    const address = locations[0];
    if (!address) throw new Error(`${slug} works nowhere`);
    const workplaces = cast
      ? [{ locationSlug: address.slug, weeklyHours: cast.weeklyHours }]
      : arrange(locations);

    const isDoctor = profession === 'doctor' || (profession === 'dentist' && details.chance(0.6));
    const supervisorName = supervisor && formalName(supervisor);
    const headline = supervisor ? supervisedHeadline() : prescriberHeadline();
    const biography = write({
      jurisdiction,
      profession,
      calledName,
      gender: names.gender,
      yearsOfExperience,
      consultationMinutes: terms.consultationMinutes,
      city: address.locality,
      district: address.district,
      supervisorName,
    });

    return {
      slug,
      jurisdiction,
      profession,
      title: isDoctor ? 'Dr' : null,
      displayName: names.displayName,
      familyName: names.familyName,
      registerName: names.registerName,
      nativeName: names.nativeName,
      gender: names.gender,
      pronouns: names.pronouns,
      languages: names.languages,
      yearsOfExperience,
      headline: cast?.headline ?? (jurisdiction === 'texas' ? inAmericanSpelling(headline) : headline),
      biography: cast?.biography ?? biography,
      email,
      regions: [...commonRegions, ...rarerRegions.filter(() => details.chance(0.45))],
      terms,
      habits: cast ? PLAIN_HABITS : habitsOf(habits, workplaces),
      workplaces,
      closures: cast ? [] : closuresOf(details),
      openings: openingsOf(details, workplaces),
      cover: { name: coverName(details, colleague, people), phone: mobilePhone(details, jurisdiction) },
      recordsCustodian: details.pick([
        `${address.name}, practice manager`,
        formalName(supervisor ?? colleague),
      ]),
      ...prepare({ jurisdiction, profession, listingState, newPapers: cast !== undefined }),
      listingState,
      demo: true,
    };
  });
}

function formalName({ profession, person }: Colleague): string {
  return profession === 'doctor' ? `Dr ${person.familyName}` : person.displayName;
}

/** A prescriber nearby. */
function coverName(random: Random, { slug, locations }: Colleague, people: Colleague[]): string {
  const nearby = people.filter(
    (other) =>
      other.slug !== slug && mayConsult(other) && other.locations[0]?.locality === locations[0]?.locality,
  );
  return random.pick(nearby).person.displayName;
}

function busynessOf({ slug }: DemoPractitioner): Busyness {
  return castPractitioners.some((member) => member.slug === slug)
    ? { past: [10, 10], coming: [8, 8], comingWeeks: [0, 3] }
    : { past: [1, 3], coming: [0, 2], comingWeeks: [1, 4] };
}

function mapJurisdictions<Value>(value: (jurisdiction: Jurisdiction) => Value): Record<Jurisdiction, Value> {
  return { england: value('england'), texas: value('texas') };
}
