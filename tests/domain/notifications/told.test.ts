import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { markNoShow } from '#lib/server/domain/booking/mark-no-show.ts';
import { acknowledgeUrgent } from '#lib/server/domain/care/acknowledge-urgent.ts';
import { notifyOfAnswer } from '#lib/server/domain/notifications/notify-answered.ts';
import { notifyOfStop } from '#lib/server/domain/notifications/notify-practitioner.ts';
import { suspendPractitioner } from '#lib/server/domain/oversight/suspend.ts';
import { openDb, openPool, type Db } from '#lib/server/platform/db.ts';
import { setClock, type Signer } from '../../builders/act.ts';
import { afterFile } from '../../harness/after.ts';
import { booked, lastLetter } from '../booking/booked.ts';
import { slots } from '../booking/world.ts';
import { as, openWorld, treatedPatient, type World } from '../privacy/world.ts';

const SITE = new URL('https://steadyhand.test');
let world: World;
let worker: Db;
beforeAll(async () => {
  world = await openWorld();
  worker = openDb(openPool(world.workerUrl, { max: 2, onError: () => {} }));
  afterFile(() => worker.destroy());
});

const lettersTo = async ({ accountId }: Signer, kind: string) =>
  world.owner
    .selectFrom('mail_message')
    .innerJoin('account', 'account.email', 'mail_message.to_address')
    .where('account.id', '=', accountId)
    .where('kind', '=', kind)
    .select(['subject', 'body'])
    .execute();
const eventOf = async (type: string, subjectId: string) =>
  (
    await world.owner
      .selectFrom('event')
      .select('id')
      .where('type', '=', type)
      .where('subject_id', '=', subjectId)
      .executeTakeFirstOrThrow()
  ).id;

it('a patient who is noted as missing is told so, and how it is put right', async () => {
  const { appointmentId, person, start } = await booked(world, (await slots(world))[0]!.start);
  await setClock(world.owner, start.add({ minutes: 30 }).toString());
  await markNoShow(world.db, as(world.town.prescriber), { appointmentId });
  const letter = await lastLetter(world, appointmentId);
  expect(letter).toMatchObject({ subject: 'About your appointment' });
  expect(letter!.body).toContain('It is noted that you did not come to your consultation');
  expect(letter!.body).toContain('within 14 days');
  expect(letter!.body).toContain(`https://steadyhand.test/my-care/appointments/${appointmentId}`);
  expect(await lettersTo(person, 'appointment_missed')).toHaveLength(1);
});

it('whoever waits for an answer hears that somebody has taken it on, once, and not what it was about', async () => {
  const treatment = await treatedPatient(world);
  const { rows } = await sql<{ id: string }>`
    INSERT INTO urgent_contact (patient_id, treatment_appointment_id, message)
    VALUES (${treatment.patient.id}, ${treatment.id}, 'My eyelid hangs.') RETURNING id`.execute(world.owner);
  const contactId = rows[0]!.id;
  await acknowledgeUrgent(world.db, as(world.town.injector), { contactId });
  const event = { id: await eventOf('urgent_contact.acknowledged', contactId), contactId };
  await notifyOfAnswer(worker, SITE, event);
  await notifyOfAnswer(worker, SITE, event);
  const letters = await lettersTo(treatment.patient, 'urgent_answered');
  expect(letters.map(({ subject }) => subject)).toEqual(['Your message has been read']);
  expect(letters[0]!.body).toContain('999');
  expect(letters[0]!.body).not.toContain('eyelid');
  await notifyOfAnswer(worker, SITE, { id: event.id, contactId: event.id });
});

it('a practitioner who is suspended, or whose listing lapses, hears of it too, without a reason', async () => {
  const { otherPrescriber: who } = world.town;
  await suspendPractitioner(world.db, { kind: 'system' }, { practitionerId: who.id, reason: 'Looked into' });
  const event = { id: await eventOf('practitioner.suspended', who.id), practitionerId: who.id };
  await notifyOfStop(worker, SITE, { ...event, type: 'practitioner.suspended' });
  await notifyOfStop(worker, SITE, { ...event, type: 'practitioner.suspended' });
  await notifyOfStop(worker, SITE, { ...event, id: who.id, type: 'practitioner.lapsed' });
  const letters = await lettersTo(who, 'listing_stopped');
  expect(letters.map(({ subject }) => subject)).toEqual([
    'Your listing is on hold',
    'Your listing has ended for now',
  ]);
  expect(JSON.stringify(letters)).not.toContain('Looked into');
});
