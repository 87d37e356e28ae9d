import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { cancelPrescription } from '#lib/server/domain/care/cancel-prescription.ts';
import { openPaper, PAPERS, type PaperName } from '#lib/server/domain/records/open-paper.ts';
import { verifyPrescription } from '#lib/server/domain/records/verify-prescription.ts';
import type { Jurisdiction, Particular } from '#lib/server/domain/policy/codes.ts';
import { policyOf } from '#lib/server/domain/policy/reads.ts';
import { passTime } from '../../builders/act.ts';
import * as care from '../../builders/care.ts';
import { account, patient, practitioner } from '../../builders/people.ts';
import { place, practise } from '../../builders/places.ts';
import { vet } from '../../builders/vetting.ts';
import { readPdf } from '../../harness/read-pdf.ts';
import { as, expectRefusal, links, openWorld, trailOf, treated, type World } from './world.ts';

let world: World;
let seen: Awaited<ReturnType<typeof treated>>;
beforeAll(async () => {
  world = await openWorld();
  seen = await treated(world);
});

const open = async (who: { accountId: string }, paper: PaperName, id: string) =>
  readPdf((await openPaper(world.db, as(who), { paper, id, links })).bytes);

async function prescribed() {
  const { owner, town } = world;
  const me = await patient(owner);
  const consultation = await care.consulted(owner, {
    patient: me,
    prescriber: town.prescriber,
    where: town.leeds,
  });
  return {
    me,
    consultation,
    prescription: await care.prescribe(owner, consultation, { injector: town.injector }),
  };
}

const codeOf = async (prescriptionId: string) =>
  (
    await world.owner
      .selectFrom('document_code')
      .where('prescription_id', '=', prescriptionId)
      .select('code')
      .executeTakeFirstOrThrow()
  ).code;

