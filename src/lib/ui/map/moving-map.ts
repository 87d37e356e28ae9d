import {
  LngLatBounds,
  Map as MapLibre,
  Marker,
  NavigationControl,
  ScaleControl,
  setWorkerUrl,
  type GeoJSONSource,
  type StyleSpecification,
} from 'maplibre-gl';
import mapLibreCss from 'maplibre-gl/dist/maplibre-gl.css?inline';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import {
  boxAround,
  gather,
  markerId,
  spotName,
  spotText,
  type MapPoint,
  type Position,
} from '../../format/map.ts';
import { colourOf, ownStyle } from './own-style.ts';

// Only here, and only when somebody opens a map: 800 kB that no other page needs.

export interface MovingMap {
  /** From now on these are the results. */
  show(points: readonly MapPoint[], others: readonly Position[]): void;
  /** Moves there, clear of the card that tells about it. */
  goTo(points: readonly MapPoint[]): void;
  focus(number: number): void;
  /** Whether they stand apart from nearer by. */
  canPart(points: readonly MapPoint[]): boolean;
  part(points: readonly MapPoint[]): void;
  close(): void;
}

interface Options {
  styleUrl: string | null;
  /** The style could not be had: our own took its place. */
  onStyleMissing(): void;
  /** The results of one marker. */
  onPress(points: readonly MapPoint[]): void;
}

const MARKER_PIXELS = 44;
const CARD_PIXELS = 310;
const CLOSEST_ZOOM = 16;
/** One place: far enough to see the towns around it. */
const FIRST_ZOOM = 11.5;
/** Several: near enough to tell those of one part of a town apart. */
const FIRST_ZOOM_OF_SEVERAL = 13.5;
const STYLE_WITHIN_MS = 5_000;

