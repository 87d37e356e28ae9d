import { beforeAll, describe, expect, it } from 'vitest';
import { claimSlot } from '#lib/server/domain/availability/claim.ts';
import { freeSlots } from '#lib/server/domain/availability/reads.ts';
import { arrive } from '#lib/server/domain/booking/arrive.ts';
import { cancelAppointment } from '#lib/server/domain/booking/cancel-appointment.ts';
import { changePractitioner } from '#lib/server/domain/booking/change-practitioner.ts';
import { leaveUnseen } from '#lib/server/domain/booking/leave-unseen.ts';
import { markNoShow } from '#lib/server/domain/booking/mark-no-show.ts';
import { moveAppointment } from '#lib/server/domain/booking/move-appointment.ts';
import { bookTreatment } from '#lib/server/domain/care/book-treatment.ts';
import { closeEpisode } from '#lib/server/domain/care/close-episode.ts';
import { giveConsent } from '#lib/server/domain/care/give-consent.ts';
import { readJointTime } from '#lib/server/domain/care/joint-time.ts';
import { keepJointTime } from '#lib/server/domain/care/keep-joint-time.ts';
import { letJointTimeGo } from '#lib/server/domain/care/let-joint-time-go.ts';
import { readTreatmentTimes } from '#lib/server/domain/care/my-times.ts';
import { signConsultation } from '#lib/server/domain/care/sign-consultation.ts';
import { startVisit } from '#lib/server/domain/care/start-visit.ts';
import { transact } from '#lib/server/domain/shared/transact.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import { later, passTime } from '../../builders/act.ts';
import * as care from '../../builders/care.ts';
import { clinicMember, patient, type Patient } from '../../builders/people.ts';
import { advance, book, type Visit } from '../../builders/visits.ts';
import { passTo } from '../waitlist/world.ts';
import { as, draft, expectRefusal, openWorld, stateOf, type World } from './world.ts';

let world: World;
/** Treated here a hundred days ago by the nurse whom the prescriber supervises. Each test takes one. */
const treated: Patient[] = [];
let nurse: string;

beforeAll(async () => {
  world = await openWorld();
  const { owner, town } = world;
  const { prescriber, injector, leeds: where } = town;
  const named = owner.selectFrom('practitioner').where('id', '=', injector.id).select('display_name');
  nurse = (await named.executeTakeFirstOrThrow()).display_name;
  const booked: care.Treatment[] = [];
  for (let each = 0; each < 13; each += 1) {
    await passTime(owner, { hours: 1 });
    const consultation = await care.consulted(owner, { patient: await patient(owner), prescriber, where });
    const consent = await care.giveConsent(owner, await care.prescribe(owner, consultation, { injector }));
    booked.push(await care.bookTreatment(owner, consent, await later(owner, { hours: 49 })));
  }
  await passTime(owner, { hours: 48, minutes: 10 });
  for (const treatment of booked) {
    await care.treat(owner, treatment);
    treated.push(treatment.patient);
  }
  await passTime(owner, { hours: 24 * 100 });
});

/** A consultation at ten tomorrow. */
async function consultation(who: Patient = treated.pop()!): Promise<Visit> {
  const { owner, town } = world;
  await passTo(world, 10);
  const at = (await appNow(owner)).add({ hours: 24 }).round({ smallestUnit: 'hour' });
  return book(owner, { kind: 'consultation', patient: who, who: town.prescriber, where: town.leeds, at });
}

/** The same, with the nurse's time kept behind it. */
async function kept(): Promise<Visit> {
  const visit = await consultation();
  await keepJointTime(world.db, as(visit.patient), { appointmentId: visit.id });
  return visit;
}

const endOf = ({ at, minutes }: Visit) => at.add({ minutes });
const keptBehind = (visit: Visit) => readJointTime(world.db, as(visit.patient), visit.id);

