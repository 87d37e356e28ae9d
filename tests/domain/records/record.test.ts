import { beforeAll, describe, expect, it } from 'vitest';
import { reportUrgent } from '#lib/server/domain/care/report-urgent.ts';
import { makeCaseFile } from '#lib/server/domain/records/case-files.ts';
import { openPaper } from '#lib/server/domain/records/open-paper.ts';
import { exportRecord, readMyRecord, readPatientRecord } from '#lib/server/domain/records/reads.ts';
import { passTime } from '../../builders/act.ts';
import * as care from '../../builders/care.ts';
import { patient } from '../../builders/people.ts';
import { photograph } from '../../builders/portfolio.ts';
import { countedDb } from '../../harness/counted.ts';
import { readPdf } from '../../harness/read-pdf.ts';
import { as, expectRefusal, links, openWorld, trailOf, treated, type World } from './world.ts';

let world: World;
let seen: Awaited<ReturnType<typeof treated>>;
beforeAll(async () => {
  world = await openWorld();
  seen = await treated(world);
});

describe('the record of a patient', () => {
  it('is told in turn, with units by region, and each paper to open', async () => {
    const record = await readMyRecord(world.db, as(seen.me));
    expect(record.timeline.map(({ kind }) => kind)).toEqual(['treatment', 'prescription', 'consultation']);
    expect(record.timeline[0]!.papers.map(({ name }) => name)).toEqual([
      'treatment-card',
      'aftercare',
      'start-check',
      'gp-letter',
    ]);
    expect(record.courses).toEqual([
      expect.objectContaining({ unitsName: 'Allergan units', regions: ['frown_lines'] }),
    ]);
    expect(record.courses[0]!.visits[0]).toMatchObject({ units: [20], daysSince: null });
  });

  it('says who looked, once for each day, person and act', async () => {
    const { prescriber } = world.town;
    for (let nth = 0; nth < 3; nth += 1) await readPatientRecord(world.db, as(prescriber), seen.me.id);
    const { looked } = await readMyRecord(world.db, as(seen.me));
    const lines = looked.lines.filter(({ did }) => did === 'Opened your record');
    expect(lines).toHaveLength(1);
    expect(lines[0]!.times).toBe(3);
    // Who reads their own is nobody who looked.
    expect((await readMyRecord(world.db, as(seen.me))).looked.lines).toEqual(looked.lines);
  });

  it('shows a practitioner their own part, and nobody else anything', async () => {
    const { prescriber, injector, otherPrescriber } = world.town;
    const whole = await readPatientRecord(world.db, as(prescriber), seen.me.id);
    expect(whole.timeline.map(({ kind }) => kind)).toEqual(['treatment', 'prescription', 'consultation']);
    expect(whole.answers).toHaveLength(1);
    // Who injects reads no reasons: neither the consultation nor the health answers.
    const part = await readPatientRecord(world.db, as(injector), seen.me.id);
    expect(part.timeline.map(({ kind }) => kind)).toEqual(['treatment', 'prescription']);
    expect(part.answers).toEqual([]);
    for (const who of [otherPrescriber, await patient(world.owner), seen.me])
      await expectRefusal(readPatientRecord(world.db, as(who), seen.me.id), 'not_found');
    await expectRefusal(exportRecord(world.db, as(otherPrescriber), seen.me.id), 'not_found');
    await expectRefusal(exportRecord(world.db, as(await patient(world.owner)), seen.me.id), 'not_found');
  });

  it('is printed as a whole', async () => {
    const { bytes } = await openPaper(world.db, as(seen.me), { paper: 'record', id: seen.me.id, links });
    const { text, isTagged } = await readPdf(bytes);
    expect(isTagged).toBe(true);
    for (const words of [
      'Everything that Steadyhand keeps',
      'Batch',
      'C7431A',
      'Health answers, version 1',
      'Suitable',
    ])
      expect(text).toContain(words);
  });

  it('is printed with urgent messages and their photos, for who may see these', async () => {
    const { db, town } = world;
    const sick = await treated(world);
    const picture = new File([new Uint8Array(await photograph())], 'lid.jpg', { type: 'image/jpeg' });
    const tell = (message: string, photo: File | null) =>
      reportUrgent(db, { desk: 'https://steadyhand.example/desk' }, as(sick.me), {
        treatmentId: sick.treatment.id,
        message,
        phone: '07700 900111',
        photo,
      });
    await tell('My left lid hangs.', picture);
    await tell('It is better now.', null);
    const printed = async (who: { accountId: string }, paper: 'record' | 'case-file', id: string) => {
      const read = await readPdf((await openPaper(db, as(who), { paper, id, links })).bytes);
      return { text: read.text, pictures: read.pictures };
    };
    for (const who of [sick.me, town.prescriber, town.injector]) {
      const { text, pictures } = await printed(who, 'record', sick.me.id);
      for (const words of ['My left lid hangs.', 'It is better now.', 'Photo that came with the message of'])
        expect(text).toContain(words);
      expect(pictures).toBe(1);
    }
    // On the screen each stands at its time, and the photo is a press away.
    for (const { timeline } of [
      await readMyRecord(db, as(sick.me)),
      await readPatientRecord(db, as(town.prescriber), sick.me.id),
      await readPatientRecord(db, as(town.injector), sick.me.id),
    ]) {
      const [better, worse, then] = timeline;
      expect([better!.kind, worse!.kind, then!.kind]).toEqual(['urgent', 'urgent', 'treatment']);
      expect(better!.lines.map(([, words]) => words)).toEqual(['It is better now.', 'Not yet']);
      expect([better!.photoId === null, worse!.photoId === null]).toEqual([true, false]);
    }
    // What goes to an insurer holds no picture that was sent to who treats.
    const id = await makeCaseFile(db, as(town.prescriber), {
      forWhom: 'insurer',
      recipient: 'Acme Mutual',
      reason: 'A claim about an uneven brow has been made.',
      patientId: sick.me.id,
    });
    expect((await printed(town.prescriber, 'case-file', id)).pictures).toBe(0);
    const { photos, record } = await exportRecord(db, as(sick.me), sick.me.id);
    expect([record.urgent.length, photos.size]).toEqual([2, 1]);
  });

  it('asks the same few questions, however long it is', async () => {
    const { db, counted } = countedDb(world.appUrl);
    const [, few] = await counted(() => readMyRecord(db, as(seen.me)));
    for (let nth = 0; nth < 3; nth += 1) {
      await passTime(world.owner, { hours: 3 });
      await care.consulted(world.owner, {
        patient: seen.me,
        prescriber: world.town.prescriber,
        where: world.town.leeds,
      });
    }
    const [record, many] = await counted(() => readMyRecord(db, as(seen.me)));
    expect(record.timeline.filter(({ kind }) => kind === 'consultation')).toHaveLength(4);
    expect(many).toBe(few);
  });

  it('is empty, and says so, before anything happened', async () => {
    const me = await patient(world.owner);
    const record = await readMyRecord(world.db, as(me));
    expect([record.timeline, record.courses, record.looked.lines, record.caseFiles]).toEqual([
      [],
      [],
      [],
      [],
    ]);
    const { bytes } = await openPaper(world.db, as(me), { paper: 'record', id: me.id, links });
    expect((await readPdf(bytes)).text).toContain('Nothing has been written yet.');
  });
});

