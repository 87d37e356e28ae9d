import { castAccounts, castPractitioners, EMAIL_DOMAIN, prescriber, type CastMember } from './cast.ts';
import { demoCities, type DemoCity } from './cities.ts';
import { clinicFounder, type ClinicOf } from './clinics.ts';
import {
  equip,
  findSupervisor,
  professionDecks,
  supervisionsOf,
  workplacesAt,
  type Colleague,
} from './colleagues.ts';
import { registrar } from './credentials.ts';
import { liveThrough, mayConsult, type Busyness } from './episodes.ts';
import { inventor } from './names.ts';
import { seededRandom, type Random } from './random.ts';
import { reviewsOf } from './reviews.ts';
import { slugRegister } from './slug.ts';
import type { DemoPatient, DemoPractitioner, DemoTown, ListingState } from './types.ts';

export * from './types.ts';

/** A town of invented people, with their clinics, papers, calendars and patients. The same seed gives the same town. */
export function demoTown(seed = 1): DemoTown {
  const random = seededRandom(seed);
  const opened = openClinics(random.stream('clinics'));
  const clinics = [...opened.values()].flat().map(({ clinic }) => clinic);
  const locations = [...opened.values()].flat().flatMap((one) => one.locations);

  const people = gather(random.stream('people'), opened);
  const practitioners = equip(
    random,
    people,
    registrar(random.stream('credentials')),
    listingStates(random.stream('listing'), people),
  );
  const supervisions = supervisionsOf(people);
  const { patients, episodes } = liveThrough(
    random.stream('life'),
    practitioners,
    locations,
    supervisions,
    busynessOf,
    { patient: patientForTopUp, practitionerSlug: prescriber.slug },
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
    reviews: reviewsOf(random.stream('reviews'), episodes, isNamed),
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

/** Was treated and looked at again; what is left is a small correction, which the desk can book. */
const patientForTopUp: DemoPatient = {
  slug: 'delphine-marchetti',
  givenName: 'Delphine',
  familyName: 'Marchetti',
  email: 'delphine-marchetti@patients.demo.steadyhand.example',
  phone: '07700 900147',
  ageInDays: 44 * 365 + 211,
  jurisdiction: 'england',
  demo: true,
};

function openClinics(random: Random): Map<DemoCity, ClinicOf[]> {
  const found = clinicFounder(random);
  return new Map(demoCities.map((city) => [city, found(city, Math.ceil(city.practitioners / 3))]));
}

function gather(random: Random, opened: Map<DemoCity, ClinicOf[]>): Colleague[] {
  const invent = inventor(random, { unusual: true });
  const slugOf = slugRegister();
  const professionOf = professionDecks(random);

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

function busynessOf({ slug }: DemoPractitioner): Busyness {
  return isNamed(slug)
    ? { past: [10, 10], coming: [8, 8], comingWeeks: [0, 3] }
    : { past: [1, 3], coming: [0, 2], comingWeeks: [1, 4] };
}

/** Whether it is one of those whom you can sign in as by name. */
function isNamed(practitionerSlug: string): boolean {
  return castPractitioners.some(({ slug }) => slug === practitionerSlug);
}
