import { beforeAll, describe, expect, it } from 'vitest';
import { endCardCode } from '#lib/server/domain/records/end-card-code.ts';
import { readOpened } from '#lib/server/domain/records/read-opened.ts';
import {
  endShare,
  openCard,
  openShared,
  readMySharing,
  requireShare,
  shareRecord,
} from '#lib/server/domain/records/sharing.ts';
import { readMyRecord } from '#lib/server/domain/records/reads.ts';
import { passTime } from '../../builders/act.ts';
import { patient } from '../../builders/people.ts';
import { as, expectRefusal, openWorld, trailOf, treated, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});

const SITE = new URL('https://steadyhand.example');
const visitor = { kind: 'visitor', partyId: null } as const;
const READER = { readerName: 'Dr Noor Haddad', readerPlace: 'Northgate Hospital' };

const share = (
  me: { accountId: string },
  parts: ('consultations' | 'treatments' | 'health' | 'prescriptions')[],
) => shareRecord(world.db, as(me), { forWhom: 'Dr Haddad', parts, days: '7' });

const lettersTo = async (patientId: string) =>
  world.owner
    .selectFrom('mail_message as m')
    .innerJoin('account as a', 'a.email', 'm.to_address')
    .innerJoin('patient as p', 'p.account_id', 'a.id')
    .where('p.id', '=', patientId)
    .select(['m.subject', 'm.body'])
    .execute();

describe('a second opinion', () => {
  it('shows the chosen parts to who says who they are, and tells the patient each time', async () => {
    const { me } = await treated(world);
    const secret = await share(me, ['treatments']);
    await requireShare(world.db, secret);
    const reading = await openShared(world.db, SITE, visitor, { ...READER, secret });
    const opened = await readOpened(world.db, visitor, reading);
    if (opened.kind !== 'record') throw new Error('a record was shared');
    expect(opened.record.timeline.map(({ kind }) => kind)).toEqual(['treatment']);
    expect(opened.record.answers).toEqual([]);

    const { shares } = await readMySharing(world.db, as(me));
    expect(shares[0]!.readings).toEqual([expect.stringContaining('Dr Noor Haddad, Northgate Hospital')]);
    expect((await lettersTo(me.id)).map(({ subject }) => subject)).toContain('Somebody has opened your link');
    expect((await lettersTo(me.id)).map(({ body }) => body).join()).not.toMatch(/Haddad|Botox|frown/i);
    expect((await trailOf(world, me.id)).map(({ action }) => action)).toContain('record.shared_read');
    const { looked } = await readMyRecord(world.db, as(me));
    expect(looked.lines).toContainEqual(
      expect.objectContaining({
        who: 'Dr Noor Haddad, Northgate Hospital',
        did: 'Read what you shared by link',
      }),
    );
  });

  it('shows every part that was chosen, and those alone', async () => {
    const { me } = await treated(world);
    const secret = await share(me, ['consultations', 'prescriptions', 'health']);
    const opened = await readOpened(
      world.db,
      visitor,
      await openShared(world.db, SITE, visitor, { ...READER, secret }),
    );
    if (opened.kind !== 'record') throw new Error('a record was shared');
    expect(opened.record.timeline.map(({ kind }) => kind)).toEqual(['prescription', 'consultation']);
    expect(opened.record.answers).toHaveLength(1);
  });

  it('ends with its time, and at once when the patient says so, also for who reads already', async () => {
    const { me } = await treated(world);
    const secret = await share(me, ['treatments']);
    const reading = await openShared(world.db, SITE, visitor, { ...READER, secret });
    const [shareId] = (await readMySharing(world.db, as(me))).shares.map(({ id }) => id);
    await expectRefusal(
      endShare(world.db, as(await patient(world.owner)), { shareId: shareId! }),
      'not_found',
    );
    await endShare(world.db, as(me), { shareId: shareId! });
    await expectRefusal(readOpened(world.db, visitor, reading), 'link_ended');
    await expectRefusal(requireShare(world.db, secret), 'link_ended');
    await expectRefusal(openShared(world.db, SITE, visitor, { ...READER, secret }), 'link_ended');
    await expectRefusal(endShare(world.db, as(me), { shareId: shareId! }), 'not_now');

    const later = await share(me, ['treatments']);
    const again = await openShared(world.db, SITE, visitor, { ...READER, secret: later });
    await passTime(world.owner, { hours: 25 });
    // A reading lasts a day; the link goes on.
    await expectRefusal(readOpened(world.db, visitor, again), 'link_ended');
    await requireShare(world.db, later);
    await passTime(world.owner, { hours: 7 * 24 });
    await expectRefusal(requireShare(world.db, later), 'link_ended');
  });

  it('is one of five at most, and a guess opens nothing', async () => {
    const me = await patient(world.owner);
    for (let nth = 0; nth < 5; nth += 1) await share(me, ['health']);
    await expectRefusal(share(me, ['health']), 'shares_full');
    for (const guess of ['', 'a', 'A'.repeat(43), '%'.repeat(43)]) {
      await expectRefusal(requireShare(world.db, guess), 'link_ended');
      await expectRefusal(readOpened(world.db, visitor, guess), 'link_ended');
    }
  });
});

