// Makes the land and the towns of our own map anew: `npm run basemap`, when a jurisdiction or a release of the data is added.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { feature } from 'topojson-client';
import type { Geometry, Position } from 'geojson';
import type { GeometryCollection, Topology } from 'topojson-specification';
import { gazetteer } from '#db/demo/gazetteer.ts';
import { clipRing, type Basemap, type Box } from '#lib/format/map.ts';
import { projectFolder } from '../../src/bin/build.ts';

/** Neighbouring boxes overlap by that much, so that no seam shows. */
const OVERLAP_DEGREES = 0.02;

/** Drawn finely: the British Isles, and Texas with its neighbours. */
const FINE: Box[] = [
  { west: -11, south: 49, east: 2.5, north: 61 },
  { west: -107.5, south: 25, east: -93, north: 37.5 },
];
/** The rest of the world, coarsely: what is left between and around the fine boxes, from west to east. */
const COARSE: Box[] = [
  { west: -180, south: -60, east: -107.5, north: 80 },
  { west: -107.5, south: 37.5, east: -93, north: 80 },
  { west: -107.5, south: -60, east: -93, north: 25 },
  { west: -93, south: -60, east: -11, north: 80 },
  { west: -11, south: 61, east: 2.5, north: 80 },
  { west: -11, south: -60, east: 2.5, north: 49 },
  { west: 2.5, south: -60, east: 180, north: 80 },
];

type Ring = Position[];

const { resolve } = createRequire(import.meta.url);

/** The land of Natural Earth at 1:10m or 1:110m in some boxes, rounded to so many digits. Inland seas are land here. */
function landOf(scale: '10m' | '110m', boxes: readonly Box[], digits: number): Basemap['land'] {
  const topology = JSON.parse(readFileSync(resolve(`world-atlas/land-${scale}.json`), 'utf8')) as Topology<{
    land: GeometryCollection;
  }>;
  const shores = feature(topology, topology.objects.land)
    .features.flatMap(({ geometry }) => shoresOf(geometry))
    .map((shore) => shore.slice(0, -1) as [number, number][]);
  const rounded = (degrees: number) => Number(degrees.toFixed(digits));
  return boxes.flatMap(({ west, south, east, north }) =>
    shores
      .map((shore) =>
        clipRing(shore, {
          west: west - OVERLAP_DEGREES,
          south: south - OVERLAP_DEGREES,
          east: east + OVERLAP_DEGREES,
          north: north + OVERLAP_DEGREES,
        })
          .map(([longitude, latitude]): [number, number] => [rounded(longitude), rounded(latitude)])
          .filter((point, index, ring) => index === 0 || String(point) !== String(ring[index - 1])),
      )
      .filter((ring) => ring.length > 2),
  );
}

/** The outer ring of every polygon. */
function shoresOf(geometry: Geometry): Ring[] {
  if (geometry.type === 'Polygon') return geometry.coordinates.slice(0, 1);
  return geometry.type === 'MultiPolygon'
    ? geometry.coordinates.flatMap(([shore]) => (shore ? [shore] : []))
    : [];
}

const basemap: Basemap = {
  land: [...landOf('110m', COARSE, 1), ...landOf('10m', FINE, 3)],
  towns: gazetteer().map(({ name, longitude, latitude, population }) => [
    name,
    Number(longitude.toFixed(3)),
    Number(latitude.toFixed(3)),
    Math.round(population / 1_000),
  ]),
};
writeFileSync(join(projectFolder, 'src/lib/format/basemap.json'), `${JSON.stringify(basemap)}\n`);
