import { createHash } from 'node:crypto';
import {
  afternoons,
  atClinic,
  atMost,
  atOnce,
  cheap,
  evenings,
  free,
  freeInDays,
  freeNextWeek,
  fridays,
  has,
  is,
  lunchtimes,
  man,
  mondays,
  mornings,
  named,
  near,
  nonBinary,
  saturdays,
  sees,
  soon,
  speaks,
  sundays,
  tuesdays,
  weekdays,
  weekends,
  woman,
  type Wish,
} from './wishes.ts';

/*
 * What patients type, in their own words and spelling, and what each of them would agree was asked for. Judged by facts
 * of the database alone and written before any ranking was tuned to them: a judgement never follows an engine.
 */

/** The fields of the search form, as a browser sends them. */
export type Typed = Readonly<Record<string, string>>;

export interface JudgedQuery {
  typed: Typed;
  wishes: readonly Wish[];
}

/** A wish for a time says itself when; who asks for a person or a clinic by name does not mind waiting. */
const timed = (typed: string | Typed, ...wishes: Wish[]): JudgedQuery => ({
  typed: typeof typed === 'string' ? { q: typed } : typed,
  wishes,
});
/** Everybody else wants it soon. */
const ask = (typed: string | Typed, ...wishes: Wish[]): JudgedQuery => timed(typed, ...wishes, soon);
const who = (typed: string | Typed, name: string, ...wishes: Wish[]): JudgedQuery =>
  timed(typed, named(name), ...wishes);

const doctor = is('doctor');
const dentist = is('dentist');
const nurse = is('registered_nurse', 'nurse_prescriber', 'nurse_practitioner');
const pharmacist = is('pharmacist_prescriber');
const esthetician = is('esthetician');
const forehead = sees('forehead_lines');
const frown = sees('frown_lines');
const eyes = sees('crows_feet');
const nose = sees('bunny_lines');
const jaw = sees('jaw');
const chin = sees('chin');
const neck = sees('neck_bands');

