import sharp from 'sharp';
import { beforeAll, expect, it } from 'vitest';
import { urgentForm } from '#lib/server/domain/care/patient-input.ts';
import { readUrgentPage } from '#lib/server/domain/care/my-care.ts';
import { reportUrgent } from '#lib/server/domain/care/report-urgent.ts';
import {
  readOperatorUrgent,
  readUrgentBoard,
  readUrgentPhoto,
} from '#lib/server/domain/care/urgent-reads.ts';
import { climbUrgent } from '#lib/server/domain/care/climb-urgent.ts';
import { openDb, openPool } from '#lib/server/platform/db.ts';
import { later, passTime } from '../../builders/act.ts';
import { bookTreatment, consulted, giveConsent, prescribe, treat } from '../../builders/care.ts';
import { patient, staffMember } from '../../builders/people.ts';
import { photograph } from '../../builders/portfolio.ts';
import { afterFile } from '../../harness/after.ts';
import { as, auditOf, expectRefusal, openWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});

async function treated() {
  const { owner, town } = world;
  await passTime(owner, { hours: 3 });
  const consultation = await consulted(owner, {
    patient: await patient(owner),
    prescriber: town.prescriber,
    where: town.leeds,
  });
  const consent = await giveConsent(owner, await prescribe(owner, consultation, { injector: town.injector }));
  await passTime(owner, { hours: 50 });
  const treatment = await bookTreatment(owner, consent, await later(owner));
  await treat(owner, treatment);
  return treatment;
}

const send = ({ id, patient: who }: Awaited<ReturnType<typeof treated>>, photo: File | null) =>
  reportUrgent(world.db, { desk: 'https://steadyhand.example/desk' }, as(who), {
    treatmentId: id,
    message: 'My left lid hangs.',
    phone: '07700 900111',
    photo,
  });
const fileOf = (bytes: Uint8Array<ArrayBuffer>, name = 'IMG_2041.jpg', type = 'image/jpeg') =>
  new File([bytes], name, { type });

it('goes with the message, drawn anew without metadata, for the patient and for practitioners who answer', async () => {
  const { db, owner, town } = world;
  const treatment = await treated();
  const taken = await photograph();
  expect((await sharp(taken).metadata()).exif).toBeDefined();
  expect(await send(treatment, fileOf(new Uint8Array(taken)))).toEqual({ received: true, photo: 'kept' });

  const [mine] = (await readUrgentPage(db, as(treatment.patient), treatment.id)).contacts;
  const id = mine!.photoId!;
  const before = (await auditOf(world, treatment)).length;
  const photo = await readUrgentPhoto(db, as(treatment.patient), id);
  const kept = await sharp(photo.bytes).metadata();
  expect([photo.type, kept.format, kept.exif]).toEqual(['image/jpeg', 'jpeg', undefined]);
  expect(photo.bytes.includes('Camera of somebody')).toBe(false);
  expect(await auditOf(world, treatment)).toHaveLength(before);

  for (const who of [town.injector, town.prescriber]) {
    const board = (await readUrgentBoard(db, as(who))).open;
    expect(board.find(({ photoId }) => photoId === id)).toBeDefined();
    await readUrgentPhoto(db, as(who), id);
  }
  expect((await auditOf(world, treatment)).filter((action) => action === 'urgent_photo.read')).toHaveLength(
    2,
  );

  // Nobody else; our operators read the message once it has climbed to them, and no face.
  const operator = await staffMember(owner, 'operator');
  const worker = openDb(openPool(world.workerUrl, { max: 2, onError: () => {} }));
  afterFile(() => worker.destroy());
  await passTime(owner, { hours: 14 });
  await climbUrgent(worker, new URL('https://steadyhand.example'));
  const found = (await readOperatorUrgent(db, as(operator))).open.find(
    ({ message }) => message === 'My left lid hangs.',
  );
  expect(found).toMatchObject({ photoId: null });
  for (const stranger of [operator, town.otherPrescriber, await patient(owner)])
    await expectRefusal(readUrgentPhoto(db, as(stranger), id), 'not_found');
});

it('that cannot be read keeps no message back', async () => {
  const { db } = world;
  const treatment = await treated();
  const page = fileOf(new TextEncoder().encode('<svg onload="alert(1)"/>'), 'x.jpg');
  expect(await send(treatment, page)).toEqual({ received: true, photo: 'unreadable' });
  expect(await send(treatment, null)).toEqual({ received: true, photo: 'none' });
  const { contacts } = await readUrgentPage(db, as(treatment.patient), treatment.id);
  expect(contacts.map(({ photoId }) => photoId)).toEqual([null, null]);
});

it('is nothing where nobody has chosen one', () => {
  const form = { requestKey: crypto.randomUUID(), message: 'My lid', phone: '07700 900111' };
  expect(urgentForm.parse({ ...form, photo: '' }).photo).toBeNull();
  expect(urgentForm.parse(form).photo).toBeNull();
  expect(urgentForm.parse({ ...form, photo: fileOf(new Uint8Array(9)) }).photo).toBeInstanceOf(File);
});