/** Whether anybody could book the nurse at the end of this visit. */
async function isFreeBehind(visit: Visit): Promise<boolean> {
  const { injector, leeds } = world.town;
  const { locationId } = leeds;
  const slots = await freeSlots(world.db, { practitionerIds: [injector.id], locationId, kind: 'treatment' });
  return slots.some(({ start }) => start.equals(endOf(visit)));
}

async function outcomeOf({ id }: Visit): Promise<string | null | undefined> {
  const row = await world.owner
    .selectFrom('joint_reservation')
    .where('consultation_appointment_id', '=', id)
    .select('outcome')
    .executeTakeFirst();
  return row?.outcome;
}

async function goTo(at: Temporal.Instant): Promise<void> {
  const seconds = Math.ceil((await appNow(world.owner)).until(at).total('seconds'));
  await passTime(world.owner, { seconds });
}

/** The consultation is held and signed, some minutes after its start. */
async function sign(
  visit: Visit,
  { minutes = 25, ...about }: Partial<Parameters<typeof draft>[0]> & { minutes?: number } = {},
) {
  const me = as(visit.who);
  await goTo(visit.at);
  await arrive(world.db, me, { appointmentId: visit.id });
  await startVisit(world.db, me, { appointmentId: visit.id });
  const healthAnswersId = await care.answerHealth(world.owner, visit.patient);
  await goTo(visit.at.add({ minutes }));
  const written = draft({ healthAnswersId, regions: ['forehead_lines', 'frown_lines'], ...about });
  await signConsultation(world.db, me, { appointmentId: visit.id, draft: written });
  const { id } = await world.owner
    .selectFrom('consultation_record')
    .where('appointment_id', '=', visit.id)
    .select('id')
    .executeTakeFirstOrThrow();
  return { id, visit, healthAnswersId };
}

/** Signed suitable, prescribed for the nurse, and the patient has agreed. */
async function agreed(
  visit: Visit,
  { minutes, ...plan }: { minutes?: number } & Parameters<typeof care.prescribe>[2] = {},
) {
  const record = await sign(visit, { minutes });
  const { injector } = world.town;
  const { id: prescriptionId } = await care.prescribe(world.owner, record, {
    injector,
    unchanged: true,
    ...plan,
  });
  await giveConsent(world.db, as(visit.patient), {
    prescriptionId,
    ...care.everyItem(visit.where.jurisdiction),
  });
  return { prescriptionId, locationId: visit.where.locationId };
}

describe('time behind a consultation', () => {
  it('is kept for one patient, once, and offered to nobody else', async () => {
    const visit = await consultation();
    const before = await keptBehind(visit);
    expect(before).toEqual({ kept: null, keptUntil: null, offer: `10:30 with ${nurse}` });
    expect(await isFreeBehind(visit)).toBe(true);

    await keepJointTime(world.db, as(visit.patient), { appointmentId: visit.id });
    await keepJointTime(world.db, as(visit.who), { appointmentId: visit.id });
    expect(await keptBehind(visit)).toEqual({ kept: before.offer, keptUntil: '11:30', offer: null });
    expect(await isFreeBehind(visit)).toBe(false);
    const { injector, leeds } = world.town;
    const wanted = { practitionerId: injector.id, locationId: leeds.locationId, start: endOf(visit) };
    const other = transact(world.db, as(visit.who), (trx) =>
      claimSlot(trx, { ...wanted, kind: 'treatment' }),
    );
    await expectRefusal(other, 'slot_taken');
  });

  it('is kept by the patient, the prescriber and the desk of the clinic, and by nobody else', async () => {
    const { db, owner, town } = world;
    const visit = await consultation();
    const about = { appointmentId: visit.id };
    for (const stranger of [town.otherPrescriber, town.injector, await patient(owner)]) {
      await expectRefusal(keepJointTime(db, as(stranger), about), 'not_found');
      await expectRefusal(letJointTimeGo(db, as(stranger), about), 'not_found');
      await expectRefusal(readJointTime(db, as(stranger), visit.id), 'not_found');
    }
    for (const who of [visit.patient, visit.who, await clinicMember(owner, town.leeds)]) {
      await keepJointTime(db, as(who), about);
      expect((await readJointTime(db, as(who), visit.id)).kept).not.toBeNull();
      await letJointTimeGo(db, as(who), about);
      await letJointTimeGo(db, as(who), about);
      expect(await isFreeBehind(visit)).toBe(true);
    }
  });

  it('is not for somebody who was never treated here, nor when nothing is free', async () => {
    const { db, owner, town } = world;
    const first = await consultation(await patient(owner));
    await expectRefusal(keepJointTime(db, as(first.who), { appointmentId: first.id }), 'no_time_behind');

    const visit = await consultation();
    await book(owner, {
      kind: 'follow_up',
      patient: await patient(owner),
      who: town.injector,
      where: town.leeds,
      at: endOf(visit),
      minutes: 60,
    });
    expect((await keptBehind(visit)).offer).toBeNull();
    await expectRefusal(keepJointTime(db, as(visit.patient), { appointmentId: visit.id }), 'no_time_behind');
  });

  it('is not for a prescriber who does not supervise who treated', async () => {
    const { otherPrescriber: who, leeds: where } = world.town;
    const { at } = await consultation();
    const other = await book(world.owner, { kind: 'consultation', patient: treated.pop()!, who, where, at });
    await expectRefusal(keepJointTime(world.db, as(who), { appointmentId: other.id }), 'no_time_behind');
  });

  it('is kept once by two who ask at once', async () => {
    const { db } = world;
    const one = await consultation();
    await Promise.all(
      [one.patient, one.who].map((who) => keepJointTime(db, as(who), { appointmentId: one.id })),
    );
    const rows = await world.owner
      .selectFrom('joint_reservation')
      .where('consultation_appointment_id', '=', one.id)
      .select('id')
      .execute();
    expect(rows).toHaveLength(1);
  });
});

