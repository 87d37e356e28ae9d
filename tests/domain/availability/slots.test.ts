import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { APPOINTMENT_KINDS } from '#lib/server/domain/availability/schedule.ts';
import type {
  AppointmentKind,
  AppointmentTerms,
  Block,
  LocationHours,
  Schedule,
} from '#lib/server/domain/availability/schedule.ts';
import { findSlots, findSlotsForAll, isSlotOffered } from '#lib/server/domain/availability/slots.ts';
import { slotCase, withMoreTaken, type SlotCase } from './cases.ts';
import { slotsMinuteByMinute } from './oracle.ts';

const SEED = Number(process.env.SEED ?? 20_260_329);
const CASES = 5_000;

describe('slots equal those found minute by minute', () => {
  test(`${CASES} generated calendars, seed ${SEED}`, () => {
    let slots = 0;
    let calendarsWithSlots = 0;
    fc.assert(
      fc.property(slotCase, ({ schedule, terms, search }) => {
        const found = findSlots(schedule, terms, search);
        expect(found).toEqual(slotsMinuteByMinute(schedule, terms, search));
        slots += found.length;
        calendarsWithSlots += Math.sign(found.length);
      }),
      { numRuns: CASES, seed: SEED },
    );
    process.stdout.write(`${slots} slots in ${calendarsWithSlots} of ${CASES} calendars, seed ${SEED}\n`);
    expect(calendarsWithSlots).toBeGreaterThan(CASES / 3);
  });

  test.each(['Europe/London', 'America/Chicago', 'America/Denver'])(
    'every clock change of %s in 2026 and 2027',
    (timeZone) => {
      const changes = clockChanges(timeZone, '2026-01-01', '2028-01-01');
      expect(changes).toHaveLength(4);
      let slots = 0;
      for (const change of changes) {
        const on = change.toPlainDate();
        for (const [startMinute, endMinute] of NIGHTS) {
          for (const stepMinutes of [5, 15, 25, 60]) {
            for (const durationMinutes of [15, 30, 90]) {
              const search = {
                now: change.epochMilliseconds - 40 * HOUR,
                from: on.subtract({ days: 1 }).toString(),
                to: on.add({ days: 1 }).toString(),
              };
              const schedule = practitioner(at(timeZone, everyDay(startMinute, endMinute)), {
                blocks: [
                  {
                    startsAt: change.epochMilliseconds - 50 * MINUTE,
                    endsAt: change.epochMilliseconds - 45 * MINUTE,
                  },
                ],
              });
              const terms = visit({ stepMinutes, durationMinutes, bufferAfterMinutes: 5 });
              const found = findSlots(schedule, terms, search);
              expect(found).toEqual(slotsMinuteByMinute(schedule, terms, search));
              slots += found.length;
            }
          }
        }
      }
      expect(slots).toBeGreaterThan(10_000);
    },
  );
});

