import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { answerHealthQuestions } from '#lib/server/domain/care/answer-health-questions.ts';
import { bookTopUpAtDesk } from '#lib/server/domain/care/book-top-up-at-desk.ts';
import { closeEpisode } from '#lib/server/domain/care/close-episode.ts';
import { readTopUpsAtDesk, readTopUpTimesAtDesk } from '#lib/server/domain/care/top-ups-at-desk.ts';
import { withdrawConsent } from '#lib/server/domain/care/withdraw-consent.ts';
import { recordDeath } from '#lib/server/domain/reception/record-death.ts';
import type { Actor } from '#lib/server/domain/shared/actor.ts';
import { later, passTime } from '../../builders/act.ts';
import { bookTreatment, consulted, giveConsent, prescribe, reviewed, treat } from '../../builders/care.ts';
import { patient, type Practitioner } from '../../builders/people.ts';
import { advance } from '../../builders/visits.ts';
import { openDesk, type DeskWorld } from '../reception/world.ts';
import { as, auditOf, eventsOf, expectRefusal } from './world.ts';

let world: DeskWorld;
beforeAll(async () => {
  world = await openDesk();
});

const DAY = { hours: 24 };

/** Treated in Leeds with units kept back, some days ago; reviewed yesterday, or never. */
async function treated(
  about: { topUpUnits?: number; days?: number; review?: boolean; injector?: Practitioner } = {},
) {
  const { owner, town } = world;
  await passTime(owner, { hours: 3 });
  const who = await patient(owner);
  const consultation = await consulted(owner, {
    patient: who,
    prescriber: town.prescriber,
    where: town.leeds,
  });
  const prescription = await prescribe(owner, consultation, {
    injector: about.injector ?? town.prescriber,
    topUpUnits: about.topUpUnits ?? 8,
  });
  const consent = await giveConsent(owner, prescription);
  await passTime(owner, { hours: 50 });
  const treatment = await bookTreatment(owner, consent, await later(owner));
  await treat(owner, treatment);
  await passTime(owner, { hours: ((about.days ?? 15) - 1) * 24 });
  if (about.review !== false) await reviewed(owner, treatment);
  await passTime(owner, DAY);
  return { me: as(who), who, treatment, prescription };
}
type Treated = Awaited<ReturnType<typeof treated>>;

const page = ({ who }: Treated, actor = world.joe) => readTopUpTimesAtDesk(world.db, actor, who.id, null);
async function times(seen: Treated): Promise<Temporal.Instant[]> {
  const { topUps } = await page(seen);
  return topUps.flatMap(({ places }) =>
    places.flatMap(({ days }) =>
      days.flatMap((day) => day.times.map(({ datetime }) => Temporal.Instant.from(datetime))),
    ),
  );
}
const order = ({ who, treatment }: Treated, start: Temporal.Instant) => ({
  patientId: who.id,
  treatmentId: treatment.id,
  locationId: world.town.leeds.locationId,
  start,
  channel: 'telephone' as const,
});
const bookIt = (seen: Treated, start: Temporal.Instant, actor: Actor = world.joe) =>
  bookTopUpAtDesk(world.db, actor, order(seen, start));
const barOf = async (seen: Treated) => (await page(seen)).topUps[0]?.bar;

