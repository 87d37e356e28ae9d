import type { StyleSpecification } from 'maplibre-gl';
import type { Basemap } from '../../format/map.ts';

/** A map of land and towns that asks nobody for anything, in the colours that `element` has now. */
export async function ownStyle(element: Element): Promise<StyleSpecification> {
  const { default: basemap } = await import('../../format/basemap.json');
  const { land, towns } = basemap as Basemap;
  const [sea, ground, ink] = ['--map-sea', '--map-land', '--ink-soft'].map((name) => colourOf(element, name));
  return {
    version: 8,
    sources: {
      land: {
        type: 'geojson',
        data: {
          type: 'MultiPolygon',
          coordinates: land.map((ring) => [[...ring, ring[0]!]]),
        },
      },
      towns: {
        type: 'geojson',
        data: {
          type: 'FeatureCollection',
          features: towns.map(([name, longitude, latitude, thousands], rank) => ({
            type: 'Feature',
            properties: { name, thousands, rank },
            geometry: { type: 'Point', coordinates: [longitude, latitude] },
          })),
        },
      },
    },
    layers: [
      { id: 'sea', type: 'background', paint: { 'background-color': sea! } },
      { id: 'land', type: 'fill', source: 'land', paint: { 'fill-color': ground! } },
      {
        id: 'towns',
        type: 'symbol',
        source: 'towns',
        layout: {
          'text-field': ['get', 'name'],
          // No glyphs are served: they are drawn from the type of the page.
          'text-font': ['Atkinson Hyperlegible Next Variable', 'sans-serif'],
          'text-size': ['step', ['get', 'thousands'], 13, 50, 14, 200, 16],
          'text-padding': 10,
          // Below the place itself, where a marker may be.
          'text-anchor': 'top',
          'text-offset': [0, 1.1],
          'symbol-sort-key': ['get', 'rank'],
        },
        paint: { 'text-color': ink!, 'text-halo-color': ground!, 'text-halo-width': 1.5 },
      },
    ],
  };
}

/** A colour of the page's own as the map understands it, which knows no oklch(). */
export function colourOf(element: Element, property: string): string {
  const pen = document.createElement('canvas').getContext('2d')!;
  pen.fillStyle = getComputedStyle(element).getPropertyValue(property);
  pen.fillRect(0, 0, 1, 1);
  const [red, green, blue] = pen.getImageData(0, 0, 1, 1).data;
  return `rgb(${red}, ${green}, ${blue})`;
}
