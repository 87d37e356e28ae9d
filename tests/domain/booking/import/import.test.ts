import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  importAppointments,
  type ImportInput,
} from '#lib/server/domain/booking/import/import-appointments.ts';
import { localDate } from '#lib/server/domain/shared/dates.ts';
import { later } from '../../../builders/act.ts';
import { as, expectRefusal, openWorld, slots, type World } from '../world.ts';
import { DUMP } from './dump.ts';

let world: World;
/** A day in ten days' time in Leeds, and the year in which the eighteen-year-olds of today were born. */
let day: string;
let year: number;
beforeAll(async () => {
  world = await openWorld();
  const then = await later(world.owner, { days: 10 });
  day = localDate(then, 'Europe/London');
  year = Number(day.slice(0, 4)) - 18;
});

const me = () => as(world.town.prescriber);
const csv = (...rows: string[]) =>
  ['reference,date,start,end,first name,last name,date of birth,email,kind', ...rows].join('\n');
const bring = (text: string, input: Partial<ImportInput> = {}, actor = me()) =>
  importAppointments(world.db, actor, { location: world.town.leeds.locationId, text, ...input });
/** The dry run, and then the real one of the same file. */
const reallyBring = async (text: string, input: Partial<ImportInput> = {}) =>
  bring(text, { ...input, seen: (await bring(text, input)).fingerprint });
const verdicts = ({ rows }: { rows: { reference: string; verdict: string }[] }) =>
  Object.fromEntries(rows.map(({ reference, verdict }) => [reference, verdict]));
const counts = async () =>
  (
    await sql<Record<string, number>>`
      SELECT (SELECT count(*) FROM appointment) AS appointments, (SELECT count(*) FROM patient) AS patients, (SELECT count(*) FROM block) AS blocks,
             (SELECT count(*) FROM event) AS events, (SELECT count(*) FROM audit) AS audits, (SELECT count(*) FROM care_episode) AS episodes,
             (SELECT count(*) FROM imported_appointment) AS imported`.execute(world.owner)
  ).rows[0]!;

describe('a dry run', () => {
  it('says of each row what will become of it, and writes nothing', async () => {
    const before = await counts();
    const report = await bring(
      csv(
        `ready,${day},09:00,09:30,Ana,Bell,1984-03-27,,Consultation`,
        `early,${day},05:00,05:30,Ana,Bell,1984-03-27,,Consultation`,
        `overlap,${day},09:35,10:00,Bo,Bell,1984-03-27,,Consultation`,
        `treatment,${day},11:00,11:30,Bo,Bell,1984-03-27,,Botulinum treatment`,
        `young,${day},12:00,12:30,Cy,Bell,${year + 1}-12-31,,Consultation`,
        `unborn,${day},13:00,13:30,Di,Bell,,,Consultation`,
        `nameless,${day},14:00,14:30,,Bell,1984-03-27,,Consultation`,
        `long,${day},15:00,21:00,Ed,Bell,1984-03-27,,Consultation`,
        `twice,${day},16:00,16:30,Fay,Bell,1984-03-27,,Consultation`,
        `twice,${day},16:45,17:00,Fay,Bell,1984-03-27,,Consultation`,
        `when,someday,16:45,17:00,Fay,Bell,1984-03-27,,Consultation`,
        'past,2020-01-06,09:00,09:30,Gus,Bell,1984-03-27,,Consultation',
      ),
    );
    expect(verdicts(report)).toEqual({
      ready: 'ready',
      early: 'ready',
      overlap: 'overlaps_in_file',
      treatment: 'not_a_consultation',
      young: 'under_age',
      unborn: 'no_date_of_birth',
      nameless: 'no_name',
      long: 'unlikely_length',
      twice: 'same_reference',
      when: 'unreadable_time',
    });
    expect(report).toMatchObject({ count: 2, settled: 1, isDryRun: true });
    expect(await counts()).toEqual(before);
  });

  it('sees the calendar as the real run will', async () => {
    const [{ start }] = (await slots(world)).slice(-3) as [Awaited<ReturnType<typeof slots>>[number]];
    const wall = start.toZonedDateTimeISO('Europe/London');
    const closedDay = wall.toPlainDate().subtract({ days: 1 }).toString();
    await world.owner
      .insertInto('closure')
      .values({
        practitioner_id: world.town.prescriber.id,
        span: sql`tstzrange(${`${closedDay}T00:00Z`}::timestamptz, ${`${closedDay}T23:59Z`}::timestamptz)`,
      })
      .execute();
    const rows = csv(
      `free,${wall.toPlainDate().toString()},${wall.toPlainTime().toString().slice(0, 5)},,Ana,Bell,1984-03-27,,`,
      `closed,${closedDay},10:00,10:30,Ana,Bell,1984-03-27,,`,
    );
    expect(verdicts(await bring(rows))).toEqual({ free: 'ready', closed: 'not_open' });
    expect(verdicts(await reallyBring(rows))).toEqual({ free: 'imported', closed: 'not_open' });
    const again = csv(
      `other,${wall.toPlainDate().toString()},${wall.toPlainTime().toString().slice(0, 5)},,Bo,Bell,1984-03-27,,`,
    );
    expect(verdicts(await bring(again))).toEqual({ other: 'time_taken' });
  });
});

