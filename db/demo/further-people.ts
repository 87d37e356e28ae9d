import { EMAIL_DOMAIN } from './cast.ts';
import { demoCities, type City, type District } from './cities.ts';
import { clinicFounder, namedAfterPlaces, type ClinicOf } from './clinics.ts';
import {
  equip,
  findSupervisor,
  MOST_SUPERVISED,
  professionDecks,
  supervisionsOf,
  workplacesAt,
  type Colleague,
} from './colleagues.ts';
import { registrar } from './credentials.ts';
import { mayConsult } from './episodes.ts';
import { gazetteer, type Place } from './gazetteer.ts';
import { inventor } from './names.ts';
import { seededRandom, type Random } from './random.ts';
import { slugRegister } from './slug.ts';
import type { DemoTown } from './types.ts';

/** So many people are invented, and written, together. */
export const PEOPLE_AT_ONCE = 1_000;

/** Clinics with everybody who works there. */
export type TownPart = Pick<DemoTown, 'clinics' | 'locations' | 'practitioners' | 'supervisions'>;

/**
 * More people for a town, `PEOPLE_AT_ONCE` at a time and without end: all listed, over the places of the gazetteer in
 * proportion to those who live there. The same town is always followed by the same people, however many are taken. Only
 * slugs and register numbers are remembered from one part to the next.
 */
export function* furtherPeople(town: DemoTown): Generator<TownPart> {
  const random = seededRandom(town.seed);
  const drawPlace = populationDraw(gazetteer());
  const slugOf = slugRegister(town.practitioners.map(({ slug }) => slug));
  const clinicSlugOf = slugRegister(town.locations.map(({ slug }) => slug));
  const prepare = registrar(random.stream('further credentials'), town.practitioners);

  for (let part = 0; ; part++) {
    const own = random.stream(`part ${part}`);
    const found = clinicFounder(own.stream('clinics'), {
      nameOf: namedAfterPlaces(own.stream('clinic names')),
      slugOf: (name, { name: city }) => clinicSlugOf(name, city),
    });
    const places = own.stream('places');
    const employ = employer(own.stream('people'), slugOf);
    const clinics: ClinicOf[] = [];
    const people: Colleague[] = [];
    while (people.length < PEOPLE_AT_ONCE) {
      const place = drawPlace(places);
      for (const clinic of found(place.city(places), place.clinics)) {
        clinics.push(clinic);
        people.push(...employ(clinic));
      }
    }
    const whole = {
      clinics: clinics.map(({ clinic }) => clinic),
      locations: clinics.flatMap(({ locations }) => locations),
      practitioners: equip(own, people, prepare),
      supervisions: supervisionsOf(people),
    };
    yield firstOf(whole, PEOPLE_AT_ONCE);
  }
}

/** The first so many people of a part, with the clinics they work at. Who supervises comes before who is supervised. */
export function firstOf(part: TownPart, count: number): TownPart {
  const practitioners = part.practitioners.slice(0, count);
  const who = new Set(practitioners.map(({ slug }) => slug));
  const where = new Set(
    practitioners.flatMap((one) => one.workplaces.map(({ locationSlug }) => locationSlug)),
  );
  const open = new Set(part.locations.filter(({ slug }) => where.has(slug)).map((one) => one.clinicSlug));
  return {
    clinics: part.clinics.filter(({ slug }) => open.has(slug)),
    locations: part.locations.filter(({ clinicSlug }) => open.has(clinicSlug)),
    practitioners,
    supervisions: part.supervisions.filter(({ superviseeSlug }) => who.has(superviseeSlug)),
  };
}

// Who

const sizes = [
  [1, 4],
  [2, 4],
  [3, 3],
  [4, 2],
  [6, 1],
] as const;

