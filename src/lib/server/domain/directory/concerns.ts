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
  ],
  frown_lines: [
    'frown lines',
    'frown',
    'frowning',
    '11 lines',
    'eleven lines',
    '11s',
    'elevens',
    'glabella',
    'glabellar lines',
    'between the eyebrows',
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
  ],
  bunny_lines: ['lines on the nose', 'bunny lines', 'nose lines', 'nose scrunch'],
  jaw: ['jaw', 'jawline', 'clenching', 'grinding', 'teeth grinding', 'masseter', 'square jaw'],
  chin: ['chin', 'dimpled chin', 'orange peel chin', 'cobblestone chin'],
  neck_bands: ['neck bands', 'neck', 'platysma', 'turkey neck', 'neck cords'],
  asymmetry: [
    'one side looks different',
    'uneven',
    'lopsided',
    'asymmetry',
    'asymmetrical',
    'one eyebrow higher',
  ],
};

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
   better between book booking but by can cannot can't care clinic clinics consult consultation consultations could did do does doing
   done don't each else even ever every experienced expert expression expressions face faces facial feel find fix for friendly from
   get gets getting give go going gonna good got great had has have having he help her here hers hi him his hello how i i'd i'll i'm
   i've if in into is isn't it it's its just kind know lately like line lines local look looking looks lot lots make makes many may
   me mine more most much must my myself near nearby need needs needing nice no nor not now of off often ok okay old on one only or
   other our out over people person place please practitioner practitioners problem problems professional provider qualified quite
   really recommend recommended right same see seen sees she should side sides so some somebody someone something soften somewhere
   sort specialist speak speaks still such sure take talk than thank thanks that that's the their them then there these they thing
   think this those though to too treat treated treatment treatments treats try trying u up us use usual very visit want wants was we
   well were what when where which while who whose who's why will with without work works worried would wrinkle wrinkles wrinkly yes you
   your`.split(/\s+/),
);
