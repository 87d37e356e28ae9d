import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { readMyVisit } from '#lib/server/domain/care/my-care.ts';
import { readProfile } from '#lib/server/domain/directory/profile.ts';
import { notifyPatient } from '#lib/server/domain/notifications/notify.ts';
import { endPractice } from '#lib/server/domain/oversight/end-practice.ts';
import { readEnding, readOwnEnding } from '#lib/server/domain/oversight/ending-reads.ts';
import { ownEndingForm, type EndingInput } from '#lib/server/domain/oversight/input.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { later, passTime, type Signer } from '../../builders/act.ts';
import {
  bookTreatment,
  consulted,
  giveConsent,
  planVial,
  prescribe,
  treat,
  vial,
} from '../../builders/care.ts';
import { patient, type Practitioner } from '../../builders/people.ts';
import { afterFile } from '../../harness/after.ts';
import {
  as,
  booked,
  checkedDoctor,
  expectRefusal,
  openWorld,
  slotsFrom,
  stateOf,
  type World,
} from './world.ts';

let world: World;
let worker: Db;
beforeAll(async () => {
  world = await openWorld();
  worker = openDb(openPool(world.workerUrl, { max: 2, onError: () => {} }));
  afterFile(() => worker.destroy());
});

const ENDING: EndingInput = {
  kind: 'retires',
  recordsCustodian: 'Northgate Records',
  recordsContact: '01632 960 555',
  coverName: 'Dr Ines Aldous',
  coverPhone: '01632 960 556',
  sure: 'yes',
};
const NO_COVER = { coverName: '', coverPhone: '' };
const end = (by: Signer, who: Practitioner, ending: Partial<EndingInput> = {}) =>
  endPractice(world.db, as(by), { ...ENDING, ...ending, practitionerId: who.id });

/** A patient whom a doctor has treated just now. */
async function treated(doctor: Practitioner) {
  const person = await patient(world.owner);
  const about = { patient: person, prescriber: doctor, where: world.town.leeds };
  const consent = await giveConsent(
    world.owner,
    await prescribe(world.owner, await consulted(world.owner, about)),
  );
  const treatment = await bookTreatment(world.owner, consent, await later(world.owner, { hours: 72 }));
  await planVial(
    world.owner,
    treatment,
    await vial(world.owner, { where: world.town.leeds, dispensedFor: person }),
  );
  await passTime(world.owner, { hours: 72 });
  await treat(world.owner, treatment);
  return { person, appointmentId: treatment.id };
}

/** The letters of every event about this visit, each delivered twice. */
async function lettersAbout(appointmentId: string): Promise<string[]> {
  const { rows: events } = await sql<{
    id: string;
    type: 'appointment.practice_ended';
    payload: Record<string, string>;
  }>`
    SELECT id, type, payload FROM event WHERE subject_id = ${appointmentId} AND type = 'appointment.practice_ended'`.execute(
    world.owner,
  );
  for (const event of [...events, ...events])
    await notifyPatient(worker, new URL('https://steadyhand.test'), { ...event, appointmentId });
  const { rows } = await sql<{ text: string }>`
    SELECT m.subject || E'\n' || m.body AS text FROM mail_message m JOIN appointment a ON a.id = ${appointmentId}
      JOIN patient p ON p.id = a.patient_id JOIN account x ON x.id = p.account_id AND x.email = m.to_address
     WHERE m.subject = 'About your record'`.execute(world.owner);
  return rows.map(({ text }) => text);
}

describe('an ending', () => {
  it('takes effect at once: not listed, not bookable, what was to come on hold, everybody told in neutral words', async () => {
    const doctor = await checkedDoctor(world);
    const seen = await consulted(world.owner, {
      patient: await patient(world.owner),
      prescriber: doctor,
      where: world.town.leeds,
    });
    const [start] = await slotsFrom(world, doctor, 3);
    const toCome = await booked(world, doctor, start!);
    expect(await readOwnEnding(world.db, as(doctor))).toMatchObject({
      upcoming: 1,
      treatedLately: 0,
      hasEnded: false,
    });
    await end(doctor, doctor, NO_COVER);
    expect(await readProfile(world.db, doctor.slug, 0)).toMatchObject({ listed: false });
    expect(await stateOf(world, toCome)).toBe('paused');
    expect(await readOwnEnding(world.db, as(doctor))).toMatchObject({ hasEnded: true, upcoming: 0 });
    await expectRefusal(end(doctor, doctor, NO_COVER), 'not_now');

    const letters = await lettersAbout(seen.visit.id);
    expect(letters.length).toBe(1);
    expect(letters[0]).toContain('Northgate Records, 01632 960 555');
    expect(letters[0]!.replace(/https:\S+/g, '')).not.toMatch(/retire|died|closed|suspend|toxin|treat/i);
    expect(await readMyVisit(world.db, as(seen.visit.patient), seen.visit.id)).toMatchObject({
      recordsKeptBy: 'Northgate Records, 01632 960 555',
    });
  });

  it('within 28 days of a treatment takes somebody else who is there, and says so to who was treated', async () => {
    const doctor = await checkedDoctor(world);
    const { appointmentId } = await treated(doctor);
    await expectRefusal(end(doctor, doctor, NO_COVER), 'ending_cover_needed');
    const { rows } = await sql<{
      name: string;
    }>`SELECT display_name AS name FROM practitioner WHERE id = ${doctor.id}`.execute(world.owner);
    await expectRefusal(end(doctor, doctor, { coverName: rows[0]!.name }), 'ending_cover_needed');
    // Nothing of a refused ending stays.
    expect(await readProfile(world.db, doctor.slug, 0)).toMatchObject({ listed: true });
    await end(doctor, doctor);
    expect((await lettersAbout(appointmentId))[0]).toContain('Dr Ines Aldous, 01632 960 556');
    const { rows: covered } = await sql<{ isSo: boolean }>`
      SELECT n.covered_until = a.ended_at + interval '28 days' AS "isSo" FROM practice_ending n, appointment a
       WHERE n.practitioner_id = ${doctor.id} AND a.id = ${appointmentId}`.execute(world.owner);
    expect(covered).toEqual([{ isSo: true }]);
  });

  it('takes no cover once those days are over', async () => {
    const doctor = await checkedDoctor(world);
    await treated(doctor);
    await passTime(world.owner, { hours: 28 * 24 + 1 });
    await end(doctor, doctor, NO_COVER);
  });

  it('is said by who leaves, and of a death or a closed clinic by staff', async () => {
    const doctor = await checkedDoctor(world);
    const [reviewer] = world.town.reviewers;
    await expectRefusal(end(world.town.otherPrescriber, doctor), 'not_found');
    await expectRefusal(end(reviewer, doctor), 'ending_by_oneself');
    await expectRefusal(end(doctor, doctor, { kind: 'died' }), 'ending_by_oneself');
    await expectRefusal(readEnding(world.db, as(doctor), doctor.id), 'not_found');
    await end(reviewer, doctor, { kind: 'died' });
    expect(await readEnding(world.db, as(reviewer), doctor.id)).toMatchObject({ hasEnded: true });
  });

  it('asks who keeps the records, and where they are reached', () => {
    const found = ownEndingForm.safeParse({ ...ENDING, recordsCustodian: '', recordsContact: '' });
    expect(found.error?.issues.map(({ path }) => path[0])).toEqual(['recordsCustodian', 'recordsContact']);
  });
});