const concerns: JudgedQuery[] = [
  ask('11 lines', frown),
  ask({ q: 'elevens between my eyebrows', place: 'Leeds' }, frown, near('Leeds')),
  ask({ q: 'number 11 between my brows', place: 'bristol' }, frown, near('Bristol')),
  ask('frown lines manchester', frown, near('Manchester')),
  ask({ q: 'i look angry even when im not', place: 'London' }, frown, near('London')),
  ask({ q: 'people keep asking if i’m cross', place: 'Sheffield' }, frown, near('Sheffield')),
  ask({ q: 'resting angry face', place: 'Dallas' }, frown, near('Dallas')),
  ask('lines between my eyebrows', frown),
  ask({ q: 'furrow between eyebrows', place: 'Nottingham' }, frown, near('Nottingham')),
  ask('glabellar lines houston', frown, near('Houston')),
  ask({ q: 'scowl lines', place: 'Austin' }, frown, near('Austin')),
  ask('forehead wrinkles birmingham', forehead, near('Birmingham')),
  ask('lines across my forehead when i raise my eyebrows', forehead),
  ask({ q: 'deep forehead lines', place: 'san antonio' }, forehead, near('San Antonio')),
  ask({ q: 'horizontal lines on forehead', place: 'York' }, forehead, near('York')),
  ask('my forehead creases when i am surprised oxford', forehead, near('Oxford')),
  ask({ q: 'lines beside my eyes when i laugh', place: 'Brighton' }, eyes, near('Brighton')),
  ask('crows feet liverpool', eyes, near('Liverpool')),
  ask({ q: "crow's feet", place: 'Plano' }, eyes, near('Plano')),
  ask({ q: 'wrinkles round my eyes when I smile', place: 'Norwich' }, eyes, near('Norwich')),
  ask({ q: 'laughter lines by my eyes', place: 'leicester' }, eyes, near('Leicester')),
  ask('smile lines around eyes dallas', eyes, near('Dallas')),
  ask({ q: 'eye wrinkles', place: 'Croydon' }, eyes, near('Croydon')),
  ask({ q: 'bunny lines', place: 'London' }, nose, near('London')),
  ask({ q: 'lines on my nose when i laugh', place: 'Manchester' }, nose, near('Manchester')),
  ask('nose scrunch wrinkles houston', nose, near('Houston')),
  ask({ q: 'my nose wrinkles up when I smile', place: 'Birmingham' }, nose, near('Birmingham')),
  ask('my jaw is clenched all the time', jaw),
  ask('teeth grinding at night leeds', jaw, near('Leeds')),
  ask({ q: 'bruxism', place: 'fort worth' }, jaw, near('Fort Worth')),
  ask({ q: 'masseter', place: 'London' }, jaw, near('London')),
  ask({ q: 'square jaw, looks too wide', place: 'Dallas' }, jaw, near('Dallas')),
  ask({ q: 'I grind my teeth', place: 'Bristol' }, jaw, near('Bristol')),
  ask({ q: 'jaw ache from clenching', place: 'Newcastle upon Tyne' }, jaw, near('Newcastle upon Tyne')),
  ask('tmj san antonio', jaw, near('San Antonio')),
  ask({ q: 'tight jaw in the mornings', place: 'Sheffield' }, jaw, near('Sheffield')),
  ask({ q: 'wake up with a sore jaw', place: 'Liverpool' }, jaw, near('Liverpool')),
  ask({ q: 'dimply chin', place: 'London' }, chin, near('London')),
  ask('orange peel chin manchester', chin, near('Manchester')),
  ask({ q: 'pebble chin', place: 'Austin' }, chin, near('Austin')),
  ask({ q: 'golf ball chin', place: 'Brighton' }, chin, near('Brighton')),
  ask({ q: 'my chin goes bumpy when i talk', place: 'El Paso' }, chin, near('El Paso')),
  ask('chin dimples', chin),
  ask('neck bands london', neck, near('London')),
  ask({ q: 'cords in my neck', place: 'Houston' }, neck, near('Houston')),
  ask({ q: 'stringy neck', place: 'Southampton' }, neck, near('Southampton')),
  ask({ q: 'platysma', place: 'Leeds' }, neck, near('Leeds')),
  ask('turkey neck liverpool', neck, near('Liverpool')),
  ask({ q: 'vertical lines on my neck', place: 'Birmingham' }, neck, near('Birmingham')),
  ask({ q: 'one side looks different', place: 'London' }, near('London')),
  ask({ q: 'my face is uneven', place: 'Leeds' }, near('Leeds')),
  ask({ q: 'one eyebrow is higher than the other', place: 'Dallas' }, near('Dallas')),
  ask({ q: 'lines on my face', place: 'York' }, near('York')),
  ask({ q: 'wrinkles', place: 'Nottingham' }, near('Nottingham')),
  ask({ q: 'forehead and frown lines', place: 'Oxford' }, forehead, frown, near('Oxford')),
  ask('crows feet and bunny lines liverpool', eyes, nose, near('Liverpool')),
  ask({ q: 'jaw and chin', place: 'Houston' }, jaw, chin, near('Houston')),
  ask({ q: 'jaw clenching and neck bands', place: 'London' }, jaw, neck, near('London')),
  ask({ q: '', place: 'Bristol', concern: 'jaw' }, jaw, near('Bristol')),
  ask({ q: '', place: 'Austin', concern: 'neck_bands' }, neck, near('Austin')),
];

