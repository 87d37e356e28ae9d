import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { confirmBooking } from '#lib/server/domain/booking/confirm-booking.ts';
import { notifyOfComplaint } from '#lib/server/domain/notifications/notify-complaint.ts';
import {
  acknowledgeComplaint,
  answerComplaint,
} from '#lib/server/domain/oversight/complaints/answer-complaint.ts';
import type { Finding, Severity } from '#lib/server/domain/oversight/complaints/complaint.ts';
import {
  closeComplaint,
  proposeFinding,
  returnFinding,
} from '#lib/server/domain/oversight/complaints/decide-complaint.ts';
import { escalateComplaints } from '#lib/server/domain/oversight/complaints/escalate-complaints.ts';
import {
  settleComplaint,
  takeComplaintFurther,
  withdrawComplaint,
} from '#lib/server/domain/oversight/complaints/go-on.ts';
import { assignComplaint, triageComplaint } from '#lib/server/domain/oversight/complaints/look-into.ts';
import { makeComplaint } from '#lib/server/domain/oversight/complaints/make-complaint.ts';
import { endHandler, nameHandler } from '#lib/server/domain/oversight/complaints/name-handler.ts';
import {
  readComplaintForm,
  readComplaintQueue,
  readDeskComplaint,
  readDeskComplaints,
  readMyComplaint,
  readMyComplaints,
  readStaffComplaint,
} from '#lib/server/domain/oversight/complaints/reads.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { later, setClock, type Signer } from '../../builders/act.ts';
import { bookTreatment, consulted, giveConsent, prescribe } from '../../builders/care.ts';
import { account, clinicMember, patient, type Patient, type Practitioner } from '../../builders/people.ts';
import { afterFile } from '../../harness/after.ts';
import { countedDb } from '../../harness/counted.ts';
import { as, booked, checkedDoctor, expectRefusal, hold, openWorld, slotsFrom, type World } from './world.ts';

let world: World;
let worker: Db;
beforeAll(async () => {
  world = await openWorld();
  worker = openDb(openPool(world.workerUrl, { max: 2, onError: () => {} }));
  afterFile(() => worker.destroy());
});

const WORDS = 'She did not listen, and my forehead hurt for days.';
const REASONS = 'We read the record and heard both sides.';

/** A patient who has been seen by a doctor, and what came of it. */
async function seen(who?: Practitioner) {
  const doctor = who ?? (await checkedDoctor(world));
  const person = await patient(world.owner);
  const consultation = await consulted(world.owner, {
    patient: person,
    prescriber: doctor,
    where: world.town.leeds,
  });
  return { doctor, person, consultation, appointmentId: consultation.visit.id };
}

async function complain(
  from: Signer,
  about: { appointment?: string; practitioner?: string },
  addressedTo: 'clinic' | 'steadyhand' = 'clinic',
): Promise<string> {
  const input = { words: WORDS, wish: '', addressedTo, locationId: world.town.leeds.locationId };
  const { complaintId } = await makeComplaint(world.db, as(from), about, input);
  return complaintId;
}
const stateOf = async (from: Patient, complaintId: string) =>
  (await readMyComplaint(world.db, as(from), complaintId)).state;
const titles = async (from: Signer, complaintId: string) =>
  (await readMyComplaint(world.db, as(from), complaintId)).steps.map(({ title }) => title);
const triage = (by: Signer, complaintId: string, severity: Severity) =>
  triageComplaint(world.db, as(by), { complaintId, severity });
const found = (complaintId: string, finding: Finding) => ({ complaintId, finding, words: REASONS });