describe('whatever the calendar', () => {
  const property = <T>(arbitrary: fc.Arbitrary<T>, holds: (value: T) => void) =>
    fc.assert(fc.property(arbitrary, holds), { numRuns: CASES, seed: SEED });
  const startsOf = ({ schedule, terms, search }: SlotCase) =>
    findSlots(schedule, terms, search).map(({ locationId, startsAt }) => `${locationId} ${startsAt}`);

  // Steps are counted from hours or from the clock, never from what is taken: so time taken moves no other start.
  test('taking time never adds a start, and giving it back never takes one away', () => {
    property(slotCase.chain(withMoreTaken), ({ before, after }) => {
      const offered = new Set(startsOf(before));
      expect(startsOf(after).filter((start) => !offered.has(start))).toEqual([]);
    });
  });

  test('what is offered can be booked, what can be booked is offered', () => {
    property(
      fc.tuple(slotCase, fc.array(fc.nat(96 * 3), { minLength: 8, maxLength: 8 })),
      ([one, quarters]) => {
        const { schedule, terms, search } = one;
        const offered = new Set(startsOf(one));
        for (const { locationId, timeZone } of schedule.locations) {
          const midnight = (date: Temporal.PlainDate) => date.toZonedDateTime(timeZone).epochMilliseconds;
          const first = midnight(Temporal.PlainDate.from(search.from));
          const until = midnight(Temporal.PlainDate.from(search.to).add({ days: 1 }));
          const some = quarters
            .map((quarter) => first + quarter * 15 * MINUTE)
            .filter((start) => start < until);
          const listed = [...offered].flatMap((key, index) =>
            key.startsWith(`${locationId} `) && index % 9 === 0 ? Number(key.split(' ')[1]) : [],
          );
          for (const startsAt of [...some, ...listed.slice(0, 8)]) {
            const isOffered = isSlotOffered(schedule, terms, search.now, { locationId, startsAt });
            expect(isOffered).toBe(offered.has(`${locationId} ${startsAt}`));
          }
        }
      },
    );
  });

  test('a booked slot, written as a block with its buffers, is gone; what neither meets it nor is too near remains', () => {
    property(slotCase, ({ schedule, terms, search }) => {
      const slots = findSlots(schedule, terms, search);
      const booked = slots[Math.floor(slots.length / 2)];
      if (!booked) return;
      const wayOf = (id: string) =>
        schedule.locations.find(({ locationId }) => locationId === id)?.travelMinutes ?? 0;
      const block = {
        startsAt: booked.startsAt - terms.bufferBeforeMinutes * MINUTE,
        endsAt: booked.endsAt + terms.bufferAfterMinutes * MINUTE,
        locationId: booked.locationId,
        travelMinutes: wayOf(booked.locationId),
      };
      const left = findSlots({ ...schedule, blocks: [...schedule.blocks, block] }, terms, search);
      expect(left).toEqual(
        slots.filter((slot) => {
          const isElsewhere = slot.locationId !== block.locationId;
          const way = isElsewhere ? (wayOf(slot.locationId) + block.travelMinutes) * MINUTE : 0;
          return (
            slot.endsAt + (terms.bufferAfterMinutes * MINUTE + way) <= block.startsAt ||
            slot.startsAt - (terms.bufferBeforeMinutes * MINUTE + way) >= block.endsAt
          );
        }),
      );
    });
  });

  test('what touches a slot, its buffers or the way to it, does not meet it; a millisecond nearer does', () => {
    property(
      fc.tuple(slotCase, fc.nat(), fc.boolean(), fc.boolean()),
      ([{ schedule, terms, search }, pick, isBefore, isElsewhere]) => {
        const slots = findSlots(schedule, terms, search);
        if (slots.length === 0) return;
        const { locationId, startsAt, endsAt } = slots[pick % slots.length]!;
        const location = schedule.locations.find((one) => one.locationId === locationId)!;
        const way = isElsewhere ? ((location.travelMinutes ?? 0) + 25) * MINUTE : 0;
        const block = {
          locationId: isElsewhere ? 'somewhere else' : locationId,
          travelMinutes: 25,
          ...(isBefore
            ? { startsAt: 0, endsAt: startsAt - terms.bufferBeforeMinutes * MINUTE - way }
            : {
                startsAt: endsAt + terms.bufferAfterMinutes * MINUTE + way,
                endsAt: Number.MAX_SAFE_INTEGER,
              }),
        };
        const nearer = isBefore
          ? { ...block, endsAt: block.endsAt + 1 }
          : { ...block, startsAt: block.startsAt - 1 };
        const isOffered = (added: Block) =>
          isSlotOffered({ ...schedule, blocks: [...schedule.blocks, added] }, terms, search.now, {
            locationId,
            startsAt,
          });
        expect([isOffered(block), isOffered(nearer)]).toEqual([true, false]);
      },
    );
  });

  test('the order in which hours, closures and blocks are given is of no importance', () => {
    property(slotCase, ({ schedule, terms, search }) => {
      const reversed = {
        ...schedule,
        closures: schedule.closures.toReversed(),
        blocks: schedule.blocks.toReversed(),
        locations: schedule.locations.map((location) => ({
          ...location,
          weeklyHours: location.weeklyHours.toReversed(),
          openings: location.openings.toReversed(),
        })),
      };
      expect(findSlots(reversed, terms, search)).toEqual(findSlots(schedule, terms, search));
    });
  });

  test('a search of many practitioners finds what a search of each one finds', () => {
    property(fc.array(slotCase, { minLength: 2, maxLength: 3 }), (cases) => {
      const search = { now: 0, from: '', to: '', ...cases[0]?.search };
      const practitioners = cases.map(({ schedule, terms }, index) => ({
        schedule: { ...schedule, practitionerId: `practitioner ${index}` },
        terms,
      }));
      const found = findSlotsForAll(practitioners, search);
      expect([...found.keys()]).toEqual(practitioners.map(({ schedule }) => schedule.practitionerId));
      for (const { schedule, terms } of practitioners) {
        expect(found.get(schedule.practitionerId)).toEqual(findSlots(schedule, terms, search));
      }
    });
  });
});

