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
  'a about an and any at best by can clinic consultation do expression face facial find for from get good have help i in line lines me my near nearby of on or please see some somebody someone talk the to treatment treatments want with wrinkle wrinkles'.split(
    ' ',
  ),
);
