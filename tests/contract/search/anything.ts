import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_PARTS, FACETS, ORDERS } from '#lib/server/platform/search/port.ts';
import { ask, put } from './ask.ts';
import { batches, countAll, documentOf, scan, type Document, type Question, type Started } from './world.ts';

/** SEED=… tries others. */
const SEED = Number(process.env.SEED ?? 20_261_129);
const WORLDS = 12;
const QUESTIONS_PER_WORLD = 15;
const MOST_PEOPLE = 60;

// Few values, so that many are equal; words so unlike each other that none is a slip of another.
const FIRST_NAMES = ['Amara', 'Bettina', 'Crispin', 'Dorothea'];
const LAST_NAMES = ['Okonkwo', 'Lindqvist', 'Fairweather', 'Harper'];
const OTHER_WORDS = ['', 'Harper House', 'Queensway Clinic', 'Okonkwo Rooms'];
const ZONES = ['Europe/London', 'America/Chicago'];
const CONCERNS = ['jaw', 'chin', 'neck_bands'];
const PROFESSIONS = ['doctor', 'dentist', 'nurse_prescriber'];
const CREDENTIALS = ['training', 'life_support'];
const LANGUAGES = ['en', 'pl', 'cy'];
const GENDERS = ['woman', 'man', 'non_binary'];
const ACCESS = ['step_free', 'parking'];
/** On no circle of `RADII_KM` around another, whatever an engine takes for the radius of the Earth. */
const TOWNS = [
  { latitude: 53.8, longitude: -1.55 },
  { latitude: 53.81, longitude: -1.52 },
  { latitude: 53.48, longitude: -2.24 },
  { latitude: 51.507, longitude: -0.128 },
  { latitude: 60.15, longitude: -1.15 },
  { latitude: 29.76, longitude: -95.37 },
];
const RADII_KM = [1, 10, 100, 400, 20_100];
/** Sunday in Chicago is Monday in London at the fourth of these: another day, and another week. */
const INSTANTS = ['01T09:00Z', '01T09:01Z', '06T15:00Z', '07T02:00Z', '13T23:30Z', '31T10:00Z'];
const DATES = ['2026-11-30', '2026-12-01', '2026-12-06', '2026-12-07', '2026-12-31'];
const FEES = [0, 2_500, 2_501, 9_900];

const one = <Value>(values: readonly Value[]) => fc.constantFrom(...values);
const some = (values: readonly string[]) => fc.subarray([...values]);

const place = fc.record({
  town: one(TOWNS),
  timeZone: one(ZONES),
  words: one(OTHER_WORDS),
  consultant: one([null, ...PROFESSIONS]),
  access: some(ACCESS),
  feeMinor: one(FEES),
  earliestSlotAt: one([null, ...INSTANTS]),
  free: fc.uniqueArray(fc.record({ date: one(DATES), part: one(DAY_PARTS) }), {
    maxLength: 4,
    selector: ({ date, part }) => `${date} ${part}`,
  }),
});

const person = fc.record({
  name: fc.tuple(one(FIRST_NAMES), one(LAST_NAMES)).map((names) => names.join(' ')),
  concerns: some(CONCERNS),
  profession: one(PROFESSIONS),
  credentials: some(CREDENTIALS),
  checksComplete: fc.boolean(),
  languages: some(LANGUAGES),
  gender: one([null, ...GENDERS]),
  places: fc.array(place, { minLength: 1, maxLength: 3 }),
});

const typed = fc.oneof(
  one([...FIRST_NAMES, ...LAST_NAMES, 'Queensway']),
  fc
    .tuple(one([...FIRST_NAMES, ...LAST_NAMES, 'Clinic']), fc.integer({ min: 3, max: 5 }))
    .map(([word, letters]) => word.slice(0, letters).toUpperCase()),
  fc.tuple(one(FIRST_NAMES), one(LAST_NAMES)).map((names) => names.join(' ')),
  fc.tuple(one(LAST_NAMES), one(FIRST_NAMES)).map((names) => names.join(' ')),
);

/** Mostly left out: of many choices together nobody would be left. */
const choice = <Value>(value: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
const span = fc
  .record({ timeZone: one(ZONES), from: one(DATES), to: one(DATES) })
  .filter(({ from, to }) => from <= to);

const question: fc.Arbitrary<Question> = fc
  .record({
    words: choice(typed),
    near: choice(
      fc
        .record({ town: one(TOWNS), withinKm: one(RADII_KM) })
        .map(({ town, withinKm }) => ({ ...town, withinKm })),
    ),
    concerns: choice(some(CONCERNS)),
    professions: choice(some(PROFESSIONS)),
    consultants: choice(some(PROFESSIONS)),
    credentials: choice(some(CREDENTIALS)),
    languages: choice(some(LANGUAGES)),
    genders: choice(some(GENDERS)),
    access: choice(some(ACCESS)),
    feeMinMinor: choice(one(FEES)),
    feeMaxMinor: choice(one(FEES)),
    free: choice(fc.array(span, { minLength: 1, maxLength: 3 })),
    parts: choice(some(DAY_PARTS)) as fc.Arbitrary<Question['parts']>,
    order: one(ORDERS),
    offset: choice(fc.nat(20)).map((offset = 0) => offset),
    limit: fc.integer({ min: 1, max: 30 }),
  })
  .filter(({ order, near }) => order !== 'nearest' || near !== undefined);

const people = fc.array(person, { maxLength: MOST_PEOPLE, size: 'max' });
const world = fc.record({
  before: people,
  people,
  questions: fc.array(question, { minLength: QUESTIONS_PER_WORLD, maxLength: QUESTIONS_PER_WORLD }),
});

type Person = typeof person extends fc.Arbitrary<infer Value> ? Value : never;

function documentsOf(started: Started, people: readonly Person[]): Document[] {
  return people.flatMap(({ places, ...facts }, who) =>
    places.map(({ town, earliestSlotAt, ...place }, at) =>
      documentOf(
        started,
        who,
        {
          ...facts,
          ...place,
          ...town,
          earliestSlotAt: earliestSlotAt === null ? null : Temporal.Instant.from(`2026-12-${earliestSlotAt}`),
          shown: { label: `${who}/${at}` },
        },
        who + at,
      ),
    ),
  );
}

/** Whatever is asked of whomever, the answer is that of a scan of all documents. */
export function anything(current: () => Started): void {
  describe('anything', () => {
    it(`is answered as by a scan of all documents (SEED=${SEED})`, async () => {
      const started = current();
      await fc.assert(
        fc.asyncProperty(world, async ({ before, people, questions }) => {
          const documents = documentsOf(started, people);
          await started.index.replaceAll(batches(documentsOf(started, before)));
          await put(started, started.practitionerIds.slice(0, MOST_PEOPLE), documents);
          for (const question of questions) {
            const { offset = 0, limit = 0 } = question;
            const expected = scan(documents, question);
            const { hits, total, counts } = await ask(started, question);
            expect({ question, total, found: hits.map(({ shown }) => shown.label) }).toEqual({
              question,
              total: expected.length,
              found: expected.slice(offset, offset + limit),
            });
            const truth = countAll(documents, question);
            for (const facet of FACETS) {
              if (started.counted === 'one place' && (facet === 'access' || facet === 'consultant')) continue;
              expect({ question, facet, counts: counts[facet] }).toEqual({
                question,
                facet,
                counts: truth[facet],
              });
            }
          }
        }),
        { seed: SEED, numRuns: WORLDS, endOnFailure: true },
      );
    });
  });
}
