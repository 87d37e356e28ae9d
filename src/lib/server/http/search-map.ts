import basemap from '#lib/format/basemap.json' with { type: 'json' };
import {
  boxAround,
  clipRing,
  gather,
  latitudeAt,
  mercator,
  type Basemap,
  type MapPoint,
  type PlainMap,
  type Position,
} from '#lib/format/map.ts';
import { paths } from '#lib/paths.ts';
import { positionsOf } from '../domain/directory/map.ts';
import type { SearchPage } from '../domain/directory/search.ts';
import type { searchShown } from './search-page.ts';

const TIMES_ON_MAP = 3;

/** The map beside the list: the results of the page, and where those of other pages are. Null where nobody asked for it. */
export async function searchMap(
  db: Parameters<typeof positionsOf>[0],
  index: Parameters<typeof positionsOf>[1],
  found: SearchPage,
  { results }: ReturnType<typeof searchShown>,
) {
  if (!found.asked.map || results.length === 0) return null;
  const { positions, others } = await positionsOf(db, index, found);
  const points = results.flatMap((result): MapPoint[] => {
    const position = positions.get(result.locationId);
    const [day] = result.days;
    return position === undefined
      ? []
      : [
          {
            ...position,
            number: result.number,
            name: result.name,
            where: result.district || result.locality,
            fee: result.fee,
            href: paths.practitioner(result.slug),
            first: day === undefined ? null : `${day.text} ${day.times[0]!.text}`,
            day:
              day === undefined
                ? null
                : {
                    text: day.text,
                    times: day.times.slice(0, TIMES_ON_MAP).map(({ text, datetime }) => ({
                      text,
                      href: paths.book((result.consultant ?? result).slug, result.locationId, datetime),
                    })),
                  },
          },
        ];
  });
  return points.length === 0 ? null : { points, others, plain: drawPlainly(points) };
}

/** The drawing is as many units wide and high. On a phone it is half as wide in pixels: what is written takes more units there. */
const WIDTH = 600;
const HEIGHT = 400;
const MARKER_WIDTH = 84;
const MARKER_HEIGHT = 48;
const LABEL_HEIGHT = 34;
/** It is written below its place, where a marker may be. */
const LABEL_BELOW = 44;
const LETTER_WIDTH = 13;
const MOST_TOWNS = 12;
/** About sixteen miles: a single place needs some country around it. */
const SMALLEST_WIDTH_DEGREES = 0.4;
const MARGIN = 1.5;
/** How much is drawn beyond what is asked for: on a phone the map is higher than wide. */
const BLEED = 0.3;

/** The results on the land around them, with the names of its larger towns. */
export function drawPlainly(points: readonly MapPoint[]): PlainMap {
  const { land, towns } = basemap as Basemap;
  const box = boxAround(points);
  const [south, north] = [mercator(box.south), mercator(box.north)];
  const wide =
    Math.max(SMALLEST_WIDTH_DEGREES, box.east - box.west, (north - south) * (WIDTH / HEIGHT)) * MARGIN;
  const high = wide * (HEIGHT / WIDTH);
  const left = (box.west + box.east - wide) / 2;
  const top = (south + north + high) / 2;
  const place = ({ longitude, latitude }: Position) => ({
    x: ((longitude - left) / wide) * WIDTH,
    y: ((top - mercator(latitude)) / high) * HEIGHT,
  });
  const inPercent = ({ x, y }: { x: number; y: number }) => ({
    x: Math.round((x / WIDTH) * 1_000) / 10,
    y: Math.round((y / HEIGHT) * 1_000) / 10,
  });
  const frame = {
    west: left - wide * BLEED,
    east: left + wide * (1 + BLEED),
    south: latitudeAt(top - high * (1 + BLEED)),
    north: latitudeAt(top + high * BLEED),
  };

  const spots = gather(points, place, MARKER_WIDTH);
  const taken = spots.map(({ x, y }) => ({ x, y, width: MARKER_WIDTH, height: MARKER_HEIGHT }));
  const named: PlainMap['towns'] = [];
  for (const [name, longitude, latitude] of towns) {
    const at = place({ longitude, latitude });
    const label = { x: at.x, y: at.y + LABEL_BELOW, width: name.length * LETTER_WIDTH, height: LABEL_HEIGHT };
    const isWithin =
      Math.abs(label.x - WIDTH / 2) < (WIDTH - label.width) / 2 &&
      Math.abs(label.y - HEIGHT / 2) < (HEIGHT - label.height) / 2;
    if (!isWithin || taken.some((other) => overlap(label, other))) continue;
    taken.push(label);
    named.push({ name, ...inPercent(at) });
    if (named.length === MOST_TOWNS) break;
  }
  return {
    land: land
      .map((ring) => clipRing(ring, frame))
      .filter((ring) => ring.length > 2)
      .map((ring) => outline(ring.map(([longitude, latitude]) => place({ longitude, latitude }))))
      .join(''),
    towns: named,
    spots: spots.map((spot) => ({ ...spot, ...inPercent(spot) })),
  };
}

interface Label {
  x: number;
  y: number;
  width: number;
  height: number;
}

const overlap = (a: Label, b: Label) =>
  Math.abs(a.x - b.x) < (a.width + b.width) / 2 && Math.abs(a.y - b.y) < (a.height + b.height) / 2;

/** A closed path through whole units, each point once. */
function outline(points: readonly { x: number; y: number }[]): string {
  const rounded = points.map(({ x, y }) => `${Math.round(x)} ${Math.round(y)}`);
  return `M${rounded.filter((point, at) => point !== rounded[at - 1]).join('L')}Z`;
}
