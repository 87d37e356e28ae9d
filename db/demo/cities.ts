import type { Jurisdiction, TimeZone } from './types.ts';

export interface City {
  name: string;
  jurisdiction: Jurisdiction;
  timeZone: TimeZone;
  districts: District[];
  /** US area code; English clinics use Ofcom's numbers for drama instead. */
  areaCode?: string;
}

export interface DemoCity extends City {
  practitioners: number;
}

export interface District {
  name: string;
  postcode: string;
  latitude: number;
  longitude: number;
}

const district = (name: string, postcode: string, latitude: number, longitude: number): District => ({
  name,
  postcode,
  latitude,
  longitude,
});

const english = (name: string, practitioners: number, districts: District[]): DemoCity => ({
  name,
  jurisdiction: 'england',
  timeZone: 'Europe/London',
  practitioners,
  districts,
});

const texan = (
  name: string,
  practitioners: number,
  areaCode: string,
  districts: District[],
  timeZone: TimeZone = 'America/Chicago',
): DemoCity => ({ name, jurisdiction: 'texas', timeZone, practitioners, areaCode, districts });

/** Where the demo people work, and how many of them. Postcodes stop at the outward half: no doorstep is real. */
export const demoCities: DemoCity[] = [
  english('London', 48, [
    district('Marylebone', 'W1G', 51.5195, -0.1475),
    district('Kensington', 'W8', 51.5009, -0.1917),
    district('Islington', 'N1', 51.5385, -0.1025),
    district('Hackney', 'E8', 51.5432, -0.0635),
    district('Clapham', 'SW4', 51.4617, -0.1385),
    district('Richmond', 'TW9', 51.4613, -0.3037),
    district('Greenwich', 'SE10', 51.4826, -0.0077),
    district('Ealing', 'W5', 51.513, -0.3089),
    district('Hampstead', 'NW3', 51.5566, -0.1783),
    district('Croydon', 'CR0', 51.3762, -0.0982),
    district('Peckham', 'SE15', 51.4735, -0.0691),
    district('Walthamstow', 'E17', 51.5846, -0.0203),
  ]),
  english('Manchester', 22, [
    district('Deansgate', 'M3', 53.4794, -2.2489),
    district('Didsbury', 'M20', 53.4167, -2.2319),
    district('Chorlton', 'M21', 53.4422, -2.2773),
    district('Ancoats', 'M4', 53.4848, -2.2265),
    district('Prestwich', 'M25', 53.5333, -2.2833),
  ]),
  english('Birmingham', 20, [
    district('Jewellery Quarter', 'B3', 52.4862, -1.9121),
    district('Edgbaston', 'B15', 52.4623, -1.9261),
    district('Moseley', 'B13', 52.4459, -1.8885),
    district('Harborne', 'B17', 52.4596, -1.9527),
    district('Sutton Coldfield', 'B73', 52.5629, -1.8279),
  ]),
  english('Leeds', 16, [
    district('City centre', 'LS1', 53.7975, -1.5462),
    district('Headingley', 'LS6', 53.8195, -1.5762),
    district('Chapel Allerton', 'LS7', 53.8292, -1.5368),
    district('Roundhay', 'LS8', 53.8316, -1.4993),
  ]),
  english('Bristol', 15, [
    district('Clifton', 'BS8', 51.4559, -2.6192),
    district('Redland', 'BS6', 51.4684, -2.6041),
    district('Bedminster', 'BS3', 51.4398, -2.6004),
    district('Harbourside', 'BS1', 51.4499, -2.5986),
  ]),
  english('Liverpool', 14, [
    district('Georgian Quarter', 'L8', 53.3988, -2.9691),
    district('Allerton', 'L18', 53.3776, -2.9084),
    district('Ropewalks', 'L1', 53.4016, -2.9789),
    district('Crosby', 'L23', 53.4898, -3.0312),
  ]),
  english('Newcastle upon Tyne', 12, [
    district('Jesmond', 'NE2', 54.9899, -1.6051),
    district('Gosforth', 'NE3', 55.0071, -1.6203),
    district('Ouseburn', 'NE1', 54.9745, -1.5922),
  ]),
  english('Brighton', 12, [
    district('North Laine', 'BN1', 50.8262, -0.1391),
    district('Kemptown', 'BN2', 50.8189, -0.1178),
    district('Seven Dials', 'BN1', 50.8303, -0.1488),
  ]),
  english('Sheffield', 11, [
    district('Kelham Island', 'S3', 53.3895, -1.4731),
    district('Ecclesall', 'S11', 53.3621, -1.5018),
    district('Crookes', 'S10', 53.3833, -1.5101),
  ]),
  english('Nottingham', 10, [
    district('Lace Market', 'NG1', 52.9521, -1.1439),
    district('West Bridgford', 'NG2', 52.9291, -1.1266),
    district('Sherwood', 'NG5', 52.9812, -1.1502),
  ]),
  english('Norwich', 8, [
    district('Tombland', 'NR3', 52.6316, 1.2979),
    district('Golden Triangle', 'NR2', 52.6232, 1.2753),
  ]),
  english('Leicester', 7, [
    district('Clarendon Park', 'LE2', 52.6129, -1.1137),
    district('Cultural Quarter', 'LE1', 52.6362, -1.1256),
  ]),
  english('Southampton', 7, [
    district('Bedford Place', 'SO15', 50.9119, -1.4081),
    district('Portswood', 'SO17', 50.9263, -1.3937),
  ]),
  english('Oxford', 7, [
    district('Jericho', 'OX2', 51.7593, -1.2668),
    district('Headington', 'OX3', 51.7607, -1.2107),
  ]),
  english('York', 6, [
    district('Bootham', 'YO30', 53.9655, -1.0899),
    district('Bishophill', 'YO1', 53.9549, -1.0889),
  ]),
  english('Exeter', 6, [
    district("St Leonard's", 'EX2', 50.7176, -3.5163),
    district('Cathedral Yard', 'EX1', 50.7228, -3.5309),
  ]),
  texan('Houston', 28, '713', [
    district('The Heights', '77008', 29.7983, -95.3976),
    district('Montrose', '77006', 29.7452, -95.3903),
    district('Rice Village', '77005', 29.7174, -95.4158),
    district('Midtown', '77004', 29.7402, -95.3794),
    district('Bellaire', '77401', 29.7058, -95.4588),
    district('Katy Freeway', '77079', 29.7793, -95.5986),
  ]),
  texan('Dallas', 24, '214', [
    district('Uptown', '75204', 32.8027, -96.7985),
    district('Bishop Arts', '75208', 32.7496, -96.8286),
    district('Lakewood', '75214', 32.8127, -96.7481),
    district('Preston Hollow', '75225', 32.8716, -96.8091),
    district('Deep Ellum', '75226', 32.7843, -96.7808),
  ]),
  texan('Austin', 20, '512', [
    district('South Congress', '78704', 30.2489, -97.7501),
    district('Mueller', '78723', 30.2982, -97.7051),
    district('Hyde Park', '78751', 30.3068, -97.7262),
    district('Westlake', '78746', 30.2918, -97.8042),
    district('East Austin', '78702', 30.2636, -97.7166),
  ]),
  texan('San Antonio', 18, '210', [
    district('Pearl District', '78215', 29.4421, -98.4801),
    district('Alamo Heights', '78209', 29.4847, -98.4653),
    district('Stone Oak', '78258', 29.6462, -98.4697),
    district('Southtown', '78204', 29.4113, -98.4942),
  ]),
  texan('Fort Worth', 12, '817', [
    district('Near Southside', '76104', 32.7328, -97.3292),
    district('Cultural District', '76107', 32.7489, -97.3661),
    district('Tanglewood', '76109', 32.7007, -97.3942),
  ]),
  texan(
    'El Paso',
    12,
    '915',
    [
      district('Kern Place', '79902', 31.7779, -106.5051),
      district('Upper Valley', '79922', 31.8217, -106.5678),
      district('Cielo Vista', '79925', 31.7811, -106.3739),
    ],
    'America/Denver',
  ),
  texan('Plano', 6, '972', [
    district('Old Downtown', '75074', 33.0198, -96.6989),
    district('Willow Bend', '75093', 33.0365, -96.8071),
  ]),
  texan('Lubbock', 6, '806', [
    district('Tech Terrace', '79410', 33.5707, -101.8892),
    district('Depot District', '79401', 33.5822, -101.8431),
  ]),
  texan('Corpus Christi', 5, '361', [
    district('Ocean Drive', '78404', 27.7691, -97.3961),
    district('Padre Island', '78418', 27.6097, -97.2241),
  ]),
];