describe('a top-up at the desk', () => {
  it('is booked by a member of the clinic, once, and takes the proof that was signed', async () => {
    const { db, owner, joe } = world;
    const seen = await treated();
    expect(await readTopUpsAtDesk(db, joe, seen.who.id)).toMatchObject([{ bar: null, visitId: null }]);
    const free = await times(seen);
    expect(free.length).toBeGreaterThan(0);
    for (const start of free)
      expect(seen.treatment.at.until(start).total('hours')).toBeLessThanOrEqual(28 * 24);

    const twice = { ...order(seen, free[0]!), requestKey: randomUUID() };
    const { id } = await bookTopUpAtDesk(db, joe, twice);
    expect(await bookTopUpAtDesk(db, joe, twice)).toEqual({ id });
    const booked = await owner
      .selectFrom('appointment')
      .where('id', '=', id)
      .select(['state', 'channel', 'top_up_of_id', 'prescription_id', 'clinic_id'])
      .select(sql<string>`booked_by`.as('by'))
      .executeTakeFirstOrThrow();
    expect(booked).toEqual({
      state: 'confirmed',
      channel: 'telephone',
      top_up_of_id: seen.treatment.id,
      prescription_id: seen.prescription.id,
      clinic_id: world.town.leeds.clinicId,
      by: joe.kind === 'account' ? joe.accountId : '',
    });
    expect(await eventsOf(world, id)).toEqual(['appointment.confirmed']);
    expect(await barOf(seen)).toBe('It is booked.');
    expect((await page(seen)).topUps[0]?.visitId).toBe(id);
    expect(await readTopUpsAtDesk(db, joe, seen.who.id)).toEqual([]);
    await expectRefusal(bookIt(seen, free[1]!), 'top_up_booked');
    await advance(owner, { id }, 'cancelled');
    expect(await barOf(seen)).toBeNull();
  });

  it('says that one is possible, until when and with whom, and nothing that was prescribed', async () => {
    const seen = await treated();
    const [shown] = await readTopUpsAtDesk(world.db, world.joe, seen.who.id);
    expect(Object.keys(shown!).sort()).toEqual(
      ['bar', 'from', 'injectorName', 'treatmentId', 'until', 'visitId', 'zone'].sort(),
    );
    const said = JSON.stringify(await page(seen));
    const { rows } = await sql<{ word: string }>`
      SELECT unnest(array_append(x.regions, x.product_code) || ARRAY[m.name, x.directions]) AS word
        FROM prescription x JOIN product m ON m.code = x.product_code WHERE x.id = ${seen.prescription.id}`.execute(
      world.owner,
    );
    for (const { word } of rows) if (word !== '') expect(said).not.toContain(word);
    expect(said).not.toMatch(/unit|dose|prescri/i);
    const { db, owner } = world;
    const lines = await db.transaction().execute(async (trx) => {
      await sql`SELECT set_config('app.actor_id', ${world.joe.kind === 'account' ? world.joe.accountId : ''}, true)`.execute(
        trx,
      );
      return sql`SELECT 1 FROM prescription`.execute(trx);
    });
    expect(lines.rows).toEqual([]);
    expect(await auditOf({ ...world, owner }, { patient: seen.who })).toContain('top_up.read_at_desk');
  });

  it('is nothing for another clinic’s desk, for practitioners without one, and for strangers', async () => {
    const { db, owner, elsewhere, town } = world;
    const seen = await treated();
    const [time] = await times(seen);
    for (const actor of [elsewhere, as(await patient(owner)), as(town.otherPrescriber), seen.me]) {
      await expectRefusal(readTopUpTimesAtDesk(db, actor, seen.who.id, null), 'not_found');
      await expectRefusal(bookIt(seen, time!, actor), 'not_found');
    }
    const other = await treated();
    await expectRefusal(
      bookTopUpAtDesk(db, world.joe, { ...order(other, time!), treatmentId: seen.treatment.id }),
      'not_found',
    );
  });

  it('waits for the review visit, ends with its days, and is nothing where nothing is kept back', async () => {
    const { db, joe } = world;
    const early = await treated({ days: 13, review: false });
    expect(await barOf(early)).toMatch(/^A review visit in person comes first/);
    expect(await readTopUpsAtDesk(db, joe, early.who.id)).toHaveLength(1);
    await expectRefusal(bookIt(early, await later(world.owner, { hours: 48 })), 'top_up_not_open');

    const over = await treated({ days: 29 });
    expect(await barOf(over)).toMatch(/^The time for it is over/);
    expect(await readTopUpsAtDesk(db, joe, over.who.id)).toEqual([]);
    await expectRefusal(bookIt(over, await later(world.owner, { hours: 24 })), 'top_up_not_open');

    // By the law of Leeds each treatment needs a consultation, so a top-up is the prescriber's.
    const byNurse = await treated({ injector: world.town.injector });
    expect(await barOf(byNurse)).toMatch(/^Here only the prescriber gives one/);
    expect(await readTopUpsAtDesk(db, joe, byNurse.who.id)).toEqual([]);
    await expectRefusal(bookIt(byNurse, await later(world.owner, { hours: 24 })), 'top_up_not_open');

    const none = await treated({ topUpUnits: 0 });
    expect((await page(none)).topUps).toEqual([]);
    await expectRefusal(bookIt(none, await later(world.owner, { hours: 24 })), 'not_found');
  });

  it('says one and the same where a record has something against it', async () => {
    const { db, owner } = world;
    const changed = await treated();
    const [time] = await times(changed);
    await answerHealthQuestions(db, changed.me, {
      answers: { more: 'A new medicine' },
      lastTreatedElsewhereOn: null,
    });
    await expectRefusal(bookIt(changed, time!), 'top_up_ask_first');

    const withdrawn = await treated();
    const [other] = await times(withdrawn);
    await withdrawConsent(db, withdrawn.me, { prescriptionId: withdrawn.prescription.id });
    expect(await barOf(withdrawn)).toMatch(/^Something is to be settled/);
    await expectRefusal(bookIt(withdrawn, other!), 'top_up_ask_first');

    const ended = await treated();
    const [third] = await times(ended);
    await closeEpisode(db, ended.me, { episodeId: ended.treatment.episodeId });
    expect(await barOf(ended)).toMatch(/^The patient has ended/);
    await expectRefusal(bookIt(ended, third!), 'not_now');

    const died = await treated();
    const [fourth] = await times(died);
    await recordDeath(db, world.joe, { patientId: died.who.id, toldBy: 'family' });
    expect((await page(died)).topUps).toEqual([]);
    await expectRefusal(bookIt(died, fourth!), 'not_found');

    const missed = await treated();
    await expectRefusal(bookIt(missed, await later(owner, { minutes: 7 })), 'slot_not_offered');
  });
});
