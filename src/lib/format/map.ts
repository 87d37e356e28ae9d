import { list } from './words.ts';

/** Degrees. In longitude a degree is as wide as the map draws it: none is drawn across the date line. */
export interface Position {
  longitude: number;
  latitude: number;
}

export interface Box {
  west: number;
  south: number;
  east: number;
  north: number;
}

/** What an empty map shows: rings of land, and towns with their position and thousands of people, largest first. */
export interface Basemap {
  land: [longitude: number, latitude: number][][];
  towns: [name: string, longitude: number, latitude: number, thousands: number][];
}

/** The part of a ring of points inside a box (Sutherland and Hodgman 1974). Empty where they do not meet. */
export function clipRing(ring: readonly [number, number][], box: Box): [number, number][] {
  const edges = [
    [0, box.west, 1],
    [0, box.east, -1],
    [1, box.south, 1],
    [1, box.north, -1],
  ] as const;
  let points = [...ring];
  for (const [axis, limit, sign] of edges) {
    const isInside = (point: [number, number]) => (point[axis] - limit) * sign >= 0;
    points = points.flatMap((point, index) => {
      const next = points[(index + 1) % points.length]!;
      const kept = isInside(point) ? [point] : [];
      if (isInside(point) === isInside(next)) return kept;
      const share = (limit - point[axis]) / (next[axis] - point[axis]);
      const other = axis === 0 ? 1 : 0;
      const crossing: [number, number] = [limit, limit];
      crossing[other] = point[other] + share * (next[other] - point[other]);
      return [...kept, crossing];
    });
  }
  return points;
}

const MERCATOR_ENDS_AT = 85;

/** How far north a latitude is drawn, in degrees of longitude (Mercator). */
export function mercator(latitude: number): number {
  const within = Math.max(-MERCATOR_ENDS_AT, Math.min(MERCATOR_ENDS_AT, latitude));
  return (Math.log(Math.tan(Math.PI / 4 + (within * Math.PI) / 360)) * 180) / Math.PI;
}

/** The latitude drawn there: `mercator` the other way round. */
export function latitudeAt(northing: number): number {
  return (Math.atan(Math.exp((northing * Math.PI) / 180)) * 360) / Math.PI - 90;
}

/** The smallest box around some positions. */
export function boxAround(positions: readonly Position[]): Box {
  const longitudes = positions.map(({ longitude }) => longitude);
  const latitudes = positions.map(({ latitude }) => latitude);
  return {
    west: Math.min(...longitudes),
    south: Math.min(...latitudes),
    east: Math.max(...longitudes),
    north: Math.max(...latitudes),
  };
}

export interface Spot<Thing> {
  x: number;
  y: number;
  things: Thing[];
}

/** Things that would be drawn over each other share a spot: that of the first, in the order given. */
export function gather<Thing>(
  things: readonly Thing[],
  placeOf: (thing: Thing) => { x: number; y: number },
  apart: number,
): Spot<Thing>[] {
  const spots: Spot<Thing>[] = [];
  for (const thing of things) {
    const { x, y } = placeOf(thing);
    const near = spots.find((spot) => Math.hypot(spot.x - x, spot.y - y) < apart);
    if (near) near.things.push(thing);
    else spots.push({ x, y, things: [thing] });
  }
  return spots;
}

/** A result on the map, numbered as in the list. */
export interface MapPoint extends Position {
  number: number;
  name: string;
  where: string;
  fee: string;
  /** The profile. */
  href: string;
  /** "Tue 24 November 10:00" */
  first: string | null;
  day: { text: string; times: { text: string; href: string }[] } | null;
}

/** A map that needs no script: everything at its share of the width and height, in percent. */
export interface PlainMap {
  /** The outline of the land, as an SVG path of 600 by 400. */
  land: string;
  towns: { name: string; x: number; y: number }[];
  spots: Spot<MapPoint>[];
}

/** What a marker is called: "2: Dr Amara Okafor, Headingley, from Tue 24 November 10:00". */
function pointName({ number, name, where, first }: MapPoint): string {
  return `${number}: ${name}, ${where}, ${first === null ? 'no free time in the coming weeks' : `from ${first}`}`;
}

/** What a marker of one or several results is called; it begins with what is written on it, for who tells it to a machine. */
export function spotName(points: readonly MapPoint[]): string {
  if (points.length === 1) return pointName(points[0]!);
  if (points.length === 2) return `${spotText(points)}: 2 results here`;
  return `${spotText(points)}: results ${list(points.map(({ number }) => String(number)))}`;
}

/** What is written on it: the numbers, while there is room for them. */
export function spotText(points: readonly MapPoint[]): string {
  return points.length > 2 ? `${points.length} here` : points.map(({ number }) => number).join(', ');
}

/** The id of a result in the list. */
export const rowId = (number: number) => `result-${number}`;
/** The id of a result on the map. */
export const markerId = (number: number) => `on-map-${number}`;