describe('the treatment', () => {
  it('takes the kept time the same hour, for the same plan with consent', async () => {
    const visit = await kept();
    const order = await agreed(visit);
    const { kept: shown } = await readTreatmentTimes(world.db, as(visit.patient), order.prescriptionId, null);
    expect(shown).toEqual({
      text: `10:30 with ${nurse}`,
      until: '11:30',
      value: `${endOf(visit)} ${order.locationId}`,
    });
    const { id } = await bookTreatment(world.db, as(visit.patient), { ...order, start: endOf(visit) });
    expect(await stateOf(world, id)).toBe('confirmed');
    expect(await outcomeOf(visit)).toBe('treated');
    expect(await keptBehind(visit)).toEqual({ kept: null, keptUntil: null, offer: null });
  });

  it('begins later when the consultation has run over', async () => {
    const visit = await kept();
    const order = await agreed(visit, { minutes: 42 });
    const { kept: shown } = await readTreatmentTimes(world.db, as(visit.patient), order.prescriptionId, null);
    const start = visit.at.add({ minutes: 45 });
    expect(shown?.value).toBe(`${start} ${order.locationId}`);
    await bookTreatment(world.db, as(visit.patient), { ...order, start });
    expect(await outcomeOf(visit)).toBe('treated');
  });

  it('waits for the time to think when the plan is another, and the time is not shown', async () => {
    const visit = await kept();
    const order = await agreed(visit, { doseUnits: 50 });
    const times = await readTreatmentTimes(world.db, as(visit.patient), order.prescriptionId, null);
    expect(times.kept).toBeNull();
    const early = bookTreatment(world.db, as(visit.patient), { ...order, start: endOf(visit) });
    await expectRefusal(early, 'cooling_off');
    expect(await outcomeOf(visit)).toBeNull();
  });

  it('waits for the patient’s consent, and the page says what is kept', async () => {
    const visit = await kept();
    const record = await sign(visit);
    const { injector, leeds } = world.town;
    const { id: prescriptionId } = await care.prescribe(world.owner, record, { injector, unchanged: true });
    const { kept: shown } = await readTreatmentTimes(world.db, as(visit.patient), prescriptionId, null);
    expect(shown).toMatchObject({ until: '11:30', value: null });
    const { locationId } = leeds;
    const order = { prescriptionId, locationId, start: endOf(visit) };
    await expectRefusal(bookTreatment(world.db, as(visit.patient), order), 'consent_missing');
  });

  it('at another time gives the kept time back', async () => {
    const visit = await kept();
    const order = await agreed(visit);
    const { places } = await readTreatmentTimes(world.db, as(visit.patient), order.prescriptionId, null);
    const other = Temporal.Instant.from(places[0]!.days[1]!.times[0]!.datetime);
    await bookTreatment(world.db, as(visit.patient), { ...order, start: other });
    expect(await outcomeOf(visit)).toBe('let_go');
  });
});