describe.each(['UTC', 'America/Los_Angeles', 'Pacific/Apia'])('with the server in %s', (TZ) => {
  const run = (program: URL) => {
    const { stdout, stderr } = spawnSync(process.execPath, [program.pathname, String(SEED)], {
      env: { ...process.env, TZ, NODE_OPTIONS: '' },
      encoding: 'utf8',
    });
    const [zone, ...said] = stdout.trim().split(' ');
    expect(zone, stderr).toBe(TZ);
    return said.join(' ');
  };

  test('slots and their words are the same', () => {
    const said = run(new URL('./checksum.ts', import.meta.url));
    expect(said).toMatch(/^\d{4,} slots [0-9a-f]{64}$/);
    expect(said).toBe((firstSaid.slots ??= said));
  });

  test('every IANA zone is as the oracle has it around each clock change of 2026 and 2027', () => {
    const said = run(new URL('./every-zone.ts', import.meta.url));
    process.stdout.write(`${TZ}: ${said}\n`);
    expect(said).toMatch(/^[4-9]\d\d zones \d{3,} changes \d{5,} slots 0 unlike the oracle [0-9a-f]{64}$/);
    expect(said).toBe((firstSaid.zones ??= said));
  });
});
const firstSaid: { slots?: string; zones?: string } = {};