const brands: JudgedQuery[] = [
  ask('botox leeds', near('Leeds')),
  ask({ q: 'botox', place: 'Manchester' }, near('Manchester')),
  ask('dysport houston', near('Houston')),
  ask('botox for jaw london', jaw, near('London')),
  ask({ q: 'xeomin', place: 'Dallas' }, near('Dallas')),
  ask({ q: 'Botox near me', place: 'Brighton' }, near('Brighton')),
  ask('masseter botox austin', jaw, near('Austin')),
  ask('botox dentist bristol', dentist, near('Bristol')),
  ask({ q: 'bocouture', place: 'Birmingham' }, near('Birmingham')),
  ask({ q: 'how much is botox', place: 'sheffield' }, near('Sheffield')),
];

const people: JudgedQuery[] = [
  who('amara okafor-bell', 'Amara Okafor-Bell'),
  who('dr okafor', 'Okafor'),
  who('okafor bell', 'Okafor-Bell'),
  who('Maya Lindqvist', 'Maya Lindqvist'),
  who('rafael ybarra', 'Rafael Ybarra'),
  who('patel', 'Patel'),
  who('patel leeds', 'Patel', near('Leeds')),
  who('Whitfield', 'Whitfield'),
  who('malgorzata', 'Małgorzata'),
  who('lukasz grzegorczyk', 'Łukasz Grzegorczyk'),
  who("o'sullivan", "O'Sullivan"),
  who('osullivan leeds', "O'Sullivan", near('Leeds')),
  who('soren lindqvist', 'Søren Lindqvist'),
  who('ozlem', 'Özlem'),
  who('dr pham houston', 'Phạm', near('Houston')),
  who('jean baptiste', 'Jean-Baptiste'),
  who('prabawati', 'Prabawati'),
  who('bo li', 'Bo Li'),
  who('papathanasopoulou', 'Papathanasopoulou'),
  who('ליאורה', 'Liora Ben-Ami'),
  who('يوسف الخطيب', 'Yusuf al-Khatib'),
  who('Шевчук', 'Olha Shevchuk'),
  who('shevchuk', 'Shevchuk'),
  who('dr bell london', 'Bell', near('London')),
  who('ash merriweather', 'Ash Merriweather'),
  who('ybarra montemayor el paso', 'Ybarra Montemayor', near('El Paso')),
  who('de la garza', 'De la Garza'),
  who('von rosenberg', 'von Rosenberg'),
  who("ka'ano'i", "Ka'ano'i"),
  who('lindqvist london', 'Lindqvist', near('London')),
  who('nurse giles poole', 'Giles Poole'),
  who('wesley hath', 'Wesley Hathaway'),
  who('mackinnon', 'MacKinnon'),
  who("D'Angelo", "D'Angelo"),
  who('zuniga', 'Zúñiga'),
  who('pena solis', 'Peña-Solís'),
  who({ q: 'hargreaves', place: 'york' }, 'Hargreaves', near('York')),
  who('is dr emiliano longoria on here?', 'Emiliano Longoria'),
  timed('foxglove house', atClinic('Foxglove House')),
  timed('heron quay leeds', atClinic('Heron Quay'), near('Leeds')),
  timed('cactus wren', atClinic('Cactus Wren')),
  timed('Hollow Oak', atClinic('Hollow Oak')),
  timed('bellwether clinic', atClinic('Bellwether')),
];