describe('the time is free again', () => {
  const inRoom = async (visit: Visit) => {
    await goTo(visit.at);
    await arrive(world.db, as(visit.who), { appointmentId: visit.id });
  };
  const endings: Record<string, (visit: Visit) => Promise<unknown>> = {
    'when the consultation is cancelled': (visit) =>
      cancelAppointment(world.db, as(visit.patient), { appointmentId: visit.id }),
    'when it moves': (visit) =>
      moveAppointment(world.db, as(visit.who), {
        appointmentId: visit.id,
        start: visit.at.add({ hours: 3 }),
      }),
    'when the patient changes to a colleague': (visit) =>
      changePractitioner(world.db, as(visit.who), {
        appointmentId: visit.id,
        practitionerId: world.town.otherPrescriber.id,
        locationId: world.town.leeds.locationId,
        start: visit.at.add({ hours: 3 }),
      }),
    'when it is paused': (visit) => advance(world.owner, visit, 'paused'),
    'when nobody came': async (visit) => {
      await goTo(visit.at.add({ minutes: 20 }));
      await markNoShow(world.db, as(visit.who), { appointmentId: visit.id, by: 'patient' });
    },
    'when the patient left unseen': async (visit) => {
      await inRoom(visit);
      await leaveUnseen(world.db, as(visit.who), { appointmentId: visit.id });
    },
    'when it is stopped': async (visit) => {
      await inRoom(visit);
      await advance(world.owner, visit, 'started', 'stopped');
    },
    'when it ends with another outcome': (visit) => sign(visit, { outcome: 'defer' }),
    'when the patient wants nothing more': async (visit) => {
      await sign(visit);
      await closeEpisode(world.db, as(visit.patient), { episodeId: visit.episodeId });
    },
    'when the patient lets it go': (visit) =>
      letJointTimeGo(world.db, as(visit.patient), { appointmentId: visit.id }),
  };
  // One patient serves them all: each ending leaves the way open for the next.
  let who: Patient;
  beforeAll(() => {
    who = treated.pop()!;
  });
  it.each(Object.entries(endings))('%s', async (_, end) => {
    const visit = await consultation(who);
    await keepJointTime(world.db, as(who), { appointmentId: visit.id });
    await end(visit);
    expect(await outcomeOf(visit)).toBe('let_go');
    const blocks = await world.owner
      .selectFrom('block')
      .where('practitioner_id', '=', world.town.injector.id)
      .where('kind', '=', 'reserved')
      .where('reserved_until', '=', endOf(visit).add({ minutes: 60 }))
      .select('id')
      .execute();
    expect(blocks).toEqual([]);
  });

  it('by itself, an hour after the consultation', async () => {
    const { db, owner } = world;
    const visit = await kept();
    const order = await agreed(visit);
    await goTo(endOf(visit).add({ minutes: 61 }));
    expect((await keptBehind(visit)).kept).toBeNull();
    const { kept: shown } = await readTreatmentTimes(db, as(visit.patient), order.prescriptionId, null);
    expect(shown).toBeNull();
    const late = bookTreatment(db, as(visit.patient), { ...order, start: endOf(visit) });
    await expectRefusal(late, 'slot_not_offered');
    await owner
      .deleteFrom('block')
      .where('reserved_until', '<=', await appNow(owner))
      .execute();
    expect(await outcomeOf(visit)).toBe('lapsed');
  });
});
