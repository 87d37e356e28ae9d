import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { notifyOfPhotos } from '#lib/server/domain/notifications/notify-photos.ts';
import { readProfile } from '#lib/server/domain/directory/profile.ts';
import { suspendPractitioner } from '#lib/server/domain/oversight/suspend.ts';
import { agreeToPhotos, declinePhotos, withdrawPhotos } from '#lib/server/domain/portfolio/answer-photos.ts';
import { askForPhotos } from '#lib/server/domain/portfolio/ask-for-photos.ts';
import { approveCase, refuseCase, sendCase, takeCaseDown } from '#lib/server/domain/portfolio/decide-case.ts';
import type { Purpose } from '#lib/server/domain/portfolio/photo-consent.ts';
import {
  readDeskCase,
  readDeskPicture,
  readDeskPortfolio,
  readMyPhotos,
  readPortfolioQueue,
  readPublicCases,
  readRendition,
  readStaffCase,
} from '#lib/server/domain/portfolio/reads.ts';
import { cropPicture, takePicture } from '#lib/server/domain/portfolio/take-picture.ts';
import {
  addPiece,
  beginPictureUpload,
  endStaleUploads,
  finishUpload,
  readUpload,
} from '#lib/server/domain/portfolio/upload-picture.ts';
import { beginCase, changeCase } from '#lib/server/domain/portfolio/write-case.ts';
import { system } from '#lib/server/domain/shared/actor.ts';
import { openDb, openPool, transactionAs } from '#lib/server/platform/db.ts';
import { passTime } from '../../builders/act.ts';
import type { Treatment } from '../../builders/care.ts';
import { account, patient, type Practitioner } from '../../builders/people.ts';
import type { Place } from '../../builders/places.ts';
import { doctorIn, photograph, treatedBy } from '../../builders/portfolio.ts';
import { vet } from '../../builders/vetting.ts';
import { afterFile } from '../../harness/after.ts';
import { countedDb } from '../../harness/counted.ts';
import { anonymous, as, expectRefusal, openWorld, type World } from '../booking/world.ts';

let world: World;
/** Where the law lets everybody see pictures, and where in a consultation only. */
let texas: { doctor: Practitioner; where: Place };
let england: { doctor: Practitioner; where: Place };
beforeAll(async () => {
  world = await openWorld();
  texas = await doctorIn(world.owner, world.town, 'texas');
  england = await doctorIn(world.owner, world.town, 'england');
});

const day = (date: Temporal.Instant) => date.toZonedDateTimeISO('UTC').toPlainDate();
async function words(treatment: Treatment) {
  const { started_at } = await world.owner
    .selectFrom('appointment')
    .select('started_at')
    .where('id', '=', treatment.id)
    .executeTakeFirstOrThrow();
  return {
    beforeOn: day(started_at!).subtract({ days: 3 }).toString(),
    afterOn: day(started_at!).add({ days: 10 }).toString(),
    regions: ['frown_lines' as const],
    askedFor: 'To look less cross in the morning.',
    why: 'Little on each side, so that the brows still move.',
  };
}

const ask = (treatment: Treatment, ...purpose: Purpose[]) =>
  askForPhotos(world.db, as(treatment.who), { treatmentId: treatment.id, purpose });
const agree = (treatment: Treatment, purpose: Purpose) =>
  agreeToPhotos(world.db, as(treatment.patient), { treatmentId: treatment.id, purpose });
const withdraw = (treatment: Treatment, purpose: Purpose) =>
  withdrawPhotos(world.db, as(treatment.patient), { treatmentId: treatment.id, purpose });

/** A case with both pictures, agreed to for these uses. */
async function written(
  at: { doctor: Practitioner; where: Place },
  ...purposes: Purpose[]
): Promise<{ treatment: Treatment; caseId: string }> {
  const treatment = await treatedBy(world.owner, at);
  await ask(treatment, 'record', 'consultation', 'public');
  for (const purpose of purposes) await agree(treatment, purpose);
  const begun = { treatmentId: treatment.id };
  const { caseId } = await beginCase(world.db, as(at.doctor), begun, await words(treatment));
  for (const side of ['before', 'after'] as const)
    await takePicture(world.db, as(at.doctor), { caseId, side }, await photograph());
  return { treatment, caseId };
}

