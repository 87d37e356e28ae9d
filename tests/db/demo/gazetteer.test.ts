import { describe, expect, it } from 'vitest';
import { gazetteer } from '#db/demo/gazetteer.ts';
import { demoCities } from '#db/demo/cities.ts';

const places = gazetteer();
const named = (name: string) => places.filter((place) => place.name === name);

describe('gazetteer', () => {
  it('holds some thousand places of England and Texas, largest first', () => {
    expect(places.length).toBeGreaterThan(3000);
    expect(places.length).toBeLessThan(6000);
    expect(places[0]?.name).toBe('London');
    expect(new Set(places.map(({ countryCode }) => countryCode))).toEqual(new Set(['GB', 'US']));
    expect(new Set(places.map(({ id }) => id)).size).toBe(places.length);
  });

  it('knows every city of the demo town, in its own zone', () => {
    for (const { name, timeZone } of demoCities) {
      expect(named(name)).toContainEqual(expect.objectContaining({ timeZone }));
    }
  });

  it('keeps Mountain Time in the far west of Texas only', () => {
    const mountain = places.filter(({ timeZone }) => timeZone === 'America/Denver').map(({ name }) => name);
    expect(mountain).toEqual(expect.arrayContaining(['El Paso', 'Socorro', 'Fort Hancock']));
    expect(mountain).not.toContain('Presidio');
    expect(named('Pecos')[0]?.timeZone).toBe('America/Chicago');
  });

  it('finds a district that GeoNames counts with its city', () => {
    expect(named('Kensington')).toEqual([expect.objectContaining({ population: 0, region: 'England' })]);
  });

  it('tells namesakes apart by the nearest large city', () => {
    expect(named('Newport').map(({ region }) => region)).toEqual(
      expect.arrayContaining(['near Portsmouth, England', 'near Telford, England']),
    );
    expect(named('York').map(({ region }) => region)).toContain('England');
  });
});