describe('the card in an emergency', () => {
  const codeOf = async (appointmentId: string) =>
    (
      await world.owner
        .selectFrom('document_code as d')
        .innerJoin('treatment_record as t', 't.id', 'd.treatment_id')
        .where('t.appointment_id', '=', appointmentId)
        .select(['d.code', 't.id'])
        .executeTakeFirstOrThrow()
    ).code;

  it('opens the lines of the card for 72 hours, and the patient is told', async () => {
    const { me, treatment } = await treated(world);
    const reading = await openCard(world.db, SITE, visitor, { ...READER, code: await codeOf(treatment.id) });
    const opened = await readOpened(world.db, visitor, reading);
    if (opened.kind !== 'card') throw new Error('a card was opened');
    expect(opened.lines.map(({ term }) => term)).toEqual([
      'Patient',
      'Treated',
      'Medicine',
      'In all',
      'Where',
      'Batch',
      'Given by',
      'Prescribed by',
      'Clinic',
      'Out of hours',
    ]);
    expect(opened.lines.find(({ term }) => term === 'In all')!.detail).toBe('20 Allergan units');
    expect(opened.emergency).toBe('999');
    expect((await readMySharing(world.db, as(me))).byCard).toHaveLength(1);
    expect((await lettersTo(me.id)).map(({ subject }) => subject)).toContain('Somebody has opened your card');
    await passTime(world.owner, { hours: 71 });
    await readOpened(world.db, visitor, reading);
    await passTime(world.owner, { hours: 2 });
    await expectRefusal(readOpened(world.db, visitor, reading), 'link_ended');
  });

  it('opens nothing once the patient has ended its code, nor with the code of a prescription', async () => {
    const { me, treatment, prescription } = await treated(world);
    const code = await codeOf(treatment.id);
    const reading = await openCard(world.db, SITE, visitor, { ...READER, code });
    const card = (await readMyRecord(world.db, as(me))).cards[0]!;
    await endCardCode(world.db, as(me), { treatmentId: card.treatmentId });
    await expectRefusal(readOpened(world.db, visitor, reading), 'link_ended');
    await expectRefusal(openCard(world.db, SITE, visitor, { ...READER, code }), 'card_unknown');
    await expectRefusal(endCardCode(world.db, as(me), { treatmentId: card.treatmentId }), 'not_now');
    const { code: other } = await world.owner
      .selectFrom('document_code')
      .where('prescription_id', '=', prescription.id)
      .select('code')
      .executeTakeFirstOrThrow();
    await expectRefusal(openCard(world.db, SITE, visitor, { ...READER, code: other }), 'card_unknown');
  });
});