/** The letters that this person gets when every event of the complaint is delivered, twice. */
async function lettersTo(to: Signer, complaintId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string; payload: Record<string, string> }>`
    SELECT id, payload FROM event WHERE subject_type = 'complaint' AND subject_id = ${complaintId} ORDER BY id`.execute(
    world.owner,
  );
  for (const event of [...rows, ...rows])
    await notifyOfComplaint(worker, new URL('https://steadyhand.example'), { ...event, complaintId });
  const { rows: letters } = await sql<{ text: string }>`
    SELECT m.subject || E'\n' || m.body AS text FROM mail_message m JOIN account a ON a.email = m.to_address
     WHERE a.id = ${to.accountId} AND m.body LIKE ${`%${complaintId}%`} ORDER BY m.id`.execute(world.owner);
  return rows.length === 0 ? [] : letters.map(({ text }) => text);
}

describe('a complaint to the clinic', () => {
  it('is acknowledged, answered and settled, and each side is told in words that say nothing', async () => {
    const { doctor, person, appointmentId } = await seen();
    const form = await readComplaintForm(world.db, as(person), { appointment: appointmentId });
    expect(form).toMatchObject({ acknowledgeDays: 3, answerDays: 20, places: [] });
    expect(form.bodies.map(({ name }) => name)).toEqual([
      'General Medical Council',
      'Care Quality Commission',
    ]);

    const id = await complain(person, { appointment: appointmentId });
    expect((await readMyComplaints(world.db, as(person))).complaints).toMatchObject([{ id }]);
    // With nobody else there for it, the practitioner answers.
    expect(await readDeskComplaint(world.db, as(doctor), id)).toMatchObject({ mayAcknowledge: true });
    await acknowledgeComplaint(world.db, as(doctor), { complaintId: id });
    await expectRefusal(acknowledgeComplaint(world.db, as(doctor), { complaintId: id }), 'not_now');
    await answerComplaint(world.db, as(doctor), {
      complaintId: id,
      words: 'We are sorry.\nCome and talk to us.',
    });
    expect(await titles(person, id)).toEqual([
      'Complaint made',
      'The clinic acknowledged it',
      'The clinic answered',
    ]);
    await settleComplaint(world.db, as(person), { complaintId: id });
    await expectRefusal(takeComplaintFurther(world.db, as(person), { complaintId: id }), 'not_now');

    const told = await lettersTo(person, id);
    expect(told.length).toBe(4);
    expect((await lettersTo(doctor, id)).length).toBe(2);
    const { rows } = await sql<{
      name: string;
    }>`SELECT display_name AS name FROM practitioner WHERE id = ${doctor.id}`.execute(world.owner);
    for (const letter of told) {
      expect(letter).not.toContain(rows[0]!.name);
      expect(letter).not.toContain(WORDS);
      // The address of the page alone names what it is.
      expect(letter.replace(/https:\S+/g, '')).not.toMatch(/toxin|treatment|complain/i);
    }
  });

  it('that the clinic leaves lying goes to Steadyhand by itself, once, when each clock has run out', async () => {
    const { doctor, person, appointmentId } = await seen();
    const [silent, slow] = [
      await complain(person, { appointment: appointmentId }),
      await complain(person, { appointment: appointmentId }),
    ];
    await acknowledgeComplaint(world.db, as(doctor), { complaintId: slow });
    await escalateComplaints(worker);
    expect([await stateOf(person, silent), await stateOf(person, slow)]).toEqual(['made', 'acknowledged']);

    const dueOf = async (column: string) =>
      (
        await sql<{
          due: string;
        }>`SELECT ${sql.ref(column)}::text AS due FROM complaint WHERE id = ${silent}`.execute(world.owner)
      ).rows[0]!.due;
    await setClock(world.owner, await dueOf('acknowledge_by'));
    await Promise.all([escalateComplaints(worker), escalateComplaints(worker)]);
    await escalateComplaints(worker);
    expect(await titles(person, silent)).toEqual([
      'Complaint made',
      'The clinic did not acknowledge it in time, so it is with Steadyhand',
    ]);
    expect(await stateOf(person, slow)).toBe('acknowledged');
    await setClock(world.owner, await dueOf('answer_by'));
    await escalateComplaints(worker);
    expect(await stateOf(person, slow)).toBe('with_steadyhand');
    // It may still say its side, which ends nothing.
    await answerComplaint(world.db, as(doctor), { complaintId: slow, words: 'We were away, and are sorry.' });
    expect(await stateOf(person, slow)).toBe('with_steadyhand');
  });

  it('counts working days on the calendar of the place', async () => {
    const due = async (from: string, days: number) =>
      (
        await sql<{ due: Temporal.Instant }>`
          SELECT end_of_working_day(${from}::timestamptz, ${days}, 'england', 'Europe/London') AS due`.execute(
          world.owner,
        )
      ).rows[0]!.due.toString();
    await sql`INSERT INTO public_holiday (jurisdiction, on_date, name) VALUES ('england', '2031-08-25', 'Bank holiday') ON CONFLICT DO NOTHING`.execute(
      world.owner,
    );
    // A Thursday, with a Monday that is a holiday behind the weekend; summer time.
    expect(await due('2031-08-21T22:30:00Z', 3)).toBe('2031-08-27T23:00:00Z');
    expect(await due('2031-08-21T23:30:00Z', 1)).toBe('2031-08-26T23:00:00Z');
    expect(await due('2031-01-06T09:00:00Z', 20)).toBe('2031-02-04T00:00:00Z');
  });

  it('is read by nobody else: not by another patient, another doctor, nor the desk until it is named', async () => {
    const doctor = await checkedDoctor(world);
    const { person, appointmentId } = await seen(doctor);
    const reception = await clinicMember(world.owner, world.town.leeds);
    const id = await complain(person, { appointment: appointmentId });
    for (const other of [await patient(world.owner), reception, world.town.otherPrescriber]) {
      await expectRefusal(readMyComplaint(world.db, as(other), id), 'not_found');
      await expectRefusal(readDeskComplaint(world.db, as(other), id), 'not_found');
      await expectRefusal(withdrawComplaint(world.db, as(other), { complaintId: id }), 'not_found');
      await expectRefusal(acknowledgeComplaint(world.db, as(other), { complaintId: id }), 'not_found');
      await expectRefusal(readStaffComplaint(world.db, as(other), id), 'not_found');
    }
    const named = { clinicId: world.town.leeds.clinicId, accountId: reception.accountId };
    await expectRefusal(nameHandler(world.db, as(reception), named), 'not_found');
    await nameHandler(world.db, as(doctor), named);
    expect((await readDeskComplaints(world.db, as(reception))).complaints.map((one) => one.id)).toContain(id);
    // Whom it is about reads it still, and answers no more.
    expect(await readDeskComplaint(world.db, as(doctor), id)).toMatchObject({ mayAnswer: false });
    await expectRefusal(
      answerComplaint(world.db, as(doctor), { complaintId: id, words: 'It was not like that.' }),
      'clinic_answers',
    );
    await acknowledgeComplaint(world.db, as(reception), { complaintId: id });
    // Nobody writes into the trail that somebody ended what never was, or is not theirs to end.
    const stranger = await account(world.owner);
    await expectRefusal(
      endHandler(world.db, as(doctor), { ...named, accountId: stranger.accountId }),
      'not_found',
    );
    await endHandler(world.db, as(doctor), named);
    await expectRefusal(endHandler(world.db, as(doctor), named), 'not_found');
    await expectRefusal(readDeskComplaint(world.db, as(reception), id), 'not_found');
  });

  it('is made about one’s own visit, or about a practitioner by anybody with an account', async () => {
    const { doctor, person, appointmentId } = await seen();
    const other = await account(world.owner);
    await expectRefusal(complain(other, { appointment: appointmentId }), 'not_found');
    await expectRefusal(complain(other, { practitioner: 'nobody-of-that-name' }), 'not_found');
    const id = await complain(other, { practitioner: doctor.slug });
    expect((await readMyComplaint(world.db, as(other), id)).visit).toBeNull();
    for (let nth = 0; nth < 3; nth += 1) await complain(person, { practitioner: doctor.slug });
    await expectRefusal(complain(person, { practitioner: doctor.slug }), 'complaints_open');
    const [first] = (await readMyComplaints(world.db, as(person))).complaints;
    await withdrawComplaint(world.db, as(person), { complaintId: first!.id });
    await complain(person, { practitioner: doctor.slug });
  });
});

