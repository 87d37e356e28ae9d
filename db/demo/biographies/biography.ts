import type { Random } from '../random.ts';
import type { Gender, Jurisdiction, Profession } from '../types.ts';
import { backgrounds, type Background } from './backgrounds.ts';
import * as fragments from './fragments.ts';
import { capitalised, fill, inAmericanSpelling, numberWord, type Words } from './wording.ts';

export interface Subject {
  jurisdiction: Jurisdiction;
  profession: Profession;
  calledName: string;
  gender: Gender | null;
  yearsOfExperience: number;
  consultationMinutes: number | null;
  city: string;
  district: string;
  supervisorName: string | null;
}

type Shape = (subject: Subject) => string[][];

/**
 * Writes biographies one after another. Each theme is a deck, dealt to its end before it is shuffled again, so two
 * people in one city seldom share a sentence; no text is ever written twice.
 */
export function biographer(random: Random): (subject: Subject) => string | null {
  const shapes = { england: shapesFor('england', random), texas: shapesFor('texas', random) };
  const written = new Set<string>();

  return function write(subject) {
    if (random.chance(0.04)) return null;
    for (;;) {
      const paragraphs = shapes[subject.jurisdiction]()(subject).map((sentences) => sentences.join(' '));
      const text = fill(paragraphs.join('\n\n'), wordsAbout(subject, random), random);
      const biography = subject.jurisdiction === 'texas' ? inAmericanSpelling(text) : text;
      if (written.has(biography)) continue;
      written.add(biography);
      return biography;
    }
  };
}

/** The ways in which people write about themselves: each a list of paragraphs, each paragraph a list of sentences. */
function shapesFor(jurisdiction: Jurisdiction, random: Random): () => Shape {
  const backgroundOf = Object.fromEntries(
    Object.entries(backgrounds).map(([profession, stories]) => [profession, random.deck(stories)]),
  ) as Record<Profession, () => Background>;
  const background = ({ profession }: Subject) => {
    const { story, lessons } = backgroundOf[profession]();
    return { story, lessons, lesson: random.pick(lessons) };
  };

  /** Those who work to a prescriber's plan speak about other things than those who make it. */
  const deckByRole = (ofPrescribers: string[], ofOthers: string[]) => {
    const prescribers = random.deck(ofPrescribers);
    const others = random.deck(ofOthers);
    return ({ supervisorName }: Subject) => (supervisorName ? others() : prescribers());
  };
  const meeting = deckByRole(fragments.meetings, fragments.appointments);
  const refusal = deckByRole(fragments.refusals, fragments.pauses);
  const portrait = deckByRole(
    [...fragments.portraits, ...fragments.prescriberPortraits],
    fragments.portraits,
  );
  const conviction = random.deck(fragments.convictions);
  const craft = random.deck(fragments.crafts);
  const life = random.deck([...fragments.personal, ...fragments.personalByJurisdiction[jurisdiction]]);
  const practicality = random.deck(fragments.practicalities);
  const oneLiner = random.deck(fragments.oneLiners);
  const introduction = random.deck(fragments.introductions);
  const aside = random.deck(fragments.asides);

  const inOwnWords: Shape[] = [
    (who) => {
      const { story, lesson } = background(who);
      return [[story, lesson], [meeting(who), refusal(who)], [life()]];
    },
    (who) => [[conviction()], [background(who).story, meeting(who)], [practicality(), life()]],
    (who) => [[background(who).story, life()]],
    (who) => {
      const { story, lessons } = background(who);
      return [[story], lessons, [conviction(), meeting(who)], [practicality()]];
    },
    (who) => {
      const { story, lesson } = background(who);
      return [[meeting(who)], [story, lesson, refusal(who)], [life()]];
    },
    (who) => [
      [background(who).story, craft()],
      [refusal(who), conviction()],
    ],
    (who) => {
      const { story, lesson } = background(who);
      return [[craft()], [story, lesson], [meeting(who), practicality()]];
    },
    (who) => {
      const { story, lesson } = background(who);
      return [[life()], [story, lesson, conviction()], [meeting(who)], [refusal(who)]];
    },
    (who) => [[refusal(who), conviction(), meeting(who)], [background(who).story]],
    (who) => {
      const { story, lesson } = background(who);
      return [[story, lesson], [practicality()]];
    },
  ];
  const atLength: Shape[] = [
    (who) => {
      const { story, lessons } = background(who);
      return [
        [story, ...lessons],
        [meeting(who), refusal(who), meeting(who)],
        [conviction(), craft()],
        [life(), practicality()],
      ];
    },
    (who) => {
      const { story, lesson } = background(who);
      return [
        [conviction(), meeting(who)],
        [story, lesson, craft()],
        [refusal(who), practicality(), life()],
      ];
    },
    (who) => {
      const { story, lesson } = background(who);
      return [
        [life(), story],
        [lesson, meeting(who), conviction()],
        [refusal(who), refusal(who)],
        [practicality()],
      ];
    },
  ];
  const brief: Shape[] = [() => [[oneLiner()]], () => [[oneLiner(), life()]]];
  const inTheClinicsWords: Shape[] = [
    (who) => [[introduction(), portrait(who)], [aside()]],
    (who) => [[introduction()], [portrait(who), portrait(who)]],
    (who) => [[introduction(), portrait(who), aside()]],
  ];
  return random.deck([
    ...inOwnWords,
    ...inOwnWords,
    ...atLength,
    ...atLength,
    ...brief,
    ...inTheClinicsWords,
  ]);
}

