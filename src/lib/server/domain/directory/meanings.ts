import type { DayPart } from '#lib/server/platform/search/port.ts';
import type { Profession } from '../policy/codes.ts';
import { CONCERN_WORDS } from './concerns.ts';
import type { SearchInput } from './input.ts';

/** What a phrase asks for, as the choices of the form would. */
export type Meaning = Partial<
  Pick<SearchInput, 'concern' | 'profession' | 'language' | 'gender' | 'access' | 'day' | 'part' | 'checked'>
> & { when?: SearchInput['when']; sort?: SearchInput['sort']; fee?: number };

/** Ways to name a profession in which nobody is called by it. */
export const PROFESSION_PHRASES: Readonly<Record<string, readonly Profession[]>> = {
  'doctor|doctors|physician|physicians|gp|md|medical doctor': ['doctor'],
  'dentist|dentists|dental surgeon': ['dentist'],
  'nurse prescriber|nurse independent prescriber|prescribing nurse': ['nurse_prescriber'],
  'nurse practitioner|nurse practitioners|np|aprn': ['nurse_practitioner'],
  'registered nurse|rn': ['registered_nurse'],
  'nurse|nurses': ['nurse_prescriber', 'nurse_practitioner', 'registered_nurse'],
  'pharmacist prescriber|pharmacist independent prescriber|pharmacist|pharmacists|chemist': [
    'pharmacist_prescriber',
  ],
  'physician assistant|physician associate|pa': ['physician_assistant'],
  'esthetician|estheticians|aesthetician|aestheticians|beautician|beauticians|beauty therapist|beauty salon':
    ['esthetician'],
};

/** Languages that are no everyday English words, with the country's people for some. */
export const LANGUAGES: Readonly<Record<string, string | readonly string[]>> = {
  polish: 'pl',
  welsh: 'cy',
  irish: 'ga',
  spanish: 'es',
  espanol: 'es',
  español: 'es',
  french: 'fr',
  german: 'de',
  italian: 'it',
  portuguese: 'pt',
  romanian: 'ro',
  bulgarian: 'bg',
  hungarian: 'hu',
  czech: 'cs',
  slovak: 'sk',
  lithuanian: 'lt',
  latvian: 'lv',
  greek: 'el',
  turkish: 'tr',
  russian: 'ru',
  ukrainian: 'uk',
  dutch: 'nl',
  swedish: 'sv',
  danish: 'da',
  norwegian: 'no',
  finnish: 'fi',
  arabic: 'ar',
  hebrew: 'he',
  persian: 'fa',
  farsi: 'fa',
  urdu: 'ur',
  hindi: 'hi',
  punjabi: 'pa',
  panjabi: 'pa',
  gujarati: 'gu',
  bengali: 'bn',
  bangla: 'bn',
  tamil: 'ta',
  telugu: 'te',
  malayalam: 'ml',
  nepali: 'ne',
  vietnamese: 'vi',
  thai: 'th',
  tagalog: ['fil', 'tl'],
  filipino: ['fil', 'tl'],
  chinese: ['yue', 'zh'],
  mandarin: ['cmn', 'zh'],
  cantonese: ['yue', 'zh'],
  japanese: 'ja',
  korean: 'ko',
  yoruba: 'yo',
  igbo: 'ig',
  hausa: 'ha',
  twi: 'tw',
  akan: 'ak',
  somali: 'so',
  swahili: 'sw',
  amharic: 'am',
  shona: 'sn',
  zulu: 'zu',
  afrikaans: 'af',
  'sign language': 'bfi',
  bsl: 'bfi',
  'american sign language': 'ase',
  asl: 'ase',
};

const WEEKDAY_NAMES = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

const PARTS: Readonly<Record<string, readonly DayPart[]>> = {
  'in the morning|in the mornings|mornings|morning|before work': ['morning'],
  'in the afternoon|in the afternoons|afternoons|afternoon|after lunch|lunchtime|lunch time|lunch break|lunch hour':
    ['afternoon'],
  'in the evening|in the evenings|evenings|evening|after work|after 5|after 5pm|after five|after 6|after 6pm|after hours|tonight':
    ['evening'],
};