describe('Steadyhand', () => {
  it('reads each complaint, decides what comes to it, and tells the reasons and where to go next', async () => {
    const { doctor, person, appointmentId } = await seen();
    const [one] = world.town.reviewers;
    const id = await complain(person, { appointment: appointmentId }, 'steadyhand');
    await expectRefusal(closeComplaint(world.db, as(one), found(id, 'not_upheld')), 'complaint_not_read');
    await triage(one, id, 'low');
    await assignComplaint(world.db, as(one), { complaintId: id });
    expect((await readComplaintQueue(world.db, as(one))).find((each) => each.id === id)).toMatchObject({
      severity: 'low',
      isYours: true,
      isWithUs: true,
    });
    await closeComplaint(world.db, as(one), found(id, 'partly_upheld'));
    const mine = await readMyComplaint(world.db, as(person), id);
    expect(mine.steps.at(-1)).toMatchObject({ title: 'Decided: upheld in part', words: REASONS });
    expect(mine.bodies.length).toBe(2);
    await expectRefusal(withdrawComplaint(world.db, as(person), { complaintId: id }), 'not_now');
    expect((await readDeskComplaint(world.db, as(doctor), id)).steps.at(-1)!.words).toBe(REASONS);
    expect((await readComplaintQueue(world.db, as(one))).some((each) => each.id === id)).toBe(false);
  });

  it('takes what is about safety at once, and upholds it by two people', async () => {
    const { doctor, person, appointmentId } = await seen();
    const [one, two] = world.town.reviewers;
    const id = await complain(person, { appointment: appointmentId });
    await triage(one, id, 'high');
    expect(await stateOf(person, id)).toBe('with_steadyhand');
    expect((await readComplaintQueue(world.db, as(one)))[0]!.severity).toBe('high');
    // Lowering it opens no short way.
    await triage(one, id, 'low');
    await expectRefusal(closeComplaint(world.db, as(one), found(id, 'upheld')), 'complaint_second_person');
    await proposeFinding(world.db, as(one), found(id, 'upheld'));
    await expectRefusal(closeComplaint(world.db, as(one), found(id, 'upheld')), 'complaint_second_person');
    await expectRefusal(
      closeComplaint(world.db, as(two), found(id, 'partly_upheld')),
      'complaint_second_person',
    );
    await returnFinding(world.db, as(two), { complaintId: id, words: 'Hear the clinic first.' });
    await expectRefusal(closeComplaint(world.db, as(two), found(id, 'upheld')), 'complaint_second_person');
    await proposeFinding(world.db, as(one), found(id, 'upheld'));
    expect((await readStaffComplaint(world.db, as(two), id)).proposal).toMatchObject({ isYours: false });
    // What reviewers say among themselves nobody else reads.
    for (const steps of [
      (await readMyComplaint(world.db, as(person), id)).steps,
      (await readDeskComplaint(world.db, as(doctor), id)).steps,
    ])
      expect(steps.map(({ title }) => title)).toEqual([
        'Complaint made',
        'A reviewer of Steadyhand read it',
        'A reviewer of Steadyhand read it',
      ]);
    await closeComplaint(world.db, as(two), found(id, 'upheld'));
    expect(await stateOf(person, id)).toBe('closed');
  });

  it('lets no reviewer work on a complaint of their own', async () => {
    const { doctor, person, appointmentId } = await seen();
    await world.owner
      .insertInto('staff')
      .values({ account_id: doctor.accountId, role: 'reviewer' })
      .execute();
    const id = await complain(person, { appointment: appointmentId });
    await expectRefusal(readStaffComplaint(world.db, as(doctor), id), 'not_found');
    await expectRefusal(triage(doctor, id, 'low'), 'not_about_yourself');
  });

  it('sees what was on record at that moment, and what has changed since', async () => {
    const { doctor, person, consultation, appointmentId } = await seen();
    const consent = await giveConsent(world.owner, await prescribe(world.owner, consultation));
    await bookTreatment(world.owner, consent, await later(world.owner, { hours: 72 }));
    const id = await complain(person, { appointment: appointmentId });
    const [one] = world.town.reviewers;
    const evidence = async () =>
      (await readStaffComplaint(world.db, as(one), id)).evidence.map(
        ({ kind, since }) => `${kind}: ${since}`,
      );
    expect(await evidence()).toEqual([
      'Appointment: same',
      'Appointment: same',
      'Consent: same',
      'Consultation record: same',
      'Prescription: same',
    ]);
    await sql`UPDATE appointment SET reason = 'Another one', state = 'cancelled', cancelled_by = 'patient' WHERE id <> ${appointmentId} AND patient_id = ${person.id}`.execute(
      world.owner,
    );
    expect((await evidence()).filter((line) => line.endsWith('changed'))).toEqual(['Appointment: changed']);
    const { rows } = await sql<{ reads: number }>`
      SELECT count(*)::int AS reads FROM audit WHERE stream = ${`patient:${person.id}`} AND action = 'complaint.read'`.execute(
      world.owner,
    );
    expect(rows[0]!.reads).toBe(2);
    expect(doctor.id).not.toBe(person.id);
  });
});