const professions: JudgedQuery[] = [
  ask({ q: 'dentist who does jaw', place: 'London' }, dentist, jaw, near('London')),
  ask('dentist leeds', dentist, near('Leeds')),
  ask('doctor manchester', doctor, near('Manchester')),
  ask({ q: 'female doctor', place: 'Birmingham' }, doctor, woman, near('Birmingham')),
  ask('nurse in bristol', nurse, near('Bristol')),
  ask('pharmacist sheffield', pharmacist, near('Sheffield')),
  ask(
    { q: 'pharmacist who can look at my forehead', place: 'Newcastle upon Tyne' },
    pharmacist,
    forehead,
    near('Newcastle upon Tyne'),
  ),
  ask('nurse practitioner austin', is('nurse_practitioner'), near('Austin')),
  ask('physician assistant houston', is('physician_assistant'), near('Houston')),
  ask('PA dallas', is('physician_assistant'), near('Dallas')),
  ask('esthetician san antonio', esthetician, near('San Antonio')),
  ask('aesthetician london', esthetician, near('London')),
  ask({ q: 'beautician', place: 'Manchester' }, esthetician, near('Manchester')),
  ask('physician el paso', doctor, near('El Paso')),
  ask({ q: 'registered nurse', place: 'Houston' }, is('registered_nurse'), near('Houston')),
  ask('is there a dentist in brighton who sees people about teeth grinding?', dentist, jaw, near('Brighton')),
  ask({ q: 'i want to see a doctor', place: 'London' }, doctor, near('London')),
  ask('aesthetic nurse newcastle', nurse, near('Newcastle upon Tyne')),
  ask({ q: 'nurse who can prescribe', place: 'Nottingham' }, is('nurse_prescriber'), near('Nottingham')),
  ask({ q: 'dentist', place: 'Hackney' }, dentist, near('Hackney')),
  ask({ q: 'MD', place: 'Fort Worth' }, doctor, near('Fort Worth')),
  ask({ q: '', place: 'Leeds', profession: 'nurse_prescriber' }, is('nurse_prescriber'), near('Leeds')),
];

const languages: JudgedQuery[] = [
  ask('spanish speaking houston', speaks('es'), near('Houston')),
  ask({ q: 'habla español', place: 'San Antonio' }, speaks('es'), near('San Antonio')),
  ask({ q: 'someone who speaks polish', place: 'London' }, speaks('pl'), near('London')),
  ask('polish speaking dentist leeds', speaks('pl'), dentist, near('Leeds')),
  ask({ q: 'british sign language', place: 'Brighton' }, speaks('bfi'), near('Brighton')),
  ask('BSL london', speaks('bfi'), near('London')),
  ask('urdu manchester', speaks('ur'), near('Manchester')),
  ask('arabic speaking female birmingham', speaks('ar'), woman, near('Birmingham')),
  ask({ q: 'punjabi', place: 'Birmingham' }, speaks('pa'), near('Birmingham')),
  ask({ q: 'mandarin', place: 'London' }, speaks('zh'), near('London')),
  ask('cantonese dallas', speaks('yue'), near('Dallas')),
  ask('vietnamese austin', speaks('vi'), near('Austin')),
  ask('farsi manchester', speaks('fa'), near('Manchester')),
  ask('persian speaking doctor houston', speaks('fa'), doctor, near('Houston')),
  ask('do you have anyone french speaking in london', speaks('fr'), near('London')),
  ask({ q: 'speaks italian', place: 'Leeds' }, speaks('it'), near('Leeds')),
  ask('turkish norwich', speaks('tr'), near('Norwich')),
  ask('tagalog san antonio', speaks('tl'), near('San Antonio')),
  ask({ q: 'filipino nurse', place: 'Austin' }, speaks('tl'), nurse, near('Austin')),
  ask('korean speaking', speaks('ko')),
  ask('welsh speaker york', speaks('cy'), near('York')),
  ask({ q: 'doctor who speaks hindi', place: 'Fort Worth' }, doctor, speaks('hi'), near('Fort Worth')),
  ask('german austin', speaks('de'), near('Austin')),
  ask({ q: 'jaw', place: 'Dallas', language: 'es' }, jaw, speaks('es'), near('Dallas')),
  ask('romanian', speaks('ro')),
];

