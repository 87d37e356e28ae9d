/*
 * Distances on a sphere of the mean radius of the Earth, in a way that a database counts quickly: places are points of the unit
 * sphere, and how far apart they are is the straight line between them (the chord).
 */

const EARTH_RADIUS_KM = 6371;
const CELLS_PER_DEGREE = 5;
const CELLS_AROUND = 360 * CELLS_PER_DEGREE;
/** In more cells than these it is quicker to look everywhere. */
const MOST_CELLS = 1_000;

interface Spot {
  latitude: number;
  longitude: number;
}

const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** A place as a point of the unit sphere. */
export function vectorOf({ latitude, longitude }: Spot): { x: number; y: number; z: number } {
  const [north, east] = [radians(latitude), radians(longitude)];
  return { x: Math.cos(north) * Math.cos(east), y: Math.cos(north) * Math.sin(east), z: Math.sin(north) };
}

/** The chord of so many kilometres on the ground. */
export function chordOf(km: number): number {
  return 2 * Math.sin(Math.min(km / EARTH_RADIUS_KM, Math.PI) / 2);
}

/** The kilometres on the ground of a chord. */
export function kilometresOf(chord: number): number {
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, chord / 2));
}

const row = (latitude: number) => Math.floor((latitude + 90) * CELLS_PER_DEGREE);
const column = (longitude: number) => Math.floor((longitude + 180) * CELLS_PER_DEGREE);
const cellAt = (row: number, column: number) =>
  row * CELLS_AROUND + (((column % CELLS_AROUND) + CELLS_AROUND) % CELLS_AROUND);

/** The number of the fifth of a degree, either way, in which a place lies. */
export function cellOf({ latitude, longitude }: Spot): number {
  return cellAt(row(latitude), column(longitude));
}

/** The cells in which everything around a place lies; null when there are too many. */
export function cellsNear({ latitude, longitude, withinKm }: Spot & { withinKm: number }): number[] | null {
  const north = (withinKm / EARTH_RADIUS_KM) * (180 / Math.PI) + Number.EPSILON;
  // Degrees of longitude shrink towards the poles: those at the far end are meant.
  const east = north / Math.cos(radians(Math.min(89.9, Math.abs(latitude) + north)));
  const [first, last] = [row(latitude - north), row(latitude + north)];
  const [west, eastmost] = [column(longitude - east), column(longitude + east)];
  if ((last - first + 1) * (eastmost - west + 1) > MOST_CELLS) return null;
  const cells: number[] = [];
  for (let y = first; y <= last; y++) for (let x = west; x <= eastmost; x++) cells.push(cellAt(y, x));
  return cells;
}