describe('a complaint touches nothing else', () => {
  it('its patient books as before, with the same practitioner', async () => {
    const { doctor, person, appointmentId } = await seen();
    await complain(person, { appointment: appointmentId }, 'steadyhand');
    const [start] = await slotsFrom(world, doctor, 2);
    const { id } = await hold(world, start!, {
      actor: as(person),
      dateOfBirth: null,
      practitioner: doctor.slug,
    });
    await confirmBooking(world.db, as(person), { appointmentId: id, partyId: null });
    // And so does everybody else.
    const [next] = await slotsFrom(world, doctor, 3);
    await booked(world, doctor, next!);
  });

  it('nothing in the database looks at it but what is its own, the public count of a quarter, who leaves the desk, and what forgets', async () => {
    const { rows } = await sql<{ name: string }>`
      SELECT p.proname AS name FROM pg_proc p
       WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f' AND p.prosrc ~ 'complaint' AND p.proname !~ 'complaint'
      UNION ALL
      SELECT viewname FROM pg_views WHERE schemaname = 'public' AND definition ~ 'complaint'
      UNION ALL
      SELECT conname FROM pg_constraint WHERE confrelid::regclass::text ~ '^complaint' AND conrelid::regclass::text !~ '^complaint'`.execute(
      world.owner,
    );
    expect(rows.map(({ name }) => name).toSorted()).toEqual([
      'clinic_member_steps',
      'count_safety',
      'delete_locked_record',
      'erasure_obstacle',
      'erasure_steps',
      'forget_account',
      'forget_practitioner',
      'practice_kept_until',
      'record_kept_until',
    ]);
  });

  it('lists take as many queries for one as for three', async () => {
    const { doctor, person, appointmentId } = await seen();
    const { db, counted } = countedDb(world.appUrl);
    const count = async () => {
      const [, queries] = await counted(async () => {
        await readDeskComplaints(db, as(doctor));
        await readMyComplaints(db, as(person));
        await readComplaintQueue(db, as(world.town.reviewers[0]));
      });
      return queries;
    };
    await complain(person, { appointment: appointmentId });
    const one = await count();
    await complain(person, { appointment: appointmentId });
    await complain(person, { practitioner: doctor.slug });
    expect(await count()).toBe(one);
    expect(one).toBe(8);
  });
});