describe('the prescription', () => {
  it('carries what the law asks for, and a code that leads to how it stands', async () => {
    const { me, prescription } = await prescribed();
    const read = await open(me, 'prescription', prescription.id);
    const code = await codeOf(prescription.id);
    expect(read.title).toBe('Prescription');
    expect(read).toMatchObject({ isTagged: true, lang: 'en-GB' });
    for (const words of [
      'Date of birth',
      'Address of the patient',
      '40 Allergan units in all',
      '8 Allergan units, once, after a review visit in person',
      'Forehead lines and frown lines',
      'General Medical Council',
      'Valid until',
      'Single use',
      'Human Medicines Regulations 2012, reg. 217',
      'not valid for supply by a pharmacy unless signed in ink or by advanced electronic signature',
      code.replace(/.{4}(?=.)/g, '$&-'),
    ])
      expect(read.text).toContain(words);
    expect(read.codes).toEqual([links.verify(code)]);
  });

  it.each<[Jurisdiction, string[]]>([
    ['england', ['Human Medicines Regulations 2012, reg. 217', 'Address of the patient']],
    ['scotland', ['Human Medicines Regulations 2012, reg. 217', 'Kind of practitioner']],
    ['ireland', ['S.I. 540/2003', 'Address of the patient', 'Kind of practitioner']],
    ['queensland', ['Medicines and Poisons (Medicines) Regulation 2021', '(assumed', 'Quantity', 'Repeats']],
    ['california', ['Business and Professions Code § 4040', 'Telephone', 'Quantity', 'Kind of practitioner']],
    ['texas', ['Texas Administrative Code § 291.34', 'Telephone', 'What it is for', 'Quantity']],
    ['ontario', ['C.01.041', 'Telephone', 'Repeats', 'Quantity', 'Registered']],
  ])('says what the law of %s asks for', async (jurisdiction, words) => {
    const { owner, town } = world;
    const where = await place(owner, jurisdiction);
    const doctor = await practitioner(owner, 'doctor');
    await practise(owner, doctor, where);
    await vet(owner, doctor, town.reviewers, { jurisdiction });
    const me = await patient(owner);
    await sql`UPDATE patient SET postal_address = '7 Lindenholm Row' WHERE id = ${me.id}`.execute(owner);
    const consultation = await care.consulted(owner, { patient: me, prescriber: doctor, where });
    const prescription = await care.prescribe(owner, consultation);
    const read = await open(me, 'prescription', prescription.id);
    const policy = await policyOf(owner, jurisdiction, Temporal.PlainDate.from('2027-02-09'));
    const labels: Record<Particular, string> = {
      patient_name: 'Patient',
      patient_birth: 'Date of birth',
      patient_address: 'Address of the patient 7 Lindenholm Row',
      medicine: '(botulinum toxin type A), for injection',
      dose: '40 Allergan units in all',
      quantity: 'Quantity 48 Allergan units, with what is kept back',
      directions: 'Directions',
      repeats: 'Repeats None, but for the top-up',
      purpose: 'What it is for Lines and movement: forehead lines and frown lines',
      injector: 'To be given by',
      prescriber_name: 'Prescriber',
      prescriber_profession: 'Kind of practitioner Doctor',
      prescriber_registration: 'Registered',
      prescriber_address: 'Address',
      prescriber_telephone: 'Telephone',
      date: 'Date',
      expiry: 'Valid until',
      signature: 'Signature of the prescriber',
    };
    for (const code of policy.prescription_particulars) expect(read.text).toContain(labels[code]);
    for (const each of words) expect(read.text).toContain(each);
    // What neither floor nor law asks for is not there.
    if (!policy.prescription_particulars.includes('purpose')) expect(read.text).not.toContain(labels.purpose);
  });

  it('says that it was cancelled, and what was written instead', async () => {
    const { me, consultation, prescription } = await prescribed();
    await cancelPrescription(world.db, as(world.town.prescriber), {
      prescriptionId: prescription.id,
      reason: 'The dose was wrong',
    });
    await passTime(world.owner, { minutes: 5 });
    const anew = await care.prescribe(world.owner, consultation, {
      injector: world.town.injector,
      doseUnits: 30,
    });
    const old = await open(me, 'prescription', prescription.id);
    expect(old.text).toContain('CANCELLED');
    expect(old.text).toContain('Reason: The dose was wrong');
    expect(old.text).toContain('A new prescription was written on');
    const now = await open(me, 'prescription', anew.id);
    expect(now.text).toContain('It takes the place of the prescription of');
    expect(now.text).not.toContain('CANCELLED');
  });

  it('stands, is used, cancelled or expired to whoever has the code, and is unknown otherwise', async () => {
    const standing = async (id: string) => (await verifyPrescription(world.db, await codeOf(id)))?.standing;
    const { prescription } = await prescribed();
    expect(await standing(prescription.id)).toBe('valid');
    const code = await codeOf(prescription.id);
    const typed = ` ${code.toLowerCase().replace(/.{4}/g, '$& ')}`;
    const told = await verifyPrescription(world.db, typed);
    expect(Object.keys(told!).toSorted()).toEqual(['initials', 'issued', 'standing']);
    expect(told!.initials).toHaveLength(2);
    await passTime(world.owner, { hours: 24 * 91 });
    expect(await standing(prescription.id)).toBe('expired');
    const other = await prescribed();
    await cancelPrescription(world.db, as(world.town.prescriber), {
      prescriptionId: other.prescription.id,
      reason: 'No',
    });
    expect(await standing(other.prescription.id)).toBe('cancelled');
    for (const unknown of ['', '0'.repeat(20), 'Z'.repeat(20), `${code}0`, '%', `${code}' OR true`])
      expect(await verifyPrescription(world.db, unknown)).toBeNull();
  });

  it('has a code that nobody writes but the database', async () => {
    const codes = await world.owner.selectFrom('document_code').select('code').execute();
    expect(new Set(codes.map(({ code }) => code)).size).toBe(codes.length);
    await expect(
      sql`INSERT INTO document_code (patient_id, prescription_id) SELECT patient_id, id FROM prescription`.execute(
        world.db,
      ),
    ).rejects.toThrow(/permission denied/);
  });
});

