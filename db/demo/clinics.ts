import type { City, District } from './cities.ts';
import type { Random } from './random.ts';
import { slugify } from './slug.ts';
import type { AccessFeature, DemoClinic, DemoLocation, Jurisdiction } from './types.ts';

const words = (text: string) => text.trim().split(/\s*,\s*/);

const clinicNames: Record<Jurisdiction, string[]> = {
  england: words(
    'The Lantern Rooms, Northlight, Quill & Thread, The Weighbridge Practice, Sparrow House, Tidewater Clinic, The Glasshouse, Linden & Ash, Halcyon Mews, The Ferry Rooms, Marrow Lane Clinic, The Old Print Works, Plover House, The Almanac, Saltmarsh & Co, The Long Gallery, Brindle House, Harbour Light, The Apothecary Yard, Wren & Partners, The Sundial Practice, Copperfield Rooms, Foxglove House, The Tannery, Meridian Row, The Counting House, Elderflower Clinic, Kestrel Rooms, The Signal Box, Juniper & Finch, The Corner House, Osier Bank, The Reading Room Clinic, Thistle & Rye, The Chapter House, Bellwether, The Attic Practice, Hawthorn Rooms, The Tailor’s Yard, Ninefold, The Orchard Practice, Penrose & Daughters, Cloudberry Clinic, The Rope Walk, Heron Quay, The Stillroom, Larch House, The Bandstand, Velvet & Oak, The Mill Race, Skylark Practice, The Study, Lowlight, The Garden Door, Pippin House, The Cartographer’s, Teal & Amber, The Gatehouse, Willow & Bone, The Half Moon Rooms, Starling Row, The Dovecote, Rushlight Clinic, The Pattern Shop, Cobalt House, The Sail Loft, Mulberry & Moss, The Night Market Clinic, Cedar Yard, The Keeper’s House, Fernhill, The Hourglass, Damson Rooms, The Tithe Barn, Slate & Linen, The Watermark, Hollow Oak, The Turning Stair, Primrose Practice, The Easel',
  ),
  texas: words(
    'Bluestem Clinic, Mockingbird House, Sabine & Pine, Caliche Creek Clinic, The Porchlight, Live Oak Rooms, Prickly Pear Practice, Longspur, The Cistern, Agave & Ash, Windmill Row Clinic, Palo Verde Practice, Lantana House, The Depot Clinic, Mesquite & Main, Whooping Crane Clinic, The Breezeway, Cottonwood Rooms, Desert Willow, Franklin Light, Sotol House, Redbud Practice, The Courthouse Rooms, Pecan Bayou Clinic, Scissortail, Ocotillo & Co, The Sleeping Porch, Yaupon House, Two Rivers Clinic, Nightheron, The Feed Store Clinic, Armadillo Court, Cypress Knee, Limestone Rooms, The Adobe Practice, Huisache House, Golden Hour Clinic, Anacua, The Dance Hall Rooms, Horned Lark, Coastal Bend Practice, The Switchyard, Sage & Thunder, Brazos Bend Rooms, Cactus Wren, The Cotton Gin, Madrone House, Paloma Clinic, The Star Room, Big Thicket Practice',
  ),
};

const streets: Record<Jurisdiction, string[]> = {
  england: words(
    'Chandler’s Row, Mill Passage, Ropewalk Terrace, St Anselm Street, Albany Place, Cordwainer Lane, Foundry Hill, Priory Walk, Lower Quay Street, Salters’ Court, Beech Avenue, Gaol Lane, Wharfside, Tenter Fold, Hop Garden Road, Canal Parade, Bishop’s Steps, Mercer Street, Lamb Yard, Orchard Crescent, Nelson Terrace, Old Sessions Road, Hope Rise, Fuller’s Gate, Gasworks Road, Silver Street, Castle Bank, Drapers’ Mews, Alma Road, Chapel Bar',
  ),
  texas: words(
    'Pecan Hollow Drive, Bluebonnet Avenue, Sabine Court, Old Cannery Road, Travis Bend, Mission Trail, Crockett Lane, Live Oak Boulevard, Depot Street, Juniper Spur, West Magnolia Street, Caprock Drive, Palmetto Way, San Jacinto Place, Windmill Road, Kiowa Trail, Ranch Gate Road, Agarita Street, Bowie Crossing, Trinity Fork',
  ),
};

const rooms = ['Room 1', 'Room 2', 'Room 3', 'The garden room', 'The front room', 'The quiet room'];

const directions: Record<Jurisdiction, string[]> = {
  england: [
    'The blue door beside the bakery. Ring once and wait a moment.',
    'Ground floor, through the courtyard, second entrance on the left.',
    'Above the bookshop: one flight of stairs, or the lift from the side street.',
    'Five minutes from the station, opposite the church with the clock that is wrong.',
    'Step-free from the rear car park. Call us and we will open the gate.',
    'Look for the lamp, not for a sign: we keep the front plain for your privacy.',
    'Buses stop outside. The entrance has a ramp with a handrail on both sides.',
    'First floor. If stairs are hard for you, tell us and we will meet you downstairs.',
    'In the old school building. The bell says “Clinic” in small letters.',
    'Next to the library, in the passage with the green tiles.',
  ],
  texas: [
    'Park in the lot behind the building; our door is the one with the bench.',
    'Second floor. The elevator is past the front desk of the bank.',
    'The white bungalow with the pecan tree. Come up the ramp on the side.',
    'Suite entrance from the courtyard, across from the coffee shop.',
    'Free parking on the street after nine. The gate code is in your confirmation.',
    'Ground floor, wide doors, no step. Your ride can drop you right at the entrance.',
    'We share a lobby with a law office; tell them that you are here for the second door.',
    'On the corner. If the door is locked, call: we keep it so for quiet.',
  ],
};

