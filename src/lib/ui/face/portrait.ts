/** The features of an invented face: always the same for the same seed. */

const SKULL =
  'M108.5 190C101.5 145 108.5 103 133.5 79C152 61.5 177 54.5 201 55.2C227 56 252 65.5 268.5 84C291 109 297 150 291.5 190';

/** Hair in front of the face, and what hangs behind it. */
const HAIR = {
  short: {
    front: `${SKULL}L285.6 184C284 160 278 141 268 126.5C258 110.5 245 101.5 230 98.5C214 95.2 192 95 174 98.5C158 102.5 143 110.5 132 126.5C122 141 116 160 114.4 184Z`,
  },
  swept: {
    front: `${SKULL}L285.6 184C283 160 279 144 271 131C248 127 210 118 184 92C174 110 152 123 131 131C121 144 116 160 114.4 184Z`,
  },
  long: {
    front: `${SKULL}L286 196C286 160 262 122 206 84C150 112 116 156 114.4 196Z`,
    back: 'M110 130C92 190 88 262 96 330C98 352 112 364 132 366H268C288 364 302 352 304 330C312 262 308 190 290 130Z',
  },
  tied: {
    front: `${SKULL}L285.6 184C282 150 262 116 200 92C138 116 118 150 114.4 184Z`,
    back: 'M170 66C162 38 178 24 200 24S238 38 230 66Z',
  },
  curly: {
    front: `${scallops(15)}L285.6 184C285 164 280 146 270 132Q260 118 246 122Q234 106 218 114Q200 102 184 114Q166 106 154 122Q140 118 130 132C120 146 115 164 114.4 184Z`,
  },
  scarf: {
    front:
      'M104 344C88 290 88 200 98 150C108 88 150 54 200 54S292 88 302 150C312 200 312 290 296 344C276 388 124 388 104 344ZM200 98C150 98 121 140 119 190C117 256 146 334 200 339C254 334 283 256 281 190C279 140 250 98 200 98Z',
  },
  cropped: { front: '' },
} as const satisfies Record<string, { front: string; back?: string }>;

const STYLES = [
  'short',
  'short',
  'swept',
  'swept',
  'long',
  'long',
  'tied',
  'tied',
  'curly',
  'curly',
  'scarf',
  'cropped',
] as const;

const SMILES = [
  'M173 267C179 271.5 188 270.5 193 270C197 269.8 198 271 200 271S203 269.8 207 270C212 270.5 221 271.5 227 267',
  'M171 266C180 272.5 190 274.5 200 274.5S220 272.5 229 266',
  'M170 265.5C178 269 190 270.5 200 270.5S222 269 230 265.5C224 279.5 213 285 200 285S176 279.5 170 265.5Z',
] as const;

const COLLARS = [
  'M158 396L200 438L242 396',
  'M150 390C160 418 240 418 250 390',
  'M150 388L170 424L200 404L230 424L250 388',
] as const;

const BEARD =
  'M119 238C123 274 130.5 292.5 144.5 308.5C158 323.6 177 337.6 200 337.6S242 323.6 255.5 308.5C269.5 292.5 277 274 281 238C272 262 262 262 248 256C232 247 216 249 200 252C184 249 168 247 152 256C138 262 128 262 119 238ZM172 272C182 264 218 264 228 272C222 288 178 288 172 272Z';

export interface PortraitFeatures {
  hair: { front: string; back?: string };
  covered: boolean;
  smile: string;
  collar: string;
  glasses: boolean;
  beard: string | undefined;
  /** One of four quiet grounds. */
  tone: number;
  /** How dark the hair is drawn, in four steps. */
  depth: number;
  /** How wide the head is beside the usual one. */
  width: number;
}

/** An invented face out of a seed such as a public name. */
export function portraitOf(seed: string): PortraitFeatures {
  const draw = dice(seed);
  const pick = <T>(choices: readonly T[]): T => choices[draw(choices.length)] as T;
  const style = pick(STYLES);
  const bearded = (style === 'short' || style === 'cropped' || style === 'swept') && draw(5) < 2;
  return {
    hair: HAIR[style],
    covered: style === 'scarf',
    smile: pick(SMILES),
    collar: pick(COLLARS),
    glasses: draw(4) === 0,
    beard: bearded ? BEARD : undefined,
    tone: draw(4),
    depth: draw(4),
    width: 0.94 + draw(9) / 100,
  };
}

/** Numbers that look thrown and never change: FNV-1a over the seed, then one xorshift step for each throw. */
function dice(seed: string): (sides: number) => number {
  let state = 0x811c9dc5;
  for (const char of seed) state = Math.imul(state ^ (char.codePointAt(0) ?? 0), 0x01000193);
  state ||= 1;
  return (sides) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % sides;
  };
}

/** Round the skull in little bows. */
function scallops(bows: number): string {
  const places = Array.from({ length: bows + 1 }, (_, bow) => {
    const angle = Math.PI * (1.02 - (1.04 * bow) / bows);
    return `${(200 + 98 * Math.cos(angle)).toFixed(1)} ${(186 - 128 * Math.sin(angle)).toFixed(1)}`;
  });
  return `M${places.join('A15 15 0 0 1 ')}`;
}
