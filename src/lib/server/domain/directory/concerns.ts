/**
 * What people come about, in the words they use for it. The first is the plain name; the others are found when typed.
 * None of them names a product, so they may stand on any page.
 */
export const CONCERN_WORDS: Readonly<Record<string, readonly string[]>> = {
  forehead_lines: [
    'forehead lines',
    'forehead folds',
    'forehead',
    'worry lines',
    'horizontal lines',
    'raised brow lines',
    'brow lines',
    'lines across my brow',
    'forehead creases',
    'forehead wrinkles',
  ],
  frown_lines: [
    'frown lines',
    'frown',
    'frowning',
    '11 lines',
    'eleven lines',
    '11s',
    'glabella',
    'glabellar lines',
    'between the eyebrows',
    'between my eyebrows',
    'between eyebrows',
    'between the brows',
    'between my brows',
    'between brows',
    'number 11',
    'number 11s',
    'number eleven',
    'eleven',
    'elevens',
    '11',
    'furrow',
    'furrowed brow',
    'frowning lines',
    'worried look',
    'angry',
    'cross',
    'resting angry face',
    'look annoyed',
    'angry look',
    'cross look',
    'scowl',
  ],
  crows_feet: [
    'lines beside the eyes',
    'lines around the eyes',
    'eye lines',
    'crows feet',
    "crow's feet",
    'laughter lines',
    'smile lines',
    'eye wrinkles',
    'around my eyes',
    'around the eyes',
    'around eyes',
    'beside my eyes',
    'beside the eyes',
    'corner of my eyes',
    'corners of my eyes',
    'corners of the eyes',
    'eye corners',
    'eyes crinkle',
    'crinkles',
    'crinkly eyes',
    "crow's foot",
    'crow feet',
    'laugh lines',
  ],
  bunny_lines: [
    'lines on the nose',
    'bunny lines',
    'nose lines',
    'nose scrunch',
    'scrunch my nose',
    'nose wrinkles',
    'top of my nose',
    'bridge of my nose',
    'nose',
  ],
  jaw: [
    'jaw',
    'jawline',
    'jaws',
    'clench',
    'clenching',
    'clenched',
    'grind',
    'grinding',
    'grind my teeth',
    'teeth grinding',
    'bruxism',
    'tmj',
    'tmd',
    'masseter',
    'masseters',
    'square jaw',
    'square face',
  ],
  chin: [
    'chin',
    'dimpled chin',
    'dimply chin',
    'chin dimpling',
    'chin dimples',
    'orange peel chin',
    'pebbly chin',
    'cobblestone chin',
  ],
  neck_bands: [
    'neck bands',
    'neck',
    'platysma',
    'platysmal bands',
    'turkey neck',
    'neck cords',
    'cords in my neck',
    'stringy neck',
  ],
  asymmetry: [
    'one side looks different',
    'uneven',
    'lopsided',
    'asymmetry',
    'asymmetrical',
    'one eyebrow higher',
    'one eyebrow',
    'one brow',
    'higher than the other',
    'lower than the other',
    'one side of my face',
    'one side',
    'not symmetrical',
    'crooked',
    'crooked smile',
    'lop sided',
  ],
};

/** Its plain name, as a label: "Frown lines". */
export const CONCERN_NAMES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(CONCERN_WORDS).map(([concern, [name]]) => [
    concern,
    `${name![0]!.toUpperCase()}${name!.slice(1)}`,
  ]),
);

/** Further names of professions, by code. */
export const PROFESSION_WORDS: Readonly<Record<string, readonly string[]>> = {
  doctor: ['physician'],
  nurse_prescriber: ['nurse independent prescriber'],
  pharmacist_prescriber: ['pharmacist independent prescriber'],
  nurse_practitioner: ['NP', 'APRN'],
  physician_assistant: ['physician associate', 'PA'],
  registered_nurse: ['RN'],
  esthetician: ['aesthetician', 'beautician', 'beauty therapist'],
};

/** Words that narrow nothing, because everybody here would fit them or nobody could be told apart by them. */
export const FILLER_WORDS: ReadonlySet<string> = new Set(
  `a about all always am an and any anybody anyone appointment appointments are area as at available be because been before best
   better between book booking but by can cannot can't care clinic clinics concerned consult consultation consultations could day days did do does doing
   done don't each else especially etc even ever every experienced expert expression expressions face faces facial feel find fix for friendly from
   get gets getting give go going gonna good got great had has have having he help her here hers hi him his hello hi how i i'd i'll i'm
   i've ill im if in into ive is isn't it it's its just kind know lately like line lines local look looking looks lot lots make makes many may
   me mine more most much must my myself near nearby need needs needing nice night nights no nor not now of off often ok okay old on one only or
   other our out over people person place please practitioner practitioners problem problems professional provider qualified quite
   really recommend recommended right same see seen sees she should side sides so some somebody someone something soften somewhere
   sort specialist speak speaks still such sure take talk than thank thanks that that's the their them then there these they thing time times
   think this those though to too treat treated treatment treatments treats try trying u up us use usual very visit want wants was we
   well were what when where which while who whose who's why will with without work works worried would wrinkle wrinkles wrinkly yes you
   your`.split(/\s+/),
);
