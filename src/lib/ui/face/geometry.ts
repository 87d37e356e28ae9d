import { CONCERN_LABELS, REGION_CODES, type ConcernCode, type RegionCode } from '#lib/format/regions.ts';

/**
 * The face: its drawing, its regions, and the one coordinate system that records use.
 *
 * Proportions follow the canonical face model of MediaPipe (Apache-2.0), narrowed a little; the lines are our own.
 * "Right" is the right of the person drawn, on the viewer's left. Only that half is written down: the other is its
 * mirror image. Stored points are fractions of VIEW_BOX, so region codes, polygons and VIEW_BOX never change meaning.
 */

export const VIEW_BOX = { x: 40, y: 10, width: 320, height: 440 } as const;

/** The line of symmetry. */
export const MIDLINE = 200;

/** Points this near to the midline have no side. */
const MIDLINE_BAND = 4;

export { CONCERN_LABELS, REGION_CODES, type ConcernCode, type RegionCode };

export type Side = 'right' | 'left' | 'midline';

export type Point = readonly [x: number, y: number];

interface Region {
  /** Of a paired region, the person's right one; otherwise the whole. */
  readonly polygon: readonly Point[];
  readonly paired: boolean;
  /** The lines that the expression itself draws there. */
  readonly creases: readonly string[];
}

export const REGIONS: Readonly<Record<RegionCode, Region>> = {
  forehead_lines: {
    polygon: [
      [200, 108.3],
      [166, 107.3],
      [137.8, 130.3],
      [138, 147.7],
      [155.4, 139.6],
      [188.4, 137.8],
      [200, 135.8],
      [211.6, 137.8],
      [244.6, 139.6],
      [262, 147.7],
      [262.2, 130.3],
      [234, 107.3],
    ],
    paired: false,
    creases: [
      'M165 113.5C178 110.5 190 112.5 200 113.5S222 110.5 235 113.5',
      'M153 122C170 118 188 121 200 122S230 118 247 122',
      'M147 131.5C166 126.5 186 129.5 200 130.5S234 126.5 253 131.5',
    ],
  },
  frown_lines: {
    polygon: [
      [200, 137.8],
      [182.4, 141.8],
      [173.1, 150.7],
      [188.3, 167.2],
      [200, 176.5],
      [211.7, 167.2],
      [226.9, 150.7],
      [217.6, 141.8],
    ],
    paired: false,
    creases: ['M194.5 145.5C196.2 151 196 157 193.4 163', 'M205.5 145.5C203.8 151 204 157 206.6 163'],
  },
  crows_feet: {
    polygon: [
      [146.3, 168.4],
      [146.3, 194.4],
      [124.3, 206.4],
      [122.3, 182.4],
      [127.4, 158.4],
    ],
    paired: true,
    creases: [
      'M142 175.5C138 173 133.5 170 130.5 166',
      'M141 181C136.5 181.2 131.5 180.6 127.5 179',
      'M142 186.5C138 189.5 134 193.5 130.5 197.5',
    ],
  },
  bunny_lines: {
    polygon: [
      [193.4, 181.6],
      [181.4, 195.6],
      [186.8, 204.6],
      [198.8, 200.6],
    ],
    paired: true,
    creases: ['M193.5 187C190.5 189.5 187.5 192.5 185.5 196', 'M195.5 193C193 195.5 191 198 189.6 200.8'],
  },
  jaw: {
    polygon: [
      [128.9, 251.3],
      [154.9, 247.3],
      [167.6, 291.9],
      [157.1, 304.3],
      [137.6, 293.9],
    ],
    paired: true,
    creases: ['M136 257C137 271 142.5 285.5 152 296', 'M146.5 256C147.5 267.5 152 280 158.5 289'],
  },
  chin: {
    polygon: [
      [182, 298.7],
      [178, 325.2],
      [200, 332.2],
      [222, 325.2],
      [218, 298.7],
    ],
    paired: false,
    creases: ['M186 307C195 302.5 205 302.5 214 307', 'M191.5 318.5C197 315.5 203 315.5 208.5 318.5'],
  },
  neck_bands: {
    // Below the jaw by a finger's breadth: a shape that touched it would read as jaw.
    polygon: [
      [152, 338],
      [168, 346],
      [189, 353],
      [190, 372],
      [186, 393],
      [168, 386],
      [152, 370],
    ],
    paired: true,
    creases: ['M165 352C166.5 362 166.5 370 164 377', 'M180 358C181 368 180.5 378 177.5 386'],
  },
};

