import { biographer } from './biographies/biography.ts';
import { inAmericanSpelling } from './biographies/wording.ts';
import { esthetician, prescriber, type CastMember } from './cast.ts';
import { mobilePhone, type ClinicOf } from './clinics.ts';
import type { registrar } from './credentials.ts';
import { mayConsult } from './episodes.ts';
import { prescriberHeadlines, supervisedHeadlines } from './headlines.ts';
import type { Person } from './names.ts';
import type { Random } from './random.ts';
import { closuresOf, habitsOf, openingsOf, PLAIN_HABITS, scheduler, termsOf } from './schedules.ts';
import type {
  DemoLocation,
  DemoPractitioner,
  DemoSupervision,
  Jurisdiction,
  ListingState,
  Profession,
  Region,
} from './types.ts';

/** As many as one prescriber may supervise here. */
export const MOST_SUPERVISED = 3;

/** Who works where, and with whom; papers and calendars follow. */
export interface Colleague {
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

/** Deals professions to the people of each jurisdiction, as often as they occur there; `fits` leaves some out. */
export function professionDecks(
  random: Random,
  fits: (profession: Profession) => boolean = () => true,
): Record<Jurisdiction, () => Profession> {
  return mapJurisdictions((jurisdiction) =>
    random.deck(
      professions[jurisdiction].flatMap(([profession, times]) =>
        Array.from({ length: fits(profession) ? times : 0 }, () => profession),
      ),
    ),
  );
}

/** Most people work at one address; where a clinic has two, about half work at both. */
export function workplacesAt(random: Random, { locations }: ClinicOf, cast?: CastMember): DemoLocation[] {
  const inOrder = random.shuffled(locations);
  return !cast && random.chance(0.5) ? inOrder : inOrder.slice(0, 1);
}

/** Doctors first; the two then share an address. */
export function findSupervisor(random: Random, colleague: Colleague, colleagues: Colleague[]): void {
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

/** The links between these people and their supervisors. */
export function supervisionsOf(people: readonly Colleague[]): DemoSupervision[] {
  return people.flatMap(({ slug, supervisor, seat, jurisdiction }): DemoSupervision[] =>
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
}

const commonRegions: Region[] = ['forehead_lines', 'frown_lines', 'crows_feet'];
const rarerRegions: Region[] = ['bunny_lines', 'jaw', 'chin', 'neck_bands'];

/** Gives everybody papers, words, a week and terms. Who is in none of the `states` is listed. */
export function equip(
  random: Random,
  people: Colleague[],
  prepare: ReturnType<typeof registrar>,
  states: ReadonlyMap<Colleague, ListingState> = new Map(),
): DemoPractitioner[] {
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
      district: address.district || address.locality,
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
function coverName(
  random: Random,
  { slug, locations, jurisdiction }: Colleague,
  people: Colleague[],
): string {
  const nearby = people.filter(
    (other) =>
      other.slug !== slug && mayConsult(other) && other.locations[0]?.locality === locations[0]?.locality,
  );
  // In a small town there may be nobody else.
  const elsewhere = () =>
    people.filter((other) => other.slug !== slug && mayConsult(other) && other.jurisdiction === jurisdiction);
  return random.pick(nearby.length > 0 ? nearby : elsewhere()).person.displayName;
}

function mapJurisdictions<Value>(value: (jurisdiction: Jurisdiction) => Value): Record<Jurisdiction, Value> {
  return { england: value('england'), texas: value('texas') };
}