describe('the papers of a treatment', () => {
  it('the treatment card: what was given, and a code for an emergency', async () => {
    const read = await open(seen.me, 'treatment-card', seen.treatment.id);
    for (const words of [
      'Batch C7431A',
      '20 Allergan units',
      'Frown lines',
      'Not again before',
      'Whom to call',
      'Registered nurse',
    ])
      expect(read.text).toContain(words);
    expect(read.codes).toHaveLength(1);
    expect(read.codes[0]).toMatch(/^https:\/\/steadyhand\.example\/emergency-card\?code=[0-9A-F]{20}$/);
  });

  it('the aftercare sheet names the numbers of its place', async () => {
    const read = await open(seen.me, 'aftercare', seen.treatment.id);
    for (const words of [
      'Call 999 now if you have',
      'trouble breathing or swallowing',
      '111',
      'yellowcard.mhra.gov.uk',
    ])
      expect(read.text).toContain(words);
  });

  it('the check at the start is what the database knew, with the rules of that day', async () => {
    const read = await open(world.town.injector, 'start-check', seen.treatment.id);
    for (const words of [
      'was permitted to treat',
      'signed suitable on',
      'Given by the patient on',
      'accepted by both, since',
      'Reachable, as the injector said at the start; reached by: Telephone 0113 496 0101.',
      'Wanted there at least: reachable.',
      'Batch C7431A, dispensed for this patient',
      'Human Medicines Regulations 2012, reg. 214',
      'Children) Act 2021',
    ])
      expect(read.text).toContain(words);
    await expect(sql`UPDATE start_proof SET facts = '{}'`.execute(world.owner)).rejects.toThrow(
      /append-only/,
    );
  });

  it('the consent form says what was agreed to and when; taken back, it says so', async () => {
    const read = await open(seen.me, 'consent', seen.prescription.id);
    expect(read.text).toContain('This is my own choice. Nobody is pressing me.');
    expect(read.text).toContain('Confirmed on the day, with the injector');
    const { me, prescription } = await prescribed();
    expect((await open(me, 'consent', prescription.id)).text).toContain('signature of the witness');
  });

  it('the letter to the family doctor is the patient’s alone to print', async () => {
    const read = await open(seen.me, 'gp-letter', seen.treatment.id);
    expect(read.text).toContain('To the general practitioner of');
    expect(read.text).toContain('Frown lines: 20 units');
    await expectRefusal(open(world.town.prescriber, 'gp-letter', seen.treatment.id), 'not_found');
  });
});

describe('who opens them', () => {
  const idOf = (paper: PaperName) =>
    ['prescription', 'consent'].includes(paper) ? seen.prescription.id : seen.treatment.id;
  // Those of a whole record have a test of their own.
  const single = PAPERS.filter((paper) => !['record', 'case-file'].includes(paper));

  it.each(single.filter((paper) => paper !== 'gp-letter'))(
    '%s: patient, prescriber, named injector',
    async (paper) => {
      for (const who of [seen.me, world.town.prescriber, world.town.injector])
        expect((await open(who, paper, idOf(paper))).pages).toBeGreaterThan(0);
    },
  );

  it.each(single)('%s: nobody else, and no such thing looks the same', async (paper) => {
    const stranger = await account(world.owner);
    for (const who of [
      stranger,
      await patient(world.owner),
      world.town.otherPrescriber,
      world.town.loneInjector,
    ])
      await expectRefusal(open(who, paper, idOf(paper)), 'not_found');
    await expectRefusal(open(seen.me, paper, randomUUID()), 'not_found');
    await expectRefusal(
      openPaper(world.db, { kind: 'visitor', partyId: null }, { paper, id: idOf(paper), links }),
      'not_found',
    );
  });

  it('every opening is written down', async () => {
    const before = (await trailOf(world, seen.me.id)).length;
    await open(world.town.injector, 'treatment-card', seen.treatment.id);
    const [line, ...more] = (await trailOf(world, seen.me.id)).slice(before);
    expect(more).toEqual([]);
    expect(line).toEqual({
      action: 'paper.opened',
      actor: world.town.injector.accountId,
      detail: { paper: 'treatment-card' },
    });
  });
});