describe('named examples', () => {
  test('a morning in London, half-hour visits every half hour', () => {
    expect(localStarts(practitioner(at('Europe/London', everyDay(540, 720))), visit(), '2026-06-17')).toEqual(
      ['09:00+01:00', '09:30+01:00', '10:00+01:00', '10:30+01:00', '11:00+01:00', '11:30+01:00'],
    );
  });

  test('a slot carries its two instants and its location', () => {
    const schedule = practitioner(at('America/Chicago', everyDay(540, 570)));
    expect(findSlots(schedule, visit(), on('2026-01-15'))).toEqual([
      { startsAt: instant('2026-01-15T15:00Z'), endsAt: instant('2026-01-15T15:30Z'), locationId: 'clinic' },
    ]);
  });

  test('what ends at ten does not meet what begins at ten', () => {
    const schedule = practitioner(at('UTC', everyDay(540, 720)), {
      blocks: [{ startsAt: instant('2026-06-17T10:00Z'), endsAt: instant('2026-06-17T11:00Z') }],
    });
    expect(localStarts(schedule, visit(), '2026-06-17')).toEqual([
      '09:00+00:00',
      '09:30+00:00',
      '11:00+00:00',
      '11:30+00:00',
    ]);
  });

  test('buffers keep their distance from a block and may reach outside the hours', () => {
    const schedule = practitioner(at('UTC', everyDay(540, 720)), {
      blocks: [{ startsAt: instant('2026-06-17T10:00Z'), endsAt: instant('2026-06-17T10:20Z') }],
    });
    const terms = visit({ bufferBeforeMinutes: 10, bufferAfterMinutes: 15, stepMinutes: 15 });
    expect(localStarts(schedule, terms, '2026-06-17')).toEqual([
      '09:00+00:00',
      '09:15+00:00',
      '10:30+00:00',
      '10:45+00:00',
      '11:00+00:00',
      '11:15+00:00',
      '11:30+00:00',
    ]);
  });

  test('a closure takes its hours and the buffers that would reach into it, and moves no other start', () => {
    const closed = { startsAt: instant('2026-06-17T09:50Z'), endsAt: instant('2026-06-17T11:10Z') };
    const schedule = practitioner(at('UTC', everyDay(540, 780)), { closures: [closed] });
    expect(localStarts(schedule, visit(), '2026-06-17')).toEqual([
      '09:00+00:00',
      '11:30+00:00',
      '12:00+00:00',
      '12:30+00:00',
    ]);
    expect(localStarts(schedule, visit({ bufferBeforeMinutes: 30 }), '2026-06-17')).toEqual([
      '09:00+00:00',
      '12:00+00:00',
      '12:30+00:00',
    ]);
  });

  test('a closure of one location leaves the other open; a block takes both', () => {
    const schedule: Schedule = {
      practitionerId: 'practitioner',
      locations: [at('UTC', everyDay(540, 600), 'north'), at('UTC', everyDay(570, 660), 'south')],
      closures: [
        { startsAt: instant('2026-06-17T00:00Z'), endsAt: instant('2026-06-18T00:00Z'), locationId: 'north' },
      ],
      blocks: [{ startsAt: instant('2026-06-18T09:00Z'), endsAt: instant('2026-06-18T10:00Z') }],
    };
    const found = findSlots(schedule, visit(), { ...on('2026-06-17'), to: '2026-06-19' });
    expect(found.map((slot) => `${slot.locationId} ${utc(slot.startsAt)}`)).toEqual([
      'south 2026-06-17T09:30:00Z',
      'south 2026-06-17T10:00:00Z',
      'south 2026-06-17T10:30:00Z',
      'south 2026-06-18T10:00:00Z',
      'south 2026-06-18T10:30:00Z',
      'north 2026-06-19T09:00:00Z',
      'north 2026-06-19T09:30:00Z',
      'south 2026-06-19T09:30:00Z',
      'south 2026-06-19T10:00:00Z',
      'south 2026-06-19T10:30:00Z',
    ]);
  });

  test('London, 29 March 2026: the skipped hour is not offered', () => {
    expect(localStarts(practitioner(at('Europe/London', everyDay(0, 180))), visit(), '2026-03-29')).toEqual([
      '00:00+00:00',
      '00:30+00:00',
      '02:00+01:00',
      '02:30+01:00',
    ]);
  });

  test('London, 29 March 2026: hours that begin in the skipped hour begin at the change', () => {
    const schedule = practitioner(at('Europe/London', everyDay(80, 170)));
    expect(localStarts(schedule, visit({ stepMinutes: 20 }), '2026-03-29')).toEqual([
      '02:00+01:00',
      '02:20+01:00',
    ]);
  });

  test('London, 25 October 2026: the hour that comes twice is offered twice', () => {
    expect(localStarts(practitioner(at('Europe/London', everyDay(30, 150))), visit(), '2026-10-25')).toEqual([
      '00:30+01:00',
      '01:00+01:00',
      '01:30+01:00',
      '01:00+00:00',
      '01:30+00:00',
      '02:00+00:00',
    ]);
  });

  test('Denver, 1 November 2026: hours that end in the repeated hour end at its first coming', () => {
    expect(localStarts(practitioner(at('America/Denver', everyDay(0, 90))), visit(), '2026-11-01')).toEqual([
      '00:00-06:00',
      '00:30-06:00',
      '01:00-06:00',
    ]);
  });

  test('Chicago, night of 8 March 2026: hours past midnight are an hour shorter', () => {
    const saturdayNight = { weekday: 6, startMinute: 1320, endMinute: 1680, kinds: APPOINTMENT_KINDS };
    const schedule = practitioner(at('America/Chicago', [saturdayNight]));
    const search = { ...on('2026-03-07'), to: '2026-03-08' };
    const starts = findSlots(schedule, visit({ durationMinutes: 60, stepMinutes: 60 }), search);
    expect(starts.map((slot) => local(slot.startsAt, 'America/Chicago'))).toEqual([
      '22:00-06:00',
      '23:00-06:00',
      '00:00-06:00',
      '01:00-06:00',
      '03:00-05:00',
    ]);
  });

  test('Apia, 30 December 2011: a date that never came has no slots', () => {
    const schedule = practitioner(at('Pacific/Apia', everyDay(540, 1020)));
    expect(localStarts(schedule, visit(), '2011-12-30')).toEqual([]);
    expect(localStarts(schedule, visit({ stepMinutes: 240 }), '2011-12-31')).toEqual([
      '09:00+14:00',
      '13:00+14:00',
    ]);
  });

  test('St John’s, 7 November 2010: clocks that went back across midnight, from 00:01 to 23:01', () => {
    const schedule = practitioner(at('America/St_Johns', everyDay(0, 1440)));
    const starts = localStarts(schedule, visit(), '2010-11-07');
    expect(starts.slice(0, 4)).toEqual(['00:00-02:30', '23:30-03:30', '00:00-03:30', '00:30-03:30']);
    const twentyThreeThirtyAgain = { locationId: 'clinic', startsAt: instant('2010-11-07T03:00Z') };
    expect(isSlotOffered(schedule, visit(), on('2010-11-07').now, twentyThreeThirtyAgain)).toBe(true);
  });

  test('Lord Howe Island, 5 April 2026: half an hour comes twice', () => {
    const schedule = practitioner(at('Australia/Lord_Howe', everyDay(60, 180)));
    expect(localStarts(schedule, visit(), '2026-04-05')).toEqual([
      '01:00+11:00',
      '01:30+11:00',
      '01:30+10:30',
      '02:00+10:30',
      '02:30+10:30',
    ]);
    // Counted from midnight, the clock decides: whole hours stay whole hours on both sides of the change.
    const onTheHour = visit({ stepMinutes: 60, startsCountFrom: 'clock' });
    expect(localStarts(schedule, onTheHour, '2026-04-05')).toEqual(['01:00+11:00', '02:00+10:30']);
  });

  test('Lord Howe Island, 4 October 2026: half an hour is skipped', () => {
    const schedule = practitioner(at('Australia/Lord_Howe', everyDay(60, 180)));
    expect(localStarts(schedule, visit(), '2026-10-04')).toEqual([
      '01:00+10:30',
      '01:30+10:30',
      '02:30+11:00',
    ]);
  });

  test('Chatham Islands: the clock changes at a quarter to three and to four', () => {
    const schedule = practitioner(at('Pacific/Chatham', everyDay(135, 255)));
    const autumn = localStarts(schedule, visit({ stepMinutes: 60 }), '2026-04-05');
    expect(autumn).toEqual(['02:15+13:45', '03:15+13:45', '03:15+12:45']);
    const spring = localStarts(schedule, visit({ stepMinutes: 30 }), '2026-09-27');
    expect(spring).toEqual(['02:15+12:45', '03:45+13:45']);
  });

  test('Casablanca: the clock goes back for Ramadan and on again after it', () => {
    const schedule = practitioner(at('Africa/Casablanca', everyDay(90, 240)));
    const hourly = visit({ stepMinutes: 60 });
    expect(localStarts(schedule, hourly, '2026-02-15')).toEqual([
      '01:30+01:00',
      '02:30+01:00',
      '02:30+00:00',
      '03:30+00:00',
    ]);
    expect(localStarts(schedule, hourly, '2026-03-22')).toEqual(['01:30+00:00', '03:30+01:00']);
    expect(localStarts(schedule, hourly, '2026-03-01')).toEqual([
      '01:30+00:00',
      '02:30+00:00',
      '03:30+00:00',
    ]);
  });

  test('steps counted from the clock: hours from ten past nine begin at a quarter past', () => {
    const schedule = practitioner(at('UTC', everyDay(550, 620)));
    const terms = visit({ stepMinutes: 15, startsCountFrom: 'clock' });
    expect(localStarts(schedule, terms, '2026-06-17')).toEqual(['09:15+00:00', '09:30+00:00', '09:45+00:00']);
  });

  test('hours of every second week keep their rhythm over a new year', () => {
    const schedule = practitioner(
      at('Europe/London', [
        {
          weekday: 2,
          startMinute: 540,
          endMinute: 570,
          kinds: APPOINTMENT_KINDS,
          everyWeeks: 2,
          firstMonday: '2026-12-07',
        },
      ]),
    );
    const search = { now: instant('2026-11-01T00:00Z'), from: '2026-11-20', to: '2027-01-20' };
    expect(findSlots(schedule, visit(), search).map((slot) => utc(slot.startsAt).slice(0, 10))).toEqual([
      '2026-11-24',
      '2026-12-08',
      '2026-12-22',
      '2027-01-05',
      '2027-01-19',
    ]);
  });

  test('a public holiday has no weekly hours; an opening on it opens all the same', () => {
    const schedule = practitioner({
      ...at('Europe/London', everyDay(540, 600)),
      closedDates: ['2026-12-25'],
      openings: [{ date: '2026-12-25', startMinute: 660, endMinute: 690, kinds: APPOINTMENT_KINDS }],
    });
    expect(localStarts(schedule, visit(), '2026-12-25')).toEqual(['11:00+00:00']);
    expect(localStarts(schedule, visit(), '2026-12-24')).toEqual(['09:00+00:00', '09:30+00:00']);
  });

  test('from a visit elsewhere the way of both locations is kept, from one here none', () => {
    const north = { ...at('UTC', everyDay(540, 780), 'north'), travelMinutes: 30 };
    const visitAt = (locationId: string | null) => [
      {
        startsAt: instant('2026-06-17T09:00Z'),
        endsAt: instant('2026-06-17T10:00Z'),
        locationId,
        travelMinutes: 15,
      },
    ];
    const first = (locationId: string | null) =>
      localStarts(
        practitioner(north, { blocks: visitAt(locationId) }),
        visit({ stepMinutes: 15 }),
        '2026-06-17',
      )[0];
    expect([first('north'), first('south'), first(null)]).toEqual([
      '10:00+00:00',
      '10:45+00:00',
      '10:00+00:00',
    ]);
  });

  test('one and the same room is free from the first buffer to the last', () => {
    const taken = (from: string, to: string) => ({
      startsAt: instant(`2026-06-17T${from}Z`),
      endsAt: instant(`2026-06-17T${to}Z`),
    });
    const rooms = [
      { roomId: 'one', blocks: [taken('09:00', '10:00')] },
      { roomId: 'two', blocks: [taken('10:00', '11:00')] },
    ];
    const starts = (given: typeof rooms, terms = {}) =>
      localStarts(
        practitioner({ ...at('UTC', everyDay(540, 690)), rooms: given }),
        visit(terms),
        '2026-06-17',
      );
    expect(starts(rooms)).toEqual([
      '09:00+00:00',
      '09:30+00:00',
      '10:00+00:00',
      '10:30+00:00',
      '11:00+00:00',
    ]);
    // A visit of an hour across ten o'clock would have to change rooms.
    expect(starts(rooms, { durationMinutes: 60 })).toEqual(['09:00+00:00', '10:00+00:00', '10:30+00:00']);
    expect(starts([])).toEqual([]);
  });

  test('a full day is not offered, nor a full week; the days are those of the clinic', () => {
    const schedule = (perDay: number | null, perWeek: number | null) =>
      practitioner({
        ...at('America/Denver', everyDay(540, 570)),
        // Late on Tuesday in Denver, and Wednesday already in London.
        limits: { perDay, perWeek, starts: [instant('2026-06-17T03:00Z')] },
      });
    const search = { ...on('2026-06-15'), to: '2026-06-22' };
    const days = (perDay: number | null, perWeek: number | null) =>
      findSlots(schedule(perDay, perWeek), visit(), search).map((slot) => utc(slot.startsAt).slice(8, 10));
    expect(days(1, null)).toEqual(['15', '17', '18', '19', '20', '21', '22']);
    expect(days(null, 1)).toEqual(['22']);
    expect(days(2, 2)).toEqual(['15', '16', '17', '18', '19', '20', '21', '22']);
  });

  test('overlapping hours: the ones that began first give the starts', () => {
    const schedule = practitioner(at('UTC', [...everyDay(540, 640), ...everyDay(610, 700)]));
    expect(localStarts(schedule, visit(), '2026-06-17')).toEqual([
      '09:00+00:00',
      '09:30+00:00',
      '10:00+00:00',
      '10:30+00:00',
      '10:40+00:00',
      '11:10+00:00',
    ]);
  });

  test('hours that touch are one stretch of open time, across midnight too', () => {
    const schedule = practitioner(at('UTC', everyDay(0, 1440)));
    const late = localStarts(schedule, visit({ durationMinutes: 60 }), '2026-06-17').slice(-2);
    expect(late).toEqual(['23:00+00:00', '23:30+00:00']);
  });

  test('hours for treatment only are not offered for a consultation, nor do they lengthen its hours', () => {
    const schedule = practitioner(at('UTC', [...everyDay(540, 600), ...everyDay(600, 700, ['treatment'])]));
    expect(localStarts(schedule, visit({ durationMinutes: 45 }), '2026-06-17')).toEqual(['09:00+00:00']);
    expect(localStarts(schedule, visit({ kind: 'treatment', durationMinutes: 100 }), '2026-06-17')).toEqual([
      '09:00+00:00',
      '09:30+00:00',
      '10:00+00:00',
    ]);
  });

  test('an opening adds one date, and weekly hours keep to their period', () => {
    const weekly = { weekday: 3, startMinute: 540, endMinute: 570, kinds: APPOINTMENT_KINDS };
    const schedule = practitioner({
      ...at('UTC', [{ ...weekly, validFrom: '2026-06-17', validTo: '2026-06-24' }]),
      openings: [{ date: '2026-06-20', startMinute: 600, endMinute: 630, kinds: ['consultation'] }],
    });
    const found = findSlots(schedule, visit(), {
      now: instant('2026-06-01T00:00Z'),
      from: '2026-06-01',
      to: '2026-07-05',
    });
    expect(found.map((slot) => utc(slot.startsAt))).toEqual([
      '2026-06-17T09:00:00Z',
      '2026-06-20T10:00:00Z',
      '2026-06-24T09:00:00Z',
    ]);
  });

  test('notice counts from now and includes its last moment; the horizon excludes its own', () => {
    const schedule = practitioner(at('UTC', everyDay(540, 660)));
    const search = { now: instant('2026-06-17T08:30Z'), from: '2026-06-10', to: '2026-06-30' };
    const found = findSlots(schedule, visit({ noticeMinutes: 60, horizonDays: 1 }), {
      ...search,
      now: instant('2026-06-17T09:00Z'),
    });
    expect(found.map((slot) => utc(slot.startsAt))).toEqual(['2026-06-17T10:00:00Z', '2026-06-17T10:30:00Z']);
    expect(
      findSlots(schedule, visit({ noticeMinutes: 90, horizonDays: 1 }), search).map((s) => utc(s.startsAt)),
    ).toEqual(['2026-06-17T10:00:00Z', '2026-06-17T10:30:00Z']);
  });

  test('a search over all of history costs no more than the horizon', () => {
    const schedule = practitioner(at('UTC', everyDay(540, 570)));
    const search = { now: instant('2026-06-17T00:00Z'), from: '0001-01-01', to: '9999-12-31' };
    expect(findSlots(schedule, visit({ horizonDays: 3 }), search)).toHaveLength(3);
  });

  test('a step of nothing is refused rather than walked forever', () => {
    expect(() =>
      findSlots(practitioner(at('UTC', everyDay(0, 60))), visit({ stepMinutes: 0 }), on('2026-06-17')),
    ).toThrow(RangeError);
  });
});

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Spans that begin, end or lie inside the hours in which clocks change. */
const NIGHTS: [startMinute: number, endMinute: number][] = [
  [0, 1440],
  [0, 240],
  [45, 135],
  [60, 120],
  [75, 165],
  [90, 100],
  [105, 1440],
  [120, 180],
  [150, 200],
  [1320, 1590],
  [1380, 1530],
  [1439, 2879],
];