async function approved(at: { doctor: Practitioner; where: Place }, ...purposes: Purpose[]) {
  const made = await written(at, ...purposes);
  await sendCase(world.db, as(at.doctor), made);
  await approveCase(world.db, as(world.town.reviewers[0]), made);
  return made;
}

const publicIds = async (doctor: Practitioner) =>
  (await readPublicCases(world.db, doctor.id)).map(({ id }) => id);
/** Every rendition of a case, as its owner's database knows them. */
async function renditionsOf(caseId: string) {
  const { rows } = await sql<{ id: string; whole: boolean; type: string; bytes: Buffer }>`
    SELECT r.id, r.is_whole AS whole, r.media_type AS type, r.bytes FROM portfolio_rendition r JOIN portfolio_picture p ON p.id = r.picture_id
     WHERE p.case_id = ${caseId}`.execute(world.owner);
  return rows;
}
const sees = async (actor: Parameters<typeof readRendition>[1], id: string) =>
  readRendition(world.db, actor, id).then(
    () => true,
    () => false,
  );

describe('what a patient says about pictures', () => {
  it('is asked once by who treated, afterwards, and answered by the patient alone, use by use', async () => {
    const treatment = await treatedBy(world.owner, england);
    const which = { treatmentId: treatment.id, purpose: 'public' as const };
    await expectRefusal(
      askForPhotos(world.db, as(texas.doctor), { treatmentId: treatment.id, purpose: ['public'] }),
      'not_found',
    );
    await expectRefusal(agree(treatment, 'public'), 'not_found');
    await ask(treatment, 'public', 'record');
    await expectRefusal(ask(treatment, 'public'), 'not_now');
    const { rows } = await sql<{ id: string }>`
      SELECT id FROM event WHERE type = 'photos.asked' AND subject_id = ${treatment.id}`.execute(world.owner);
    for (const { id } of [...rows, ...rows])
      await notifyOfPhotos(world.owner, new URL('https://steadyhand.example'), {
        id,
        treatmentId: treatment.id,
      });
    const { rows: letters } = await sql<{ text: string }>`
      SELECT m.subject || m.body AS text FROM mail_message m JOIN account a ON a.email = m.to_address WHERE a.id = ${treatment.patient.accountId}`.execute(
      world.owner,
    );
    expect(letters.length).toBe(1);
    expect(letters[0]!.text).toContain('/my-care/photos');
    await expectRefusal(agreeToPhotos(world.db, as(england.doctor), which), 'not_found');
    await expectRefusal(agreeToPhotos(world.db, as(await patient(world.owner)), which), 'not_found');
    await expectRefusal(withdraw(treatment, 'public'), 'not_now');

    await agree(treatment, 'public');
    await agree(treatment, 'public');
    await declinePhotos(world.db, as(treatment.patient), { ...which, purpose: 'record' });
    const [mine] = await readMyPhotos(world.db, as(treatment.patient));
    expect(mine!.uses.map(({ purpose, word }) => [purpose, word])).toEqual([
      ['record', 'declined'],
      ['public', 'given'],
    ]);
    await withdraw(treatment, 'public');
    await agree(treatment, 'record');
    const [later] = await readMyPhotos(world.db, as(treatment.patient));
    expect(later!.uses.map(({ word }) => word)).toEqual(['given', 'withdrawn']);
    // The clinic's desk sees the words, and nobody else anything.
    const { treated } = await readDeskPortfolio(world.db, as(england.doctor));
    expect(treated.find(({ treatmentId }) => treatmentId === treatment.id)!.mayAsk).toEqual(['consultation']);
    expect(await readMyPhotos(world.db, as(await account(world.owner)))).toEqual([]);
  });

  it('decides whether there can be a case at all', async () => {
    const treatment = await treatedBy(world.owner, england);
    const begin = async () =>
      beginCase(world.db, as(england.doctor), { treatmentId: treatment.id }, await words(treatment));
    await expectRefusal(begin(), 'photo_consent_missing');
    await ask(treatment, 'record', 'consultation');
    await agree(treatment, 'record');
    // For the record is not for others to see.
    await expectRefusal(begin(), 'photo_consent_missing');
    await agree(treatment, 'consultation');
    await expectRefusal(
      beginCase(world.db, as(texas.doctor), { treatmentId: treatment.id }, await words(treatment)),
      'not_found',
    );
    await begin();
    await expectRefusal(begin(), 'already_written');
  });
});