/** Opens a map in an empty element. Rejects where it cannot be: no WebGL, no worker. */
export async function openMovingMap(frame: HTMLElement, options: Options): Promise<MovingMap> {
  addStyleSheet();
  setWorkerUrl(workerUrl);
  const foreign = options.styleUrl === null ? null : await fetchStyle(options.styleUrl);
  if (options.styleUrl !== null && foreign === null) options.onStyleMissing();
  let isOurs = foreign === null;
  const map = new MapLibre({
    container: frame,
    style: foreign ?? (await ownStyle(frame)),
    maxZoom: CLOSEST_ZOOM,
    maxPitch: 0,
    dragRotate: false,
    pitchWithRotate: false,
    renderWorldCopies: false,
    cooperativeGestures: true,
    fadeDuration: 0,
    attributionControl: isOurs ? false : { compact: false },
    locale: { 'Map.Title': 'Map, moved by the arrow keys, plus and minus' },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }));
  map.addControl(new ScaleControl({ unit: 'imperial' }), 'top-left');

  const takeOurs = async () => {
    isOurs = true;
    map.setStyle(await ownStyle(frame));
  };
  await new Promise<void>((resolve, reject) => {
    map.once('load', () => resolve());
    map.on('error', ({ error }) => {
      if (map.loaded()) return;
      if (isOurs) return reject(new Error(error.message));
      options.onStyleMissing();
      void takeOurs();
    });
  }).catch((error: unknown) => {
    map.remove();
    frame.replaceChildren();
    throw error;
  });

  let points: readonly MapPoint[] = [];
  let spots: { things: readonly MapPoint[]; marker: Marker; button: HTMLButtonElement }[] = [];
  const spotOf = (number: number) => spots.find(({ things }) => things.some((one) => one.number === number));

  /** Markers that would lie over each other become one, as far out as the map is now. */
  function placeMarkers(): void {
    const focused = spots.find(({ button }) => button === document.activeElement)?.things[0]?.number;
    for (const { marker } of spots) marker.remove();
    spots = gather(points, (point) => map.project(lngLat(point)), MARKER_PIXELS).map(({ things }) => {
      const button = spotButton(things);
      button.addEventListener('click', () => options.onPress(things));
      const marker = new Marker({ element: button }).setLngLat(lngLat(things[0]!)).addTo(map);
      return { things, marker, button };
    });
    if (focused !== undefined) spotOf(focused)?.button.focus();
  }

  let others: readonly Position[] = [];
  function placeOthers(): void {
    const data = {
      type: 'FeatureCollection' as const,
      features: others.map((position) => ({
        type: 'Feature' as const,
        properties: {},
        geometry: { type: 'Point' as const, coordinates: lngLat(position) },
      })),
    };
    const source = map.getSource<GeoJSONSource>('others');
    if (source) return void source.setData(data);
    map.addSource('others', { type: 'geojson', data, cluster: true, clusterRadius: 24 });
    map.addLayer({
      id: 'others',
      type: 'circle',
      source: 'others',
      paint: {
        'circle-color': colourOf(frame, '--accent'),
        'circle-opacity': 0.55,
        'circle-radius': ['step', ['coalesce', ['get', 'point_count'], 1], 4, 2, 7, 10, 10, 50, 14],
      },
    });
  }

  const dark = matchMedia('(prefers-color-scheme: dark)');
  const recolour = () => void (isOurs && takeOurs());
  dark.addEventListener('change', recolour);
  map.on('zoomend', placeMarkers);
  map.on('style.load', placeOthers);

  return {
    show(nowPoints, nowOthers) {
      const isFirst = points.length === 0;
      points = nowPoints;
      others = nowOthers;
      const bounds = boundsOf(points);
      const isOnePlace = bounds.getNorthEast().distanceTo(bounds.getSouthWest()) === 0;
      const maxZoom = isOnePlace ? FIRST_ZOOM : FIRST_ZOOM_OF_SEVERAL;
      map.fitBounds(bounds, { padding: 48, maxZoom, animate: !isFirst });
      placeMarkers();
      placeOthers();
    },
    goTo(shown) {
      const { clientWidth, clientHeight } = frame;
      const offset: [number, number] =
        clientWidth < 2 * CARD_PIXELS ? [0, -clientHeight * 0.3] : [CARD_PIXELS / 2, 0];
      map.easeTo({ center: lngLat(shown[0]!), offset });
    },
    focus: (number) => spotOf(number)?.button.focus(),
    canPart(shown) {
      const { west, south, east, north } = boxAround(shown);
      return map.getZoom() < CLOSEST_ZOOM && (west < east || south < north);
    },
    part(shown) {
      map.fitBounds(boundsOf(shown), { padding: 60 });
    },
    close() {
      dark.removeEventListener('change', recolour);
      map.remove();
    },
  };
}

const lngLat = ({ longitude, latitude }: Position): [number, number] => [longitude, latitude];

function boundsOf(positions: readonly Position[]): LngLatBounds {
  const { west, south, east, north } = boxAround(positions);
  return new LngLatBounds([west, south, east, north]);
}

function spotButton(things: readonly MapPoint[]): HTMLButtonElement {
  const button = document.createElement('button');
  const [first] = things;
  button.type = 'button';
  button.className = things.length === 1 ? 'spot' : 'spot several';
  button.id = markerId(first!.number);
  button.textContent = spotText(things);
  button.setAttribute('aria-label', spotName(things));
  return button;
}

async function fetchStyle(url: string): Promise<StyleSpecification | null> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(STYLE_WITHIN_MS) });
    return response.ok ? ((await response.json()) as StyleSpecification) : null;
  } catch {
    return null;
  }
}

/** As a sheet made by script it needs no permission for inline styles, and no page fetches it beforehand. */
let sheet: CSSStyleSheet | undefined;
function addStyleSheet(): void {
  if (sheet) return;
  sheet = new CSSStyleSheet();
  sheet.replaceSync(mapLibreCss);
  // Before ours, which give it our type and colours.
  document.adoptedStyleSheets.unshift(sheet);
}
