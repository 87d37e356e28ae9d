import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { confirmBooking } from '#lib/server/domain/booking/confirm-booking.ts';
import { expireHolds } from '#lib/server/domain/booking/expire-holds.ts';
import { extendHold } from '#lib/server/domain/booking/extend-hold.ts';
import { saveDraft } from '#lib/server/domain/booking/save-draft.ts';
import { readBooking } from '#lib/server/domain/booking/reads.ts';
import { isRefusal } from '#lib/server/domain/shared/refusal.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import { account } from '../../builders/people.ts';
import { passTime } from '../../builders/act.ts';
import {
  anonymous,
  as,
  eventsOf,
  expectRefusal,
  hold,
  openWorld,
  refusalOf,
  rows,
  slots,
  stateOf,
  type World,
} from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});

const times = async (about?: World['town']['prescriber']) =>
  (await slots(world, about)).map(({ start }) => start);

describe('a hold', () => {
  it('takes its slot, and all that its buffers meet, for ten minutes', async () => {
    const before = await times();
    const start = before[8]!;
    const kept = await hold(world, start);
    expect(kept).toMatchObject({
      start: start.toString(),
      end: start.add({ minutes: 30 }).toString(),
      extensionsLeft: 2,
    });
    const after = await times();
    // 30 minutes with 5 before and 10 after, against slots of the same shape.
    expect(before.filter((time) => !after.some((other) => other.equals(time)))).toEqual(
      before.filter((time) => Math.abs(time.since(start).total('minutes')) < 45),
    );
    expect(await eventsOf(world, kept.id)).toEqual(['appointment.held']);
  });

  it('refuses a time that is taken, with the three nearest that are not', async () => {
    const free = await times();
    const start = free[30]!;
    await hold(world, start);
    const refusal: unknown = await hold(world, start).catch((error: unknown) => error);
    if (!isRefusal(refusal, 'slot_taken')) throw new Error('it was not refused');
    const alternatives = refusal.details.alternatives as { start: string; text: string }[];
    const still = await times();
    const nearest = still
      .toSorted(
        (a, b) => Math.abs(a.since(start).total('seconds')) - Math.abs(b.since(start).total('seconds')),
      )
      .slice(0, 3)
      .map(String);
    expect(alternatives.map((other) => other.start).toSorted()).toEqual(nearest.toSorted());
  });

  it.each([
    ['between two starts', (free: Temporal.Instant[]) => free[0]!.add({ minutes: 1 })],
    ['a microsecond late', (free: Temporal.Instant[]) => free[0]!.add({ microseconds: 1 })],
    ['at night', (free: Temporal.Instant[]) => free[0]!.add({ hours: 12 })],
    ['in the past', (free: Temporal.Instant[]) => free[0]!.subtract({ hours: 48 })],
    ['beyond the horizon', (free: Temporal.Instant[]) => free.at(-1)!.add({ hours: 24 })],
  ])('refuses a time that is not offered: %s', async (_, pick) => {
    await expectRefusal(hold(world, pick(await times())), 'slot_not_offered');
  });

  it('is not offered with somebody who may not consult, or does not exist', async () => {
    const [start] = await times();
    await expectRefusal(
      hold(world, start!, { practitioner: world.town.injector.slug }),
      'practitioner_unavailable',
    );
    await expectRefusal(hold(world, start!, { practitioner: 'nobody' }), 'not_found');
  });

  it('is kept for adults by the date at the clinic, and of others nothing is stored', async () => {
    const start = (await times()).at(40)!;
    const today = (await appNow(world.db)).toZonedDateTimeISO('Europe/London').toPlainDate();
    const eighteen = today.subtract({ years: 18 });
    const before = await rows(world.owner);
    await expectRefusal(
      hold(world, start, { dateOfBirth: eighteen.add({ days: 1 }).toString() }),
      'under_age',
    );
    await expectRefusal(
      hold(world, start, { dateOfBirth: today.add({ days: 1 }).toString() }),
      'invalid_input',
    );
    await expectRefusal(hold(world, start, { dateOfBirth: null }), 'invalid_input');
    expect(await rows(world.owner)).toEqual(before);
    await hold(world, start, { dateOfBirth: eighteen.toString() });
  });

  it('is one of three at most, for one visitor', async () => {
    const free = await times();
    const { visitorToken } = await hold(world, free.at(60)!);
    await hold(world, free.at(70)!, { visitorToken });
    await hold(world, free.at(80)!, { visitorToken });
    await expectRefusal(hold(world, free.at(90)!, { visitorToken }), 'too_many_holds');
    const another = await hold(world, free.at(90)!, { visitorToken, insteadOfOthers: true });
    expect(await stateOf(world, another.id)).toBe('held');
    expect((await times()).some((time) => time.equals(free.at(60)!))).toBe(true);
  });

  it('is one of two hundred at most, for one network address', async () => {
    const { db, owner } = world;
    const free = await times(world.town.otherPrescriber);
    const apart = free.filter((_, index) => index % 4 === 0);
    const from = { address: '203.0.113.7', practitioner: world.town.otherPrescriber.slug };
    const kept = [];
    for (const start of apart.slice(0, 210))
      kept.push(await hold(world, start, from).catch((error: unknown) => error));
    expect(kept.filter((each) => isRefusal(each, 'too_many_requests')).length).toBe(10);
    await passTime(owner, { minutes: 31 });
    await expireHolds(db);
  });
});