const genders: JudgedQuery[] = [
  ask('female doctor london jaw', woman, doctor, jaw, near('London')),
  ask({ q: 'lady doctor', place: 'Leicester' }, woman, doctor, near('Leicester')),
  ask({ q: 'woman', place: 'Exeter' }, woman, near('Exeter')),
  ask('male nurse leeds', man, nurse, near('Leeds')),
  ask(
    { q: "i'd prefer to see a woman about my frown lines", place: 'Liverpool' },
    woman,
    frown,
    near('Liverpool'),
  ),
  ask({ q: 'a man who understands teeth grinding', place: 'Houston' }, man, jaw, near('Houston')),
  ask('non binary practitioner', nonBinary),
  ask({ q: '', place: 'Oxford', gender: 'woman' }, woman, near('Oxford')),
];

const access: JudgedQuery[] = [
  ask('wheelchair access manchester', has('step_free'), near('Manchester')),
  ask({ q: 'step free', place: 'Bristol' }, has('step_free'), near('Bristol')),
  ask({ q: 'with parking', place: 'Austin' }, has('parking'), near('Austin')),
  ask('hearing loop london', has('hearing_loop'), near('London')),
  ask({ q: 'i use a wheelchair', place: 'Birmingham' }, has('step_free'), near('Birmingham')),
  ask({ q: 'quiet room', place: 'Leeds' }, has('quiet_room'), near('Leeds')),
  ask({ q: 'somewhere quiet, i get overwhelmed', place: 'Dallas' }, has('quiet_room'), near('Dallas')),
  ask('accessible toilet houston', has('accessible_toilet'), near('Houston')),
  ask({ q: 'somewhere i can park', place: 'Sheffield' }, has('parking'), near('Sheffield')),
  ask({ q: 'no stairs please', place: 'Newcastle upon Tyne' }, has('step_free'), near('Newcastle upon Tyne')),
];

const fees: JudgedQuery[] = [
  ask({ q: 'free consultation', place: 'London' }, atMost(0), near('London')),
  ask({ q: 'under £40', place: 'Leeds' }, atMost(40, 'GBP'), near('Leeds')),
  ask('consultation less than $60 houston', atMost(60, 'USD'), near('Houston')),
  ask('cheap consultation birmingham', cheap, near('Birmingham')),
  ask({ q: 'jaw up to £50', place: 'London' }, jaw, atMost(50, 'GBP'), near('London')),
  ask({ q: 'affordable', place: 'Dallas' }, cheap, near('Dallas')),
  ask({ q: 'crows feet', place: 'Manchester', fee: '50' }, eyes, atMost(50), near('Manchester')),
  ask({ q: 'no consultation fee', place: 'Houston' }, atMost(0), near('Houston')),
];

const times: JudgedQuery[] = [
  timed({ q: 'saturday morning', place: 'London' }, free(saturdays, mornings), near('London')),
  timed({ q: 'tomorrow', place: 'Manchester' }, freeInDays(1), near('Manchester')),
  timed({ q: 'after work', place: 'Leeds' }, free(weekdays, evenings), near('Leeds')),
  timed('evening appointment bristol', free(evenings), near('Bristol')),
  timed('this weekend dallas', free(weekends), near('Dallas')),
  timed({ q: 'sunday', place: 'London' }, free(sundays), near('London')),
  timed('friday afternoon houston', free(fridays, afternoons), near('Houston')),
  timed('monday morning birmingham', free(mondays, mornings), near('Birmingham')),
  timed('today austin', freeInDays(0), near('Austin')),
  timed({ q: 'as soon as possible', place: 'Liverpool' }, atOnce, near('Liverpool')),
  timed('next week nottingham', freeNextWeek, near('Nottingham')),
  timed({ q: 'tuesday evenings', place: 'Sheffield' }, free(tuesdays, evenings), near('Sheffield')),
  timed({ q: 'lunchtime', place: 'London' }, free(lunchtimes), near('London')),
  timed('saturday jaw manchester', jaw, free(saturdays), near('Manchester')),
  timed(
    { q: 'can i see someone tomorrow about my forehead', place: 'San Antonio' },
    forehead,
    freeInDays(1),
    near('San Antonio'),
  ),
  timed({ q: 'weekend appointments for crows feet', place: 'London' }, eyes, free(weekends), near('London')),
];