/** The unpaired lines of the drawing, from the bold to the faint. */
export const LINES = {
  whole: {
    skull:
      'M108.5 190C101.5 145 108.5 103 133.5 79C152 61.5 177 54.5 201 55.2C227 56 252 65.5 268.5 84C291 109 297 150 291.5 190',
    hairline:
      'M114.4 186C116 160 122 141 132 126.5C143 110.5 158 102.5 174 98.5C192 95 214 95.2 230 98.5C245 101.5 258 110.5 268 126.5C278 141 284 160 285.6 186',
    parting: 'M175 98.3C170 88 169 75 174.5 62',
    sweep: 'M178.5 97.4C200 84 234 85.5 262.5 112.5',
    nose: 'M185.2 157.2C190.5 161.5 192.6 168 193 176C193.6 190 190 203 184.6 217.5C180.6 226 181.6 235.6 188.8 236.4C192.4 236.6 194.4 239.8 199.6 240.2C205 240.4 207.6 236.8 211.4 236.4C217.6 235.6 219.8 228.5 216.6 220.5',
    mouth:
      'M173 269C177.5 271 184 269 190.5 268C195.5 267.4 197.6 269.2 200 269.2S204.5 267.4 209.5 268C216 269 222.5 271 227 269',
    upperLip:
      'M183 262.2C188.5 259.4 192 257.6 195 258.2C197 258.6 198 259.8 200 259.8S203 258.6 205 258.2C208 257.6 211.5 259.4 217 262.2',
    lowerLip: 'M185.5 281.6C190 284.6 195 285.9 200 285.9S210 284.6 214.5 281.6',
    throat: 'M190 409C194 414 206 414 210 409',
  },
  half: {
    face: 'M114.2 185C114 207 114.8 232 119 253C123.2 274 130.5 292.5 144.5 308.5C158 323.6 177 337.6 200 337.6',
    ear: 'M114 195C109 185.5 100.2 187 99.6 199C99.2 211 103 227 107.6 234.2C111 239 117 238.6 118 232',
    earFold: 'M110.5 200C106.5 196 103.6 199.5 104.2 206C104.8 213 107 220.5 109.5 226',
    neck: 'M142.6 313C144 329 145.6 346 142.4 359C138.6 374.5 121.5 384.5 101 393C87.5 398.6 74 402.6 62 406',
    collarbone: 'M187 408C178 401.5 158 402 137.5 405.5',
    upperLid: 'M147.6 181.6C152 176.4 158.6 173.4 165.2 173.6C172 173.8 177.6 177.2 180.6 182.6',
    lowerLid: 'M151.4 183.4C156 187 161.4 188.4 166.4 188.2C171.2 188 175.6 186.2 179 183.2',
    crease: 'M149.5 174.6C154.5 170.4 160.4 168.6 166 168.8C171 169 175.4 170.8 178.6 173.8',
  },
  /** Filled: a brow that thins to its tail. */
  brow: 'M137.6 163.2C141.4 156.4 147.6 152.4 155.4 151.2C164.4 149.8 174.6 151.4 184 154.4C186.2 155.2 186 158 183.6 158C174.4 156.4 164.8 154.8 156.4 155.2C149.4 155.6 143 158.6 138.6 163.9C138 164.5 137.2 164 137.6 163.2Z',
  iris: [165.2, 180.2],
} as const;

/** The right half drawn again on the left. */
export const MIRROR = `matrix(-1 0 0 1 ${2 * MIDLINE} 0)`;

/** Polygons of a region as they lie on the drawing: one, or the right and the left. */
export function polygonsOf(code: RegionCode): readonly (readonly Point[])[] {
  const { polygon, paired } = REGIONS[code];
  return paired ? [polygon, polygon.map(([x, y]): Point => [2 * MIDLINE - x, y])] : [polygon];
}

/** A closed curve through the corners of a polygon (Catmull-Rom, drawn as Béziers). */
export function softPath(corners: readonly Point[]): string {
  const at = (index: number): Point => corners[(index + corners.length) % corners.length] ?? [0, 0];
  const show = (x: number, y: number) => `${x.toFixed(1)} ${y.toFixed(1)}`;
  const curves = corners.map((_, i) => {
    const [before, from, to, after] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    const lean = 6;
    return `C${show(from[0] + (to[0] - before[0]) / lean, from[1] + (to[1] - before[1]) / lean)} ${show(
      to[0] - (after[0] - from[0]) / lean,
      to[1] - (after[1] - from[1]) / lean,
    )} ${show(...to)}`;
  });
  return `M${show(...at(0))}${curves.join('')}Z`;
}

/** A place on the drawing as fractions of its width and height, as records keep it. */
export function toFraction([x, y]: Point): Point {
  const fraction = (value: number) => Math.min(1, Math.max(0, Math.round(value * 1e4) / 1e4));
  return [fraction((x - VIEW_BOX.x) / VIEW_BOX.width), fraction((y - VIEW_BOX.y) / VIEW_BOX.height)];
}

/** The place on the drawing that a recorded fraction means. */
export function fromFraction([x, y]: Point): Point {
  return [VIEW_BOX.x + x * VIEW_BOX.width, VIEW_BOX.y + y * VIEW_BOX.height];
}

/** The region whose polygon holds this place on the drawing, if any. */
export function regionAt(place: Point): RegionCode | undefined {
  return REGION_CODES.find((code) => polygonsOf(code).some((polygon) => holds(polygon, place)));
}

/** The person's side of this place on the drawing. */
export function sideAt([x]: Point): Side {
  if (Math.abs(x - MIDLINE) <= MIDLINE_BAND) return 'midline';
  return x < MIDLINE ? 'right' : 'left';
}

/** Even-odd rule: a ray to the right crosses the outline an odd number of times. */
function holds(polygon: readonly Point[], [x, y]: Point): boolean {
  let inside = false;
  let [fromX, fromY] = polygon.at(-1) ?? [0, 0];
  for (const [toX, toY] of polygon) {
    const crosses = toY > y !== fromY > y && x < ((fromX - toX) * (y - toY)) / (fromY - toY) + toX;
    if (crosses) inside = !inside;
    [fromX, fromY] = [toX, toY];
  }
  return inside;
}