export interface ClinicOf {
  clinic: DemoClinic;
  locations: DemoLocation[];
}

/** How clinics are called. */
export interface Naming {
  nameOf(city: City): string;
  /** Never the same one twice. */
  slugOf(name: string, city: City): string;
}

/** For as many clinics as there are names: none is used twice. */
function namedOnce(random: Random): Naming {
  const deck = { england: random.deck(clinicNames.england), texas: random.deck(clinicNames.texas) };
  return {
    nameOf: ({ jurisdiction }) => deck[jurisdiction](),
    slugOf: (name, city) => `${slugify(name)}-${slugify(city.name)}`,
  };
}

const kinds = ['Clinic', 'Practice', 'Rooms', 'Consulting Rooms', 'House'];

/** For any number of clinics: many are called after their street or their town. */
export function namedAfterPlaces(random: Random): Naming['nameOf'] {
  const once = namedOnce(random);
  const streetOf = { england: random.deck(streets.england), texas: random.deck(streets.texas) };
  return (city) =>
    random.weighted([
      [once.nameOf, 2],
      [() => `${streetOf[city.jurisdiction]()} ${random.pick(kinds)}`, 2],
      [() => `${random.pick(['', 'The ', 'Old ', 'New '])}${city.name} ${random.pick(kinds)}`, 1],
    ])(city);
}

/** Opens clinics, city by city. */
export function clinicFounder(
  random: Random,
  { nameOf, slugOf }: Naming = namedOnce(random),
): (city: City, count: number) => ClinicOf[] {
  const streetOf = { england: random.deck(streets.england), texas: random.deck(streets.texas) };
  const directionsOf = { england: random.deck(directions.england), texas: random.deck(directions.texas) };
  const phoneNumber = clinicPhones(random);

  function openLocation(clinic: DemoClinic, city: City, district: District, isBranch: boolean): DemoLocation {
    const { jurisdiction, timeZone } = city;
    const street = streetOf[jurisdiction]();
    return {
      slug: isBranch ? `${clinic.slug}-${slugify(district.name)}` : clinic.slug,
      clinicSlug: clinic.slug,
      name: isBranch ? `${clinic.name}, ${district.name}` : clinic.name,
      jurisdiction,
      street: jurisdiction === 'england' ? `${random.int(2, 96)} ${street}` : texanAddress(random, street),
      district: district.name,
      locality: city.name,
      postcode: district.postcode,
      latitude: jitter(random, district.latitude),
      longitude: jitter(random, district.longitude),
      timeZone,
      accessFeatures: accessFeatures(random, jurisdiction),
      directions: directionsOf[jurisdiction](),
      rooms: random.shuffled(rooms).slice(0, random.int(1, 4)),
    };
  }

  return function found(city, count) {
    const districtOf = random.deck(city.districts);
    return Array.from({ length: count }, (_, index) => {
      const { jurisdiction } = city;
      const name = nameOf(city);
      const clinic = {
        slug: slugOf(name, city),
        name,
        jurisdiction,
        phone: phoneNumber(city),
      };
      const main = districtOf();
      const other = city.districts.find(({ name: district }) => district !== main.name);
      const locations = [openLocation(clinic, city, main, false)];
      if (other && index % 4 === 1) locations.push(openLocation(clinic, city, other, true));
      return { clinic, locations };
    });
  };
}

/** Ofcom and the North American Numbering Plan keep these ranges for fiction, so a demo never rings anybody. */
function clinicPhones(random: Random): (place: { jurisdiction: Jurisdiction; areaCode?: string }) => string {
  const english = random.deck(Array.from({ length: 1000 }, (_, n) => `01632 960${padded(n, 3)}`));
  const texan = random.deck(Array.from({ length: 100 }, (_, n) => `555-01${padded(n, 2)}`));
  return ({ jurisdiction, areaCode = '512' }) =>
    jurisdiction === 'england' ? english() : `(${areaCode}) ${texan()}`;
}

/** As `clinicPhones`, for people on the move. */
export function mobilePhone(random: Random, jurisdiction: Jurisdiction): string {
  return jurisdiction === 'england'
    ? `07700 900${padded(random.int(0, 999), 3)}`
    : `(${random.pick(['713', '214', '512', '210', '915'])}) 555-01${padded(random.int(0, 99), 2)}`;
}

function padded(number: number, digits: number): string {
  return String(number).padStart(digits, '0');
}

function texanAddress(random: Random, street: string): string {
  const house = `${random.int(3, 98) * 100 + random.int(1, 99)} ${street}`;
  return random.chance(0.5) ? `${house}, Suite ${random.int(1, 4)}${padded(random.int(0, 20), 2)}` : house;
}

/** Up to about 700 metres either way. */
function jitter(random: Random, degrees: number): number {
  return Math.round((degrees + (random.next() - 0.5) * 0.012) * 1e5) / 1e5;
}

function accessFeatures(random: Random, jurisdiction: Jurisdiction): AccessFeature[] {
  const likelihood: [AccessFeature, number][] = [
    ['step_free', 0.7],
    ['quiet_room', 0.4],
    ['parking', jurisdiction === 'texas' ? 0.85 : 0.35],
    ['hearing_loop', 0.3],
    ['accessible_toilet', 0.55],
  ];
  return likelihood.filter(([, probability]) => random.chance(probability)).map(([feature]) => feature);
}