function clockChanges(timeZone: string, from: string, until: string): Temporal.ZonedDateTime[] {
  const changes: Temporal.ZonedDateTime[] = [];
  const end = instant(`${until}T00:00Z`);
  let change = Temporal.PlainDate.from(from).toZonedDateTime(timeZone).getTimeZoneTransition('next');
  while (change && change.epochMilliseconds < end) {
    changes.push(change);
    change = change.getTimeZoneTransition('next');
  }
  return changes;
}

function everyDay(
  startMinute: number,
  endMinute: number,
  kinds: readonly AppointmentKind[] = APPOINTMENT_KINDS,
) {
  return [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, startMinute, endMinute, kinds }));
}

function at(
  timeZone: string,
  weeklyHours: LocationHours['weeklyHours'],
  locationId = 'clinic',
): LocationHours {
  return { locationId, timeZone, weeklyHours, openings: [] };
}

function practitioner(location: LocationHours, taken: Partial<Schedule> = {}): Schedule {
  return { practitionerId: 'practitioner', locations: [location], closures: [], blocks: [], ...taken };
}

function visit(terms: Partial<AppointmentTerms> = {}): AppointmentTerms {
  return {
    kind: 'consultation',
    durationMinutes: 30,
    bufferBeforeMinutes: 0,
    bufferAfterMinutes: 0,
    stepMinutes: 30,
    noticeMinutes: 0,
    horizonDays: 90,
    ...terms,
  };
}

/** A search of one date, made a week before. */
function on(date: string) {
  return { now: instant(`${date}T00:00Z`) - 7 * 24 * HOUR, from: date, to: date };
}

function localStarts(schedule: Schedule, terms: AppointmentTerms, date: string): string[] {
  const timeZone = schedule.locations[0]?.timeZone ?? 'UTC';
  return findSlots(schedule, terms, on(date)).map((slot) => local(slot.startsAt, timeZone));
}

function local(at: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at)
    .toZonedDateTimeISO(timeZone)
    .toString()
    .slice(11)
    .replace(/:00(?=[+-])|\[.*/g, '');
}

function utc(at: number): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toString();
}

function instant(text: string): number {
  return Temporal.Instant.from(text).epochMilliseconds;
}
