import { expect, it } from 'vitest';
import { expectSound, openTown, person, press, shared, signIn, type Town } from './world.ts';

const RECEPTION = 'reception@demo.steadyhand.example';

let town: Town;
shared(async () => {
  town = await openTown();
});

it('time right after a consultation is kept by the patient, seen and let go by the desk and the prescriber', async () => {
  // Somebody treated here, a hundred days later, at the start of a working day.
  const treatment = await town.ask(
    `SELECT a.id FROM appointment a JOIN patient p ON p.id = a.patient_id JOIN practice w ON w.practitioner_id = a.prescriber_id AND w.location_id = a.location_id
      WHERE a.kind = 'treatment' AND a.state = 'completed' AND a.jurisdiction = 'england' AND p.account_id IS NOT NULL
        AND a.clinic_id IN (SELECT m.clinic_id FROM clinic_member m JOIN account x ON x.id = m.account_id WHERE x.email = $1)
        AND EXISTS (SELECT FROM opening_hours o WHERE o.practitioner_id = a.practitioner_id AND o.location_id = a.location_id AND 'treatment' = ANY (o.kinds))
      ORDER BY a.started_at DESC LIMIT 1`,
    [RECEPTION],
  );
  await town.moveClockTo(
    await town.ask(
      `SELECT ((started_at AT TIME ZONE time_zone)::date + 100 + time '08:00') AT TIME ZONE time_zone FROM appointment WHERE id = $1`,
      [treatment],
    ),
  );
  // The next opening of who treated: the consultation ends five minutes into it.
  const opens = await town.ask(
    `SELECT min((day + o.start_minute * interval '1 minute') AT TIME ZONE a.time_zone)
       FROM appointment a JOIN opening_hours o ON o.practitioner_id = a.practitioner_id AND o.location_id = a.location_id AND 'treatment' = ANY (o.kinds),
            generate_series((app_now() AT TIME ZONE a.time_zone)::date + 3, (app_now() AT TIME ZONE a.time_zone)::date + 12, interval '1 day') day
      WHERE a.id = $1 AND extract(isodow FROM day) = o.weekday AND o.every_weeks = 1 AND o.valid @> day::date
        AND NOT EXISTS (SELECT FROM public_holiday h WHERE h.on_date = day::date)`,
    [treatment],
  );
  const visit = await town.ask(
    `WITH a AS (SELECT * FROM appointment WHERE id = $1),
          during AS (SELECT tstzrange($2::timestamptz - interval '25 minutes', $2::timestamptz + interval '5 minutes') AS d),
          taken AS (SELECT tstzrange(lower(d) - interval '1 hour', upper(d) + interval '1 hour') AS t FROM during),
          b AS (INSERT INTO block (practitioner_id, location_id, kind, span) SELECT a.prescriber_id, a.location_id, 'appointment', t FROM a, taken RETURNING id, span)
     INSERT INTO appointment (kind, state, practitioner_id, location_id, clinic_id, jurisdiction, time_zone, during, block_id, block_span, patient_id, patient_date_of_birth, episode_id)
     SELECT 'consultation', 'confirmed', a.prescriber_id, a.location_id, a.clinic_id, a.jurisdiction, a.time_zone, d, b.id, b.span, a.patient_id, a.patient_date_of_birth, a.episode_id
       FROM a, b, during RETURNING id`,
    [treatment, opens],
  );
  const emailOf = (whose: string) =>
    town.ask(
      `SELECT x.email FROM appointment a JOIN ${whose} JOIN account x ON x.id = who.account_id WHERE a.id = $1`,
      [visit],
    );

  const patient = await person(town);
  await signIn(patient.page, await emailOf('patient who ON who.id = a.patient_id'));
  await patient.page.goto(`/my-care/appointments/${visit}`);
  await expectSound(patient.page);
  await press(patient.page, 'button', /^Keep /);
  await patient.page.getByText('Kept:').waitFor();
  await expectSound(patient.page);

  const desk = await person(town);
  await signIn(desk.page, RECEPTION);
  await desk.page.goto(`/desk/reception/appointments/${visit}`);
  await expectSound(desk.page);

  const plain = await person(town, { javaScriptEnabled: false });
  await signIn(plain.page, RECEPTION);
  await plain.page.goto(`/desk/reception/appointments/${visit}`);
  await press(plain.page, 'button', 'Let this time go');
  await plain.page.getByRole('button', { name: /^Keep / }).waitFor();
  await press(plain.page, 'button', /^Keep /);
  await plain.page.getByText('Kept:').waitFor();

  const prescriber = await person(town);
  await signIn(prescriber.page, await emailOf('practitioner who ON who.id = a.practitioner_id'));
  await prescriber.page.goto(`/desk/appointments/${visit}`);
  await prescriber.page.getByText('Kept:').waitFor();
  await expectSound(prescriber.page);

  await town.owner.query(
    `UPDATE appointment SET state = 'cancelled', cancelled_by = 'practice' WHERE id = $1`,
    [visit],
  );
  await patient.page.reload();
  expect(await patient.page.getByText('Kept:').count()).toBe(0);
  expect([patient, desk, plain, prescriber].flatMap(({ faults }) => faults)).toEqual([]);
});