describe('a file for an insurer or a regulator', () => {
  const reason = 'A claim about an uneven brow has been made.';
  const about = { forWhom: 'insurer', recipient: 'Acme Mutual, ref. 12', reason } as const;

  it('holds the practitioner’s own part as it was, and the patient sees it', async () => {
    const { me, consultation } = await treated(world);
    const { prescriber, injector } = world.town;
    const id = await makeCaseFile(world.db, as(prescriber), { ...about, patientId: me.id });
    await passTime(world.owner, { hours: 1 });
    await world.owner
      .transaction()
      .execute((trx) =>
        trx
          .insertInto('consultation_addendum')
          .values({
            consultation_id: consultation.id,
            kind: 'note',
            text: 'Written afterwards',
            written_by: prescriber.accountId,
          })
          .execute(),
      )
      .catch(() => undefined);
    const open = async (who: { accountId: string }) =>
      readPdf((await openPaper(world.db, as(who), { paper: 'case-file', id, links })).bytes);
    for (const who of [prescriber, me]) {
      const { text } = await open(who);
      for (const words of ['Acme Mutual, ref. 12', reason, 'Consultation,', 'C7431A'])
        expect(text).toContain(words);
      expect(text).not.toContain('Written afterwards');
    }
    await expectRefusal(open(injector), 'not_found');
    const record = await readMyRecord(world.db, as(me));
    expect(record.caseFiles).toEqual([
      expect.objectContaining({ forWhom: 'An insurer: Acme Mutual, ref. 12', reason }),
    ]);
    expect((await trailOf(world, me.id)).map(({ action }) => action)).toContain('case_file.made');
  });

  it('is made by nobody but who has a part in it', async () => {
    for (const who of [world.town.otherPrescriber, seen.me, await patient(world.owner)])
      await expectRefusal(makeCaseFile(world.db, as(who), { ...about, patientId: seen.me.id }), 'not_found');
  });
});