describe('a case', () => {
  it('is public once a reviewer has approved it, and for as long as patient and law let it', async () => {
    const { treatment, caseId } = await written(texas, 'public');
    expect(await publicIds(texas.doctor)).not.toContain(caseId);
    await sendCase(world.db, as(texas.doctor), { caseId });
    expect(await publicIds(texas.doctor)).not.toContain(caseId);
    await expectRefusal(
      changeCase(world.db, as(texas.doctor), { caseId }, await words(treatment)),
      'portfolio_frozen',
    );
    await expectRefusal(
      takePicture(world.db, as(texas.doctor), { caseId, side: 'after' }, await photograph()),
      'portfolio_frozen',
    );
    const [reviewer] = world.town.reviewers;
    expect((await readPortfolioQueue(world.db, as(reviewer))).map(({ id }) => id)).toContain(caseId);
    await refuseCase(world.db, as(reviewer), { caseId, reason: 'The light differs between the two.' });
    expect((await readDeskCase(world.db, as(texas.doctor), caseId)).reason).toContain('The light differs');
    await changeCase(world.db, as(texas.doctor), { caseId }, await words(treatment));
    await sendCase(world.db, as(texas.doctor), { caseId });
    await approveCase(world.db, as(reviewer), { caseId });

    const [shown] = await readPublicCases(world.db, texas.doctor.id);
    expect(shown).toMatchObject({
      id: caseId,
      daysSince: 10,
      askedFor: 'To look less cross in the morning.',
    });
    const profile = await readProfile(world.db, texas.doctor.slug, 0);
    expect(profile.listed && profile.cases.map(({ id }) => id)).toContain(caseId);
    const renditions = await renditionsOf(caseId);
    const small = renditions.find(({ whole }) => !whole)!;
    expect(await sees(anonymous, small.id)).toBe(true);

    await withdraw(treatment, 'public');
    expect(await publicIds(texas.doctor)).not.toContain(caseId);
    expect(await sees(anonymous, small.id)).toBe(false);
    expect(await sees(as(texas.doctor), small.id)).toBe(false);
    expect(await renditionsOf(caseId)).toEqual([]);
    expect((await readDeskCase(world.db, as(texas.doctor), caseId)).isAgreed).toBe(false);
    // A "yes" again brings no picture back by itself.
    await agree(treatment, 'public');
    expect(await publicIds(texas.doctor)).not.toContain(caseId);
  });

  it('stays in the consultation when the patient agreed to that alone, and public consent covers both', async () => {
    const { treatment, caseId } = await approved(texas, 'consultation', 'public');
    const small = (await renditionsOf(caseId)).find(({ whole }) => !whole)!;
    expect((await readDeskCase(world.db, as(texas.doctor), caseId)).reach).toBe('public');
    await withdraw(treatment, 'public');
    expect((await readDeskCase(world.db, as(texas.doctor), caseId)).reach).toBe('consultation');
    expect(await sees(anonymous, small.id)).toBe(false);
    expect(await sees(as(texas.doctor), small.id)).toBe(true);
    expect(await publicIds(texas.doctor)).not.toContain(caseId);
  });

  it('obeys the strictest law of every place where its practitioner is listed', async () => {
    const { caseId } = await approved(england, 'public');
    expect((await readDeskCase(world.db, as(england.doctor), caseId)).reach).toBe('consultation');
    expect(await publicIds(england.doctor)).toEqual([]);

    const both = await doctorIn(world.owner, world.town, 'texas');
    const made = await approved(both, 'public');
    expect(await publicIds(both.doctor)).toEqual([made.caseId]);
    await vet(world.owner, both.doctor, world.town.reviewers, { jurisdiction: 'england' });
    expect(await publicIds(both.doctor)).toEqual([]);
    expect((await readDeskCase(world.db, as(both.doctor), made.caseId)).reach).toBe('consultation');
    // A law that says never is stricter still; a place without a rule is no permission.
    await sql`UPDATE policy_row SET value = '"never"' WHERE jurisdiction = 'texas' AND key = 'before_after_public'`.execute(
      world.owner,
    );
    expect((await readDeskCase(world.db, as(both.doctor), made.caseId)).reach).toBe('nowhere');
    await sql`UPDATE policy_row SET value = '"public"' WHERE jurisdiction = 'texas' AND key = 'before_after_public'`.execute(
      world.owner,
    );
  });

  it('goes with the listing', async () => {
    const at = await doctorIn(world.owner, world.town, 'texas');
    const { caseId } = await approved(at, 'public');
    const small = (await renditionsOf(caseId)).find(({ whole }) => !whole)!;
    await suspendPractitioner(world.db, system, { practitionerId: at.doctor.id, reason: 'Looked into' });
    expect(await publicIds(at.doctor)).toEqual([]);
    expect(await sees(anonymous, small.id)).toBe(false);
  });

  it('is decided by a reviewer whom it is not about, and taken down by whose it is', async () => {
    const { treatment, caseId } = await written(texas, 'public');
    await expectRefusal(approveCase(world.db, as(world.town.reviewers[0]), { caseId }), 'not_found');
    await sendCase(world.db, as(texas.doctor), { caseId });
    for (const stranger of [texas.doctor, england.doctor, treatment.patient])
      await expectRefusal(approveCase(world.db, as(stranger), { caseId }), 'not_found');
    // A reviewer who is also the practitioner.
    await sql`INSERT INTO staff (account_id, role) VALUES (${texas.doctor.accountId}, 'reviewer')`.execute(
      world.owner,
    );
    await expectRefusal(approveCase(world.db, as(texas.doctor), { caseId }), 'not_about_yourself');
    expect((await readPortfolioQueue(world.db, as(texas.doctor))).map(({ id }) => id)).not.toContain(caseId);
    await sql`DELETE FROM staff WHERE account_id = ${texas.doctor.accountId}`.execute(world.owner);
    await approveCase(world.db, as(world.town.reviewers[1]), { caseId });
    await expectRefusal(approveCase(world.db, as(world.town.reviewers[1]), { caseId }), 'not_now');
    await expectRefusal(takeCaseDown(world.db, as(england.doctor), { caseId }), 'not_found');
    await takeCaseDown(world.db, as(texas.doctor), { caseId });
    expect(await publicIds(texas.doctor)).not.toContain(caseId);
  });

  it('is for its practitioner, its patient and reviewers; what each reads is written down', async () => {
    const { treatment, caseId } = await written(england, 'consultation');
    const [some] = (await renditionsOf(caseId)).filter(({ whole }) => !whole);
    const [whole] = (await renditionsOf(caseId)).filter((one) => one.whole);
    const [reviewer] = world.town.reviewers;
    expect(await sees(as(england.doctor), whole!.id)).toBe(true);
    expect(await sees(as(treatment.patient), some!.id)).toBe(true);
    for (const other of [as(texas.doctor), as(await patient(world.owner)), anonymous, as(reviewer)])
      expect([await sees(other, some!.id), await sees(other, whole!.id)]).toEqual([false, false]);
    await expectRefusal(readStaffCase(world.db, as(reviewer), caseId), 'not_found');
    await sendCase(world.db, as(england.doctor), { caseId });
    expect([await sees(as(reviewer), some!.id), await sees(as(reviewer), whole!.id)]).toEqual([true, false]);
    await expectRefusal(readDeskCase(world.db, as(texas.doctor), caseId), 'not_found');
    await expectRefusal(readDeskPicture(world.db, as(texas.doctor), caseId, 'before'), 'not_found');
    await readStaffCase(world.db, as(reviewer), caseId);
    const { rows } = await sql<{ actor: string }>`
      SELECT actor_id AS actor FROM audit WHERE stream = ${`patient:${treatment.patient.id}`} AND action = 'portfolio.read'`.execute(
      world.owner,
    );
    expect(rows.map(({ actor }) => actor)).toEqual([reviewer.accountId]);
  });

  it('has dates that make sense, and both pictures before it is sent', async () => {
    const treatment = await treatedBy(world.owner, england);
    await ask(treatment, 'consultation');
    await agree(treatment, 'consultation');
    const right = await words(treatment);
    const begin = (about: object) =>
      beginCase(world.db, as(england.doctor), { treatmentId: treatment.id }, { ...right, ...about });
    await expectRefusal(begin({ afterOn: right.beforeOn }), 'portfolio_dates');
    await expectRefusal(begin({ beforeOn: right.afterOn }), 'portfolio_dates');
    await expectRefusal(begin({ afterOn: '2199-01-01' }), 'portfolio_dates');
    const { caseId } = await begin({});
    await expectRefusal(sendCase(world.db, as(england.doctor), { caseId }), 'portfolio_pictures_missing');
  });
});