const several: JudgedQuery[] = [
  ask('spanish speaking nurse houston step free', speaks('es'), nurse, has('step_free'), near('Houston')),
  ask(
    'woman doctor manchester frown lines under £60',
    woman,
    doctor,
    frown,
    atMost(60, 'GBP'),
    near('Manchester'),
  ),
  ask('dentist for clenching with parking', dentist, jaw, has('parking')),
  ask('polish nurse manchester', speaks('pl'), nurse, near('Manchester')),
  ask('gujarati manchester', speaks('gu'), near('Manchester')),
  timed({ q: 'neck bands after work', place: 'London' }, neck, free(weekdays, evenings), near('London')),
  ask('esthetician dallas spanish', esthetician, speaks('es'), near('Dallas')),
  timed('11s, bristol, saturday', frown, free(saturdays), near('Bristol')),
  ask('arabic doctor london', speaks('ar'), doctor, near('London')),
  ask("crow's feet el paso spanish", eyes, speaks('es'), near('El Paso')),
  timed('chin dimpling houston after 5pm', chin, free(evenings), near('Houston')),
  ask('urdu speaking lady dentist birmingham', speaks('ur'), woman, dentist, near('Birmingham')),
  ask('male doctor jaw clenching step free london', man, doctor, jaw, has('step_free'), near('London')),
  ask('french speaking doctor liverpool neck', speaks('fr'), doctor, neck, near('Liverpool')),
  timed({ q: 'female doctor saturday', place: 'London' }, woman, doctor, free(saturdays), near('London')),
  ask('spanish speaking woman for bunny lines in austin', speaks('es'), woman, nose, near('Austin')),
];

const places: JudgedQuery[] = [
  ask('jaw clapham', jaw, near('Clapham')),
  ask({ q: 'jaw', place: 'SW4' }, jaw, near('Clapham')),
  ask('frown lines M20', frown, near('Didsbury')),
  ask({ q: '', place: '78704' }, near('South Congress')),
  ask({ q: '', place: 'Newcastle' }, near('Newcastle upon Tyne')),
  ask('doctor in newcastle', doctor, near('Newcastle upon Tyne')),
  ask('doctor the heights houston', doctor, near('The Heights')),
  ask({ q: 'chin', place: 'Ft Worth' }, chin, near('Fort Worth')),
  ask({ q: 'teeth grinding', place: 'Birmingam' }, jaw, near('Birmingham')),
  ask({ q: 'nurse', place: 'Headingley' }, nurse, near('Headingley')),
  ask('anyone in york', near('York')),
  ask({ q: 'jaw', place: 'Watford' }, jaw, near('Watford')),
  ask({ q: '', place: 'Bath' }, near('Bath')),
  ask({ q: 'frown lines', place: 'Arlington, Texas' }, frown, near('Arlington')),
  ask({ q: '', place: 'london' }, near('London')),
  ask({ q: 'doctor', place: 'Salford' }, doctor, near('Salford')),
  ask('norwich', near('Norwich')),
  ask('somebody near exeter', near('Exeter')),
];

export const judgedQueries: readonly JudgedQuery[] = [
  ...concerns,
  ...brands,
  ...people,
  ...professions,
  ...languages,
  ...genders,
  ...access,
  ...fees,
  ...times,
  ...several,
  ...places,
];

/** What identifies a query: what was typed. */
export function idOf({ typed }: JudgedQuery): string {
  return new URLSearchParams(typed).toString();
}

/** One in three is kept apart: nobody looks at how these fare, and only their mean is told. */
export function isReported(query: JudgedQuery): boolean {
  return createHash('sha256').update(idOf(query)).digest()[0]! % 3 === 0;
}

export const tuningQueries = judgedQueries.filter((query) => !isReported(query));
export const reportedQueries = judgedQueries.filter(isReported);
