/**
 * What people come about, in the words they use for it. The first is what pages show; the others are found when typed.
 * None of them names a product, so they may stand on any page.
 */
export const CONCERN_WORDS: Readonly<Record<string, readonly string[]>> = {
  forehead_lines: [
    'forehead lines',
    'forehead folds',
    'worry lines',
    'horizontal lines',
    'raised brow lines',
  ],
  frown_lines: [
    'frown lines',
    '11 lines',
    'eleven lines',
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
    'crows feet',
    'crow’s feet',
    'laughter lines',
    'smile lines',
    'eye wrinkles',
  ],
  bunny_lines: ['lines on the nose', 'bunny lines', 'nose scrunch'],
  jaw: ['jaw', 'clenching', 'grinding', 'teeth grinding', 'masseter', 'square jaw'],
  chin: ['chin', 'dimpled chin', 'orange peel chin', 'cobblestone chin'],
  neck_bands: ['neck bands', 'platysma', 'turkey neck', 'neck cords'],
  asymmetry: ['one side looks different', 'uneven', 'lopsided', 'asymmetry', 'one eyebrow higher'],
};

/** The concern that a text means, if it is one of the words people use for it. */
export function concernMeantBy(text: string): string | undefined {
  const typed = text.trim().toLowerCase().replaceAll('’', "'");
  return Object.entries(CONCERN_WORDS).find(([, words]) =>
    words.some((word) => word.replaceAll('’', "'") === typed || `${word.replaceAll('’', "'")}s` === typed),
  )?.[0];
}