describe('the real run', () => {
  it('makes confirmed consultations of people without an account, outside of hours too, once', async () => {
    const text = csv(
      `m1,${day},06:00,06:45,Siân,Ó Briain,1984-03-27,sian@example.test,Consultation`,
      `m2,${day},20:00,20:30,siân,ó briain,1984-03-27,,Consultation`,
    );
    const report = await reallyBring(text);
    expect([report.count, verdicts(report)]).toEqual([2, { m1: 'imported', m2: 'imported' }]);
    const { rows } = await sql`
      SELECT a.kind, a.state, a.channel, a.booked_by = ${world.town.prescriber.accountId} AS mine, p.account_id, p.given_name, p.email,
             (upper(a.during) - lower(a.during))::text AS lasts, b.span @> a.during AS kept
        FROM imported_appointment i JOIN appointment a ON a.id = i.appointment_id JOIN patient p ON p.id = a.patient_id JOIN block b ON b.id = a.block_id
       WHERE i.reference IN ('m1', 'm2') ORDER BY i.reference`.execute(world.owner);
    const both = { kind: 'consultation', state: 'confirmed', channel: 'import', mine: true, kept: true };
    // One person, under one name.
    const person = { account_id: null, given_name: 'Siân', email: 'sian@example.test' };
    expect(rows).toEqual([
      { ...both, ...person, lasts: '00:45:00' },
      { ...both, ...person, lasts: '00:30:00' },
    ]);

    const before = await counts();
    expect(verdicts(await reallyBring(text))).toEqual({ m1: 'already_here', m2: 'already_here' });
    expect(await counts()).toEqual(before);
  });

  it('writes to nobody', async () => {
    const { rows } = await sql`SELECT 1 FROM mail_message`.execute(world.owner);
    expect(rows).toEqual([]);
  });

  it('takes the file that was looked at, and no other', async () => {
    const seen = await bring(csv(`x,${day},21:00,21:30,Ana,Bell,1984-03-27,,`));
    const before = await counts();
    await expectRefusal(
      bring(csv(`x,${day},21:00,21:30,Bo,Bell,1984-03-27,,`), { seen: seen.fingerprint }),
      'import_changed',
    );
    expect(await counts()).toEqual(before);
  });

  it('never finds the patient of somebody else: whose record is whose is not decided by a file', async () => {
    const { patient } = world.town;
    const known = await world.owner
      .selectFrom('patient')
      .where('id', '=', patient.id)
      .selectAll()
      .executeTakeFirstOrThrow();
    const { given_name, family_name, date_of_birth } = known;
    await reallyBring(csv(`theirs,${day},22:00,22:30,${given_name},${family_name},${date_of_birth},,`));
    const { rows } = await sql<{ patient_id: string }>`
      SELECT a.patient_id FROM imported_appointment i JOIN appointment a ON a.id = i.appointment_id WHERE i.reference = 'theirs'`.execute(
      world.owner,
    );
    expect(rows[0]!.patient_id).not.toBe(patient.id);
  });

  it('is for one’s own practice, and for who may consult', async () => {
    const text = csv(`n,${day},23:00,23:20,Ana,Bell,1984-03-27,,`);
    await expectRefusal(bring(text, {}, as(world.town.patient)), 'not_found');
    expect(verdicts(await bring(text, {}, as(world.town.injector)))).toEqual({ n: 'cannot_consult' });
  });
});

describe('the dump of another system', () => {
  it('wants to know who one is, which services are consultations, and when people were born', async () => {
    const text = DUMP.replaceAll('DAY', Temporal.PlainDate.from(day).add({ days: 7 }).toString());
    expect(await bring(text)).toMatchObject({
      provider: undefined,
      rows: [],
      providers: [{ id: '2' }, { id: '3' }],
    });

    const asked = await bring(text, { provider: '2' });
    expect(asked.services).toEqual([
      { name: 'First consultation', isConsultation: true },
      { name: 'Treatment (lines)', isConsultation: false },
    ]);
    expect(verdicts(asked)).toEqual({
      'easyappointments-1': 'no_date_of_birth',
      'easyappointments-2': 'not_a_consultation',
    });
    expect(asked.settled).toBe(2);

    const said = { provider: '2', datesOfBirth: new Map([['easyappointments-1', '1984-03-27']]) };
    expect(verdicts(await reallyBring(text, said))).toMatchObject({ 'easyappointments-1': 'imported' });
    expect(verdicts(await bring(text, said))).toMatchObject({ 'easyappointments-1': 'already_here' });
    // Nobody is taken for a consultation who was not ticked.
    expect(verdicts(await bring(text, { ...said, consultations: [] }))).toMatchObject({
      'easyappointments-2': 'not_a_consultation',
    });
  });
});