const elsewhere: Record<Jurisdiction, string[]> = {
  england: [
    'Galway',
    'Crete',
    'Kerala',
    'the Black Country',
    'Gdańsk',
    'Trinidad',
    'Anglesey',
    'Enugu',
    'Fife',
    'Puglia',
  ],
  texas: [
    'Chihuahua',
    'Louisiana',
    'the Rio Grande Valley',
    'Oklahoma',
    'Monterrey',
    'Huế',
    'the Hill Country',
    'Ohio',
  ],
};

const professionWords: Record<Profession, string> = {
  doctor: 'doctor',
  dentist: 'dentist',
  nurse_prescriber: 'nurse prescriber',
  pharmacist_prescriber: 'pharmacist prescriber',
  nurse_practitioner: 'nurse practitioner',
  physician_assistant: 'physician assistant',
  registered_nurse: 'registered nurse',
  esthetician: 'skin specialist',
};

function wordsAbout(subject: Subject, random: Random): Words {
  const { calledName, yearsOfExperience: years, jurisdiction } = subject;
  const [they, them, their] =
    subject.gender === 'woman'
      ? ['she', 'her', 'her']
      : subject.gender === 'man'
        ? ['he', 'him', 'his']
        : ['they', 'them', 'their'];
  const profession = professionWords[subject.profession];

  const slots = {
    they,
    They: capitalised(they),
    them,
    their,
    Their: capitalised(their),
    called: calledName,
    Called: calledName,
    city: subject.city,
    district: subject.district === 'City centre' ? 'the city centre' : subject.district,
    elsewhere: random.pick(elsewhere[jurisdiction]),
    years: numberWord(years),
    Years: capitalised(numberWord(years)),
    halfYears: numberWord(Math.max(2, Math.floor(years / 2))),
    earlyYears: numberWord(Math.max(2, Math.min(years - 1, random.int(4, 12)))),
    longAgo: numberWord(Math.max(2, Math.min(years, random.int(5, 20)))),
    minutes: numberWord(subject.consultationMinutes ?? 45),
    perDay: numberWord(random.int(5, 9)),
    gp: jurisdiction === 'texas' ? 'family doctor' : 'GP',
    profession,
    Profession: capitalised(profession),
    supervisor: subject.supervisorName ?? 'the prescriber',
  };
  return { slots, pluralPronoun: they === 'they' };
}