const OTHERS: readonly (readonly [phrases: string, meaning: Meaning])[] = [
  ['a woman|woman|women|female|lady|ladies', { gender: ['woman'] }],
  ['a man|man|men|male', { gender: ['man'] }],
  ['non-binary|nonbinary|non binary', { gender: ['non_binary'] }],
  [
    'wheelchair accessible|wheelchair access|wheelchair|step free|step-free|no stairs|no steps|without stairs|without steps|disabled access|mobility scooter|lift|ground floor|level access',
    { access: ['step_free'] },
  ],
  ['accessible toilet|disabled toilet', { access: ['accessible_toilet'] }],
  ['hearing loop|hearing aid|hard of hearing|induction loop', { access: ['hearing_loop'] }],
  ['quiet room|quiet|autistic|autism|sensory', { access: ['quiet_room'] }],
  ['free parking|car park|parking|somewhere to park|can park|place to park', { access: ['parking'] }],
  ['today|tonight|right now', { when: 'today' }],
  ['tomorrow', { when: 'tomorrow' }],
  ['this week|within a week|next few days|in the next few days', { when: 'week' }],
  ['next week|within two weeks|in two weeks|fortnight', { when: 'fortnight' }],
  ['this month|within a month', { when: 'month' }],
  ['as soon as possible|asap|soonest|soon|quickly|urgently|earliest|first available', { sort: 'soonest' }],
  ['cheapest|cheap|cheaper|affordable|inexpensive|low cost|not expensive|budget', { sort: 'fee' }],
  [
    'free consultation|free consult|free of charge|no consultation fee|no fee|without a fee|no charge|costs nothing',
    { fee: 0 },
  ],
  ['nearest|closest|close by|walking distance', { sort: 'nearest' }],
  ['weekend|weekends|at the weekend|on weekends', { day: ['6', '7'] }],
  ['this weekend', { day: ['6', '7'], when: 'week' }],
  ['weekday|weekdays', { day: ['1', '2', '3', '4', '5'] }],
  ['can prescribe|prescriber|prescribes', { checked: ['prescribing'] }],
  ['properly trained|trained|training', { checked: ['training'] }],
  ['life support|resuscitation', { checked: ['life_support'] }],
  ['inspected premises|registered premises', { checked: ['premises'] }],
];

interface Phrase {
  /** In small letters: where it does not occur the pattern need not be tried, which takes long to make ready. */
  text: string;
  pattern: RegExp;
  meaning: Meaning;
}

/** Every phrase that means a choice, the longest first, so that "nose lines" is not taken for a nose among lines. */
export const PHRASES: readonly Phrase[] = [
  ...Object.entries(CONCERN_WORDS).map(([concern, phrases]) => [phrases, { concern: [concern] }] as const),
  ...Object.entries(PROFESSION_PHRASES).map(
    ([phrases, profession]) => [phrases.split('|'), { profession: [...profession] }] as const,
  ),
  ...Object.entries(LANGUAGES).map(([name, code]) => {
    const ways = [
      `${name} speaking`,
      `${name}-speaking`,
      `${name} speaker`,
      `speaks ${name}`,
      `speak ${name}`,
      `in ${name}`,
      name,
    ];
    return [ways, { language: typeof code === 'string' ? [code] : [...code] }] as const;
  }),
  ...WEEKDAY_NAMES.map((name, at) => {
    const day = String(at + 1) as SearchInput['day'][number];
    return [[`on ${name}`, `on ${name}s`, `${name}s`, name], { day: [day] }] as const;
  }),
  ...Object.entries(PARTS).map(([phrases, part]) => [phrases.split('|'), { part: [...part] }] as const),
  ...OTHERS.map(([phrases, meaning]) => [phrases.split('|'), meaning] as const),
]
  .flatMap(([phrases, meaning]) => phrases.map((phrase) => ({ phrase, meaning: meaning as Meaning })))
  .toSorted((a, b) => b.phrase.length - a.phrase.length)
  .map(({ phrase, meaning }) => ({
    meaning,
    text: phrase.toLowerCase(),
    pattern: new RegExp(String.raw`(?<![\p{L}\p{N}])${phrase}(?![\p{L}\p{N}])`, 'giu'),
  }));