/** Fills one clinic after another; whoever may not hold a consultation is supervised by a colleague. */
function employer(
  random: Random,
  slugOf: ReturnType<typeof slugRegister>,
): (clinic: ClinicOf) => Colleague[] {
  const invent = inventor(random, { unusual: false });
  const professionOf = professionDecks(random);
  const consultantOf = professionDecks(random, (profession) => mayConsult({ profession }));

  return function employ(clinic) {
    const { jurisdiction } = clinic.clinic;
    const professions = [consultantOf[jurisdiction]()];
    for (let more = random.weighted(sizes) - 1; more > 0; more--) {
      const drawn = professionOf[jurisdiction]();
      const consulting = professions.filter((profession) => mayConsult({ profession })).length;
      const seats = consulting * MOST_SUPERVISED - (professions.length - consulting);
      professions.push(mayConsult({ profession: drawn }) || seats > 0 ? drawn : consultantOf[jurisdiction]());
    }
    const consultantsFirst = professions.toSorted(
      (a, b) => Number(mayConsult({ profession: b })) - Number(mayConsult({ profession: a })),
    );
    const colleagues = consultantsFirst.map((profession): Colleague => {
      const person = invent(jurisdiction);
      const slug = slugOf(person.displayName, clinic.locations[0]!.locality);
      return {
        slug,
        email: `${slug}@${EMAIL_DOMAIN}`,
        person,
        cast: undefined,
        jurisdiction,
        profession,
        locations: workplacesAt(random, clinic),
        supervisor: null,
        seat: 0,
        supervised: 0,
      };
    });
    for (const colleague of colleagues.filter((one) => !mayConsult(one)))
      findSupervisor(random, colleague, colleagues);
    return colleagues;
  };
}

// Where

interface DrawnPlace {
  /** Of one clinic at two addresses one is in another district: large places open two clinics at a time. */
  clinics: 1 | 2;
  city(random: Random): City;
}

const LARGE_POPULATION = 100_000;
const DISTRICT_DISTANCE_DEGREES = 0.3;

/** Draws places as often as people live there. */
function populationDraw(places: readonly Place[]): (random: Random) => DrawnPlace {
  const towns = places.filter(({ population }) => population > 0);
  const districts = places.filter(({ population }) => population === 0);
  const drawn = towns.map((town): DrawnPlace => {
    const known = demoCities.find(
      ({ name, jurisdiction }) =>
        name === town.name && jurisdiction === jurisdictionOf(town) && town.population >= LARGE_POPULATION,
    );
    const around = town.population < LARGE_POPULATION ? [] : districts.filter((one) => isNear(one, town));
    return {
      clinics: town.population < LARGE_POPULATION ? 1 : 2,
      city: (random) => ({
        name: town.name,
        jurisdiction: jurisdictionOf(town),
        timeZone: town.timeZone,
        ...(known?.areaCode !== undefined && { areaCode: known.areaCode }),
        districts: [
          ...(known?.districts ?? [somewhereIn(town, random)]),
          ...around.map((one) => districtOf(one, random)),
        ],
      }),
    };
  });
  const upTo: number[] = [];
  for (const [index, { population }] of towns.entries())
    upTo.push((upTo.at(-1) ?? 0) + population / drawn[index]!.clinics);
  return (random) => {
    const wanted = random.next() * upTo.at(-1)!;
    let [low, high] = [0, upTo.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (upTo[middle]! > wanted) high = middle;
      else low = middle + 1;
    }
    return drawn[low]!;
  };
}

function jurisdictionOf({ countryCode }: Place): City['jurisdiction'] {
  return countryCode === 'GB' ? 'england' : 'texas';
}

/** In the same country, and not further away than a district of a city lies. */
function isNear(district: Place, town: Place): boolean {
  const shrink = Math.cos((town.latitude * Math.PI) / 180);
  return (
    district.countryCode === town.countryCode &&
    Math.hypot(district.latitude - town.latitude, (district.longitude - town.longitude) * shrink) <
      DISTRICT_DISTANCE_DEGREES
  );
}

function districtOf(place: Place, random: Random): District {
  const { name, latitude, longitude } = place;
  return { name, postcode: unusedPostcode(jurisdictionOf(place), random), latitude, longitude };
}

/** The larger the town, the further out. */
function somewhereIn(town: Place, random: Random): District {
  const reach = 0.05 * Math.min(1, Math.sqrt(town.population / LARGE_POPULATION));
  return {
    ...districtOf(town, random),
    name: '',
    latitude: town.latitude + (random.next() - 0.5) * reach,
    longitude: town.longitude + (random.next() - 0.5) * reach,
  };
}

/** No British postcode begins with a Q, and no ZIP code with three zeros. */
function unusedPostcode(jurisdiction: City['jurisdiction'], random: Random): string {
  return jurisdiction === 'england'
    ? `Q${random.pick([...'ABDEFGHJ'])}${random.int(1, 20)}`
    : `000${String(random.int(1, 99)).padStart(2, '0')}`;
}