describe('a picture', () => {
  it('is kept without anything that came with it, in one frame, in three formats and two sizes', async () => {
    const { caseId } = await written(england, 'consultation');
    const renditions = await renditionsOf(caseId);
    expect(renditions.length).toBe(14);
    // Ours opens no AVIF; this reader has to.
    sharp.unblock({ operation: ['VipsForeignLoadHeifBuffer'] });
    for (const { bytes, whole, type } of renditions) {
      const { exif, xmp, icc, iptc, width, height, format } = await sharp(bytes).metadata();
      expect([exif, xmp, icc, iptc]).toEqual([undefined, undefined, undefined, undefined]);
      if (!whole) expect(width * 5).toBe(height * 4);
      expect(type).toBe(`image/${format === 'heif' ? 'avif' : format}`);
    }
  });

  it('is cut as asked, and gets new addresses with it', async () => {
    const { caseId } = await written(england, 'consultation');
    const before = await renditionsOf(caseId);
    await cropPicture(
      world.db,
      as(england.doctor),
      { caseId, side: 'after' },
      { frame: 'part', size: 50, across: 0, down: 100 },
    );
    const { picture } = await readDeskPicture(world.db, as(england.doctor), caseId, 'after');
    expect(picture!.crop).toEqual({ left: 0, top: 531, width: 500, height: 469 });
    const after = await renditionsOf(caseId);
    expect(after.length).toBe(14);
    expect(after.filter(({ id }) => !before.some((one) => one.id === id)).length).toBe(6);
  });

  it('arrives piece by piece, goes on where it was cut off, and leaves no piece behind', async () => {
    const { caseId } = await written(england, 'consultation');
    const noise = await sharp({
      create: {
        width: 900,
        height: 900,
        channels: 3,
        background: '#888',
        noise: { type: 'gaussian', mean: 128, sigma: 60 },
      },
    })
      .jpeg({ quality: 95 })
      .toBuffer();
    const about = {
      caseId,
      side: 'before' as const,
      size: noise.length,
      sha256: createHash('sha256').update(noise).digest('hex'),
    };
    const me = as(england.doctor);
    await expectRefusal(beginPictureUpload(world.db, as(texas.doctor), about), 'not_found');
    await expectRefusal(beginPictureUpload(world.db, me, { ...about, size: 17_000_000 }), 'too_large');
    const { id: uploadId, mostPieceBytes } = await beginPictureUpload(world.db, me, about);
    expect(noise.length).toBeGreaterThan(mostPieceBytes);
    const piece = (startsAt: number, bytes = noise.subarray(startsAt, startsAt + mostPieceBytes)) =>
      addPiece(world.db, me, { uploadId, startsAt, bytes: Buffer.from(bytes) });
    await piece(0);
    await expectRefusal(piece(0), 'upload_out_of_step');
    await expectRefusal(finishUpload(world.db, me, uploadId), 'upload_out_of_step');
    await expectRefusal(readUpload(world.db, as(texas.doctor), uploadId), 'not_found');
    await expectRefusal(
      addPiece(world.db, as(texas.doctor), { uploadId, startsAt: mostPieceBytes, bytes: Buffer.from('x') }),
      'not_found',
    );
    // Cut off; the same file begun again goes on.
    const again = await beginPictureUpload(world.db, me, about);
    expect(again).toMatchObject({ id: uploadId, received: mostPieceBytes });
    for (let at = again.received; at < noise.length; at += mostPieceBytes) await piece(at);
    await expectRefusal(piece(noise.length, Buffer.from('more')), 'upload_broken');
    await finishUpload(world.db, me, uploadId);
    const { rows } = await sql`SELECT 1 FROM portfolio_upload_piece`.execute(world.owner);
    expect(rows).toEqual([]);
    const whole = (await renditionsOf(caseId)).filter((one) => one.whole);
    expect(
      await Promise.all(whole.map(async ({ bytes }) => (await sharp(bytes).metadata()).width)),
    ).toContain(900);

    // Another file than the one announced is dropped.
    const lie = { ...about, size: 4, sha256: 'a'.repeat(64) };
    const { id } = await beginPictureUpload(world.db, me, lie);
    await addPiece(world.db, me, { uploadId: id, startsAt: 0, bytes: Buffer.from('abcd') });
    await expectRefusal(finishUpload(world.db, me, id), 'upload_broken');
    await expectRefusal(readUpload(world.db, me, id), 'not_found');
  });

  it('that stopped on its way is gone after a day', async () => {
    const { caseId } = await written(england, 'consultation');
    const me = as(england.doctor);
    const { id } = await beginPictureUpload(world.db, me, {
      caseId,
      side: 'after',
      size: 9,
      sha256: 'b'.repeat(64),
    });
    const worker = openDb(openPool(world.workerUrl, { max: 1, onError: () => {} }));
    afterFile(() => worker.destroy());
    await endStaleUploads(worker);
    expect((await readUpload(world.db, me, id)).received).toBe(0);
    await passTime(world.owner, { hours: 25 });
    await endStaleUploads(worker);
    await expectRefusal(readUpload(world.db, me, id), 'not_found');
  });
});