describe('a hold in time', () => {
  it('is extended twice, ten minutes from then', async () => {
    const kept = await hold(world, (await times()).at(100)!);
    const own = { appointmentId: kept.id, partyId: kept.partyId };
    await passTime(world.owner, { minutes: 9 });
    expect((await extendHold(world.db, anonymous, own)).extensionsLeft).toBe(1);
    await passTime(world.owner, { minutes: 9 });
    expect((await extendHold(world.db, anonymous, own)).extensionsLeft).toBe(0);
    await passTime(world.owner, { minutes: 9 });
    await expectRefusal(extendHold(world.db, anonymous, own), 'hold_extended_out');
    expect(await stateOf(world, kept.id)).toBe('held');
    await passTime(world.owner, { minutes: 2 });
    await expectRefusal(extendHold(world.db, anonymous, own), 'hold_ended');
  });

  it('that has run out is offered again and taken by another, with no sweeper; a late confirmation is refused', async () => {
    const start = (await times()).at(110)!;
    const person = await account(world.owner);
    const late = await hold(world, start);
    await passTime(world.owner, { minutes: 11 });
    expect(await stateOf(world, late.id)).toBe('held');
    expect((await times()).some((time) => time.equals(start))).toBe(true);

    const typed = { givenName: 'Ada', familyName: 'Osei', phone: '020 7946 0018' };
    const own = { appointmentId: late.id, partyId: late.partyId, typed };
    await expectRefusal(confirmBooking(world.db, as(person), own), 'hold_ended');
    await hold(world, start);
    expect(await stateOf(world, late.id)).toBe('expired');
    await expectRefusal(confirmBooking(world.db, as(person), own), 'hold_ended');
  });

  it('that has run out under several new ones gives way to all of them', async () => {
    const noon = (await times())
      .filter((time) => time.toZonedDateTimeISO('Europe/London').hour === 12)
      .at(-1)!;
    const stale = await hold(world, noon);
    await passTime(world.owner, { minutes: 11 });
    const minutes = [-30, -15, 0, 15, 30, 45];
    const codes = await Promise.all(
      minutes.map((later) => refusalOf(hold(world, noon.add({ minutes: later })))),
    );
    expect(new Set(codes)).toEqual(new Set([undefined, 'slot_taken']));
    expect(await stateOf(world, stale.id)).toBe('expired');
  });

  it('leaves nothing that was typed, once it is old; a second try within the hour starts from it', async () => {
    const free = await times();
    const first = await hold(world, free.at(140)!);
    await saveDraft(world.db, anonymous, {
      appointmentId: first.id,
      partyId: first.partyId,
      typed: { givenName: 'Zoë', concerns: ['frown_lines'], note: 'Only to ask.', needs: ['step_free'] },
    });
    await passTime(world.owner, { minutes: 20 });
    await expireHolds(world.db);
    expect(await stateOf(world, first.id)).toBe('expired');

    const second = await hold(world, free.at(150)!, { visitorToken: first.visitorToken });
    const { draft } = await readBooking(world.db, anonymous, {
      appointmentId: second.id,
      partyId: second.partyId,
    });
    expect(draft).toMatchObject({
      givenName: 'Zoë',
      concerns: ['frown_lines'],
      note: 'Only to ask.',
      needs: ['step_free'],
    });

    await passTime(world.owner, { hours: 2 });
    await expireHolds(world.db);
    expect((await rows(world.owner)).drafts).toBe(0);
  });
});

describe('the same request sent again', () => {
  it('is answered with the same hold, in parallel and later', async () => {
    const start = (await times()).at(170)!;
    const about = { visitorToken: randomUUID(), requestKey: randomUUID() };
    const answers = await Promise.all(Array.from({ length: 40 }, () => hold(world, start, about)));
    expect(answers).toEqual(answers.map(() => answers[0]));
    expect((await rows(world.owner)).answers).toBe(1);
    await passTime(world.owner, { minutes: 11 });
    expect((await hold(world, start, about)).id).toBe(answers[0]!.id);
  });

  it('is refused with another body, and is another request from another visitor', async () => {
    const free = await times();
    const about = { visitorToken: randomUUID(), requestKey: randomUUID() };
    const first = await hold(world, free.at(180)!, about);
    await expectRefusal(hold(world, free.at(190)!, about), 'key_reused');
    await expectRefusal(hold(world, free.at(180)!, { ...about, dateOfBirth: '1990-01-01' }), 'key_reused');
    const other = await hold(world, free.at(190)!, { ...about, visitorToken: randomUUID() });
    expect(other.id).not.toBe(first.id);
  });
});