it('raw SQL of the application makes nothing visible, whoever acts', async () => {
  const { treatment, caseId } = await written(texas, 'consultation');
  await sendCase(world.db, as(texas.doctor), { caseId });
  await approveCase(world.db, as(world.town.reviewers[0]), { caseId });
  const tries = [
    `INSERT INTO photo_consent (treatment_id, patient_id, practitioner_id, purpose, nth, word, said_by, said_at)
     VALUES ('${treatment.id}', '${treatment.patient.id}', '${texas.doctor.id}', 'public', 9, 'given', '${treatment.patient.accountId}', app_now())`,
    `UPDATE photo_consent SET word = 'given'`,
    `DELETE FROM photo_consent`,
    `UPDATE portfolio_case SET jurisdiction = 'texas'`,
    `UPDATE policy_row SET value = '"public"' WHERE key = 'before_after_public'`,
    `UPDATE portfolio_case SET why = 'Something else entirely.' WHERE id = '${caseId}'`,
    `UPDATE portfolio_step SET kind = 'approved'`,
  ];
  for (const who of [
    texas.doctor.accountId,
    world.town.reviewers[1].accountId,
    england.doctor.accountId,
    '',
  ]) {
    for (const statement of tries) {
      const touched = await transactionAs(world.db, who, (trx) => sql.raw(statement).execute(trx)).then(
        ({ numAffectedRows }) => Number(numAffectedRows ?? 0),
        () => 0,
      );
      expect([statement, who, touched]).toEqual([statement, who, 0]);
    }
  }
  expect(await publicIds(texas.doctor)).not.toContain(caseId);
  const { rows } = await sql`SELECT 1 FROM portfolio_picture WHERE case_id = ${caseId}`.execute(world.db);
  expect(rows).toEqual([]);
});

it('a profile takes the same queries, however many cases it shows', async () => {
  const at = await doctorIn(world.owner, world.town, 'texas');
  await approved(at, 'public');
  const { db, counted } = countedDb(world.appUrl);
  const [, one] = await counted(() => readProfile(db, at.doctor.slug, 0));
  await approved(at, 'public');
  const [profile, two] = await counted(() => readProfile(db, at.doctor.slug, 0));
  expect(profile.listed && profile.cases.length).toBe(2);
  expect([one, two]).toEqual([9, 9]);
});
