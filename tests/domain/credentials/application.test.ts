import sharp from 'sharp';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { readApplication, readChoices } from '#lib/server/domain/credentials/application-reads.ts';
import { claimCredential, MOST_CLAIMS_A_DAY } from '#lib/server/domain/credentials/claim-credential.ts';
import { claimForm, fieldsOf, type Claim } from '#lib/server/domain/credentials/claim.ts';
import { sniff, takeEvidence } from '#lib/server/domain/credentials/evidence.ts';
import { readEvidence } from '#lib/server/domain/credentials/read-evidence.ts';
import { completeChecks } from '#lib/server/domain/oversight/complete-checks.ts';
import { decideCase } from '#lib/server/domain/oversight/decide.ts';
import { recordCheck } from '#lib/server/domain/oversight/record-check.ts';
import { submitApplication } from '#lib/server/domain/oversight/submit-application.ts';
import type { CredentialKind, Jurisdiction, Profession } from '#lib/server/domain/policy/codes.ts';
import { requirementsOf } from '#lib/server/domain/policy/requirements.ts';
import { evaluatePolicy } from '#lib/server/domain/policy/evaluate.ts';
import { POLICY_ROWS } from '#lib/server/domain/policy/rows.ts';
import {
  saveCover,
  saveFees,
  saveLocation,
  saveProfile,
  saveYou,
} from '#lib/server/domain/practitioners/answer-questions.ts';
import { beginApplication } from '#lib/server/domain/practitioners/begin-application.ts';
import { profileForm, youForm } from '#lib/server/domain/practitioners/input.ts';
import { passTime, type Signer } from '../../builders/act.ts';
import { account } from '../../builders/people.ts';
import { countedDb } from '../../harness/counted.ts';
import { as, eventsOf, expectRefusal, openWorld, type World } from '../booking/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
  await world.owner
    .insertInto('place')
    .values([
      {
        id: 1,
        name: 'Leeds',
        region: 'England',
        country_code: 'GB',
        latitude: 53.8,
        longitude: -1.55,
        population: 455_123,
        time_zone: 'Europe/London',
      },
      {
        id: 2,
        name: 'Newport',
        region: 'near Portsmouth, England',
        country_code: 'GB',
        latitude: 50.7,
        longitude: -1.29,
        population: 23_957,
        time_zone: 'Europe/London',
      },
      {
        id: 3,
        name: 'Newport',
        region: 'near Telford, England',
        country_code: 'GB',
        latitude: 52.8,
        longitude: -2.4,
        population: 11_387,
        time_zone: 'Europe/London',
      },
      {
        id: 4,
        name: 'El Paso',
        region: 'Texas',
        country_code: 'US',
        latitude: 31.76,
        longitude: -106.49,
        population: 681_124,
        time_zone: 'America/Denver',
      },
    ])
    .execute();
});

const pdf = (name = 'certificate.pdf') => new File(['%PDF-1.4\n%%EOF'], name, { type: 'application/pdf' });
const day = async (offset: number) => {
  const { rows } = await sql<{
    day: string;
  }>`SELECT (app_now() + ${offset} * interval '1 day')::date AS day`.execute(world.owner);
  return rows[0]!.day;
};

const NOTHING: Claim = {
  title: 'A course',
  issuer: 'A school',
  number: '',
  takenOn: null,
  startsOn: null,
  endsOn: null,
  hours: null,
  handsOn: null,
  managesComplications: null,
  coversTreatment: null,
  coversPrescribing: null,
};

async function begin(profession: Profession, jurisdiction: Jurisdiction = 'england') {
  const who = await account(world.owner, { name: 'Rowan Ashdown' });
  const { applicationId } = await beginApplication(world.db, as(who), { profession, jurisdiction });
  return { who, where: { applicationId } };
}
type Applicant = Awaited<ReturnType<typeof begin>>;

const claim = (
  { who, where }: Applicant,
  kind: CredentialKind,
  said: Partial<Claim>,
  file: File | null = pdf(),
) => claimCredential(world.db, as(who), { ...where, kind }, { claim: { ...NOTHING, ...said }, file });
const read = ({ who, where }: Applicant, by: Signer = who) =>
  readApplication(world.db, as(by), where.applicationId);
const lacks = async (applicant: Applicant) =>
  Object.fromEntries(
    (await read(applicant)).steps.flatMap(({ name, kind, missing }) =>
      missing === null ? [] : [[kind ?? name, missing]],
    ),
  );

/** Everything that a nurse prescriber in Leeds has to answer. */
async function answerAll(applicant: Applicant): Promise<void> {
  const { who, where } = applicant;
  const { db } = world;
  await saveYou(db, as(who), where, {
    title: null,
    displayName: 'Rowan Ashdown',
    familyName: 'Ashdown',
    pronouns: null,
    gender: null,
    languages: ['English'],
    practisingSince: 2011,
  });
  await saveProfile(db, as(who), where, {
    headline: 'Calm first talks',
    biography: 'I listen first.',
    regions: ['jaw'],
  });
  await saveCover(db, as(who), where, {
    outOfHoursName: 'Dr Ines Holloway',
    outOfHoursPhone: '07700 900456',
    recordsCustodian: 'Northgate Records',
  });
  await saveLocation(db, as(who), where, {
    clinicName: 'Ashdown Rooms',
    phone: '01632 960321',
    street: '4 Mill Lane',
    town: 'leeds',
    placeId: null,
    postcode: 'LS1 4AP',
  });
  await saveFees(db, as(who), where, { fee: 4000, covers: '', minutes: 30 });
  const register = { number: '41A2345N', endsOn: await day(500) };
  await claim(applicant, 'registration', register, null);
  await claim(applicant, 'prescribing_right', register, null);
  await claim(applicant, 'toxin_training', {
    takenOn: await day(-200),
    hours: 16,
    handsOn: true,
    managesComplications: true,
  });
  await claim(applicant, 'life_support', { takenOn: await day(-20) });
  await claim(applicant, 'indemnity_insurance', {
    number: 'HM-1',
    startsOn: await day(-20),
    endsOn: await day(300),
    coversTreatment: true,
    coversPrescribing: true,
  });
}

const submit = ({ who, where }: Applicant, note = '') =>
  submitApplication(world.db, as(who), { ...where, note });

/** Both reviewers do their part. */
async function review(caseId: string, approve: boolean): Promise<void> {
  const [checker, decider] = world.town.reviewers;
  const { rows } = await sql<{ id: string; register: string | null }>`
    SELECT k.id, k.register FROM credential k JOIN vetting_case v ON v.practitioner_id = k.practitioner_id
     WHERE v.id = ${caseId} AND k.withdrawn_at IS NULL`.execute(world.owner);
  for (const { id, register } of rows)
    await recordCheck(world.db, as(checker), {
      caseId,
      credentialId: id,
      method: register === null ? 'document' : 'register_page',
      result: 'confirmed',
      note: '',
    });
  await completeChecks(world.db, as(checker), { caseId });
  await decideCase(world.db, as(decider), { caseId, approve, reason: 'Looked at with care.' });
}

describe('what is asked', () => {
  it('is what policy says of the profession and the place', async () => {
    const asked = (jurisdiction: Jurisdiction, profession: Profession) =>
      requirementsOf(
        evaluatePolicy(POLICY_ROWS, jurisdiction, Temporal.PlainDate.from('2026-12-01')),
        profession,
      ).map(({ kind, register }) => (register === null ? kind : `${kind} ${register}`));
    const papers = ['toxin_training', 'life_support', 'indemnity_insurance'];
    expect(asked('england', 'doctor')).toEqual(['registration gmc', ...papers]);
    expect(asked('england', 'nurse_prescriber')).toEqual([
      'registration nmc',
      'prescribing_right nmc',
      ...papers,
    ]);
    expect(asked('england', 'registered_nurse')).toEqual(['registration nmc', ...papers]);
    expect(asked('england', 'esthetician')).toEqual(['registration', 'qualification', ...papers]);
    expect(asked('texas', 'esthetician')).toEqual(['registration tx_licensing', ...papers]);
    expect(asked('texas', 'nurse_practitioner')).toEqual([
      'registration tx_board_of_nursing',
      'prescribing_right tx_board_of_nursing',
      ...papers,
    ]);
    const { rows } = await sql<{ kinds: string[] }>`
      SELECT array_agg(kind ORDER BY kind) AS kinds FROM required_credential WHERE jurisdiction = 'england' AND profession = 'esthetician'`.execute(
      world.owner,
    );
    expect(rows[0]!.kinds).toEqual([
      'indemnity_insurance',
      'life_support',
      'qualification',
      'registration',
      'toxin_training',
    ]);
  });

  it('offers only the professions that the law there lets do something', async () => {
    const offered = async (jurisdiction: Jurisdiction) =>
      (await readChoices(world.db, jurisdiction)).professions.map(({ value }) => value);
    expect(await offered('england')).toEqual([
      'doctor',
      'dentist',
      'nurse_prescriber',
      'pharmacist_prescriber',
      'registered_nurse',
      'esthetician',
    ]);
    expect(await offered('texas')).toEqual([
      'doctor',
      'nurse_practitioner',
      'physician_assistant',
      'registered_nurse',
      'esthetician',
    ]);
    await expectRefusal(begin('dentist', 'texas'), 'profession_not_here');
  });

  it('begins once, and the profession can be chosen anew until somebody was asked to look', async () => {
    const first = await begin('doctor');
    const again = await beginApplication(world.db, as(first.who), {
      profession: 'nurse_prescriber',
      jurisdiction: 'england',
    });
    expect(again.applicationId).toBe(first.where.applicationId);
    expect((await read(first)).profession).toBe('Nurse prescriber');
    await answerAll(first);
    await submit(first);
    await expectRefusal(
      beginApplication(world.db, as(first.who), { profession: 'doctor', jurisdiction: 'england' }),
      'not_now',
    );
  });

  it('is nobody else’s to see', async () => {
    const one = await begin('doctor');
    const other = await begin('doctor');
    await expectRefusal(read(one, other.who), 'not_found');
    await expectRefusal(
      saveCover(world.db, as(other.who), one.where, {
        outOfHoursName: 'x',
        outOfHoursPhone: '07700 900000',
        recordsCustodian: 'x',
      }),
      'not_found',
    );
  });
});

describe('answers', () => {
  it('say what is missing and why, until nothing is', async () => {
    const applicant = await begin('nurse_prescriber');
    expect(Object.keys(await lacks(applicant))).toEqual([
      'you',
      'registration',
      'prescribing_right',
      'toxin_training',
      'life_support',
      'indemnity_insurance',
      'location',
      'fees',
      'profile',
      'cover',
    ]);
    await expectRefusal(submit(applicant), 'application_incomplete');
    await answerAll(applicant);
    expect(await lacks(applicant)).toEqual({});
  });

  it('put the address on the map, and ask which town is meant', async () => {
    const applicant = await begin('doctor');
    const at = {
      clinicName: 'The Rooms',
      phone: '01632 960321',
      street: '1 High Street',
      postcode: 'PO30 1AA',
    };
    const save = (town: string, placeId: number | null) =>
      saveLocation(world.db, as(applicant.who), applicant.where, { ...at, town, placeId });
    await expectRefusal(save('El Paso', null), 'place_unknown');
    expect(await save('Newport', null)).toEqual({
      saved: false,
      towns: [
        { value: '2', label: 'Newport, near Portsmouth, England' },
        { value: '3', label: 'Newport, near Telford, England' },
      ],
    });
    expect((await read(applicant)).location).toBeNull();
    expect(await save('Newport', 3)).toEqual({ saved: true });
    const { rows } = await sql`
      SELECT l.latitude, l.time_zone, l.locality FROM application a JOIN location l ON l.id = a.location_id WHERE a.id = ${applicant.where.applicationId}`.execute(
      world.owner,
    );
    expect(rows).toEqual([{ latitude: 52.8, time_zone: 'Europe/London', locality: 'Newport' }]);
  });

  it('refuse words that no public page may carry, and name them', () => {
    const said = profileForm.safeParse({ headline: 'Gentle Botox', biography: 'Calm.', regions: ['jaw'] });
    expect(said.error?.issues[0]).toMatchObject({ path: ['headline'] });
    expect(said.error?.issues[0]?.message).toContain('“Botox”');
    expect(
      profileForm.safeParse({ headline: 'Calm talks', biography: 'I listen.', regions: 'jaw' }).success,
    ).toBe(true);
    expect(
      youForm.safeParse({
        displayName: 'Needle Nora',
        familyName: 'N',
        languages: 'English',
        practisingSince: '2011',
        title: '',
      }).success,
    ).toBe(false);
  });

  it('know a register number by its form, and say which form', () => {
    const said = claimForm('registration', 'nmc').safeParse({ number: '12345', endsOn: '2028-01-01' });
    expect(said.error?.issues[0]?.message).toContain('2 digits, a letter');
    expect(
      claimForm('registration', 'nmc').parse({ number: '41a2345 n', endsOn: '2028-01-01' }).claim.number,
    ).toBe('41A2345N');
    // No file chosen is an empty text in a form.
    const sent = { number: '41A2345N', endsOn: '2028-01-01', file: '' };
    expect(claimForm('registration', 'nmc').parse(sent).file).toBeNull();
    expect(fieldsOf('registration', null)).toContain('issuer');
  });
});

describe('training', () => {
  it.each([
    ['online only', { handsOn: false }, 'Online theory alone never counts'],
    ['an afternoon', { hours: 3 }, 'At least 7 hours'],
    ['nothing on complications', { managesComplications: false }, 'when something goes wrong'],
  ])('%s is not enough', async (_name, wrong, why) => {
    const applicant = await begin('nurse_prescriber');
    await answerAll(applicant);
    await claim(applicant, 'toxin_training', {
      takenOn: await day(-10),
      hours: 16,
      handsOn: true,
      managesComplications: true,
      ...wrong,
    });
    expect((await lacks(applicant)).toxin_training).toContain(why);
    await expectRefusal(submit(applicant), 'application_incomplete');
  });

  it('of long ago, or to come, is refused', async () => {
    const applicant = await begin('doctor');
    await expectRefusal(claim(applicant, 'life_support', { takenOn: await day(-400) }), 'credential_too_old');
    await expectRefusal(claim(applicant, 'life_support', { takenOn: await day(3) }), 'date_to_come');
    await expectRefusal(
      claim(applicant, 'registration', { number: '7654321', endsOn: await day(-1) }),
      'date_past',
    );
    await expectRefusal(claim(applicant, 'premises', {}), 'not_found');
  });
});

describe('evidence', () => {
  it('is what its first bytes say', async () => {
    expect(sniff(Buffer.from('%PDF-1.7'))).toBe('application/pdf');
    expect(sniff(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg">'))).toBeNull();
    expect(sniff(Buffer.alloc(0))).toBeNull();
    const html = new File(['<script>alert(1)</script>'], 'x.pdf', { type: 'application/pdf' });
    await expectRefusal(takeEvidence(html), 'evidence_unreadable');
    const cut = new File([Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3])], 'x.jpg');
    await expectRefusal(takeEvidence(cut), 'evidence_unreadable');
    await expectRefusal(takeEvidence(new File([Buffer.alloc(8_388_609)], 'x.pdf')), 'too_large');
  });

  it('is drawn anew without what the camera wrote, and keeps a name without folders', async () => {
    const jpeg = await sharp({ create: { width: 4000, height: 30, channels: 3, background: 'red' } })
      .withExif({ IFD3: { GPSLatitude: '53/1 48/1 0/1' } })
      .jpeg()
      .toBuffer();
    expect((await sharp(jpeg).metadata()).exif).toBeDefined();
    const kept = await takeEvidence(new File([new Uint8Array(jpeg)], '..\\a/..\u0000/My photo.exe'));
    const { exif, width } = await sharp(kept.bytes).metadata();
    expect([kept.name, kept.type, exif, width]).toEqual(['My photo.jpg', 'image/jpeg', undefined, 2600]);
  });

  it('goes along when a claim is made anew, up to three files', async () => {
    const applicant = await begin('doctor');
    const taken = { takenOn: await day(-20) };
    for (const name of ['one.pdf', 'two.pdf', 'three.pdf'])
      await claim(applicant, 'life_support', taken, pdf(name));
    const { credentials } = await read(applicant);
    const life = credentials.find(({ kind }) => kind === 'life_support')!;
    expect(life.claim!.files.map(({ name }) => name)).toEqual(['one.pdf', 'two.pdf', 'three.pdf']);
    await expectRefusal(claim(applicant, 'life_support', taken, pdf('four.pdf')), 'evidence_full');
  });

  it('is carried on so often in a day: a short form would otherwise store three files anew as often as it is sent', async () => {
    const applicant = await begin('doctor');
    const taken = { takenOn: await day(-20) };
    for (let nth = 0; nth < MOST_CLAIMS_A_DAY; nth += 1)
      await claim(applicant, nth % 2 === 0 ? 'life_support' : 'qualification', taken, null);
    await expectRefusal(claim(applicant, 'life_support', taken, null), 'too_many_requests');
    // Somebody else's day is their own, and tomorrow is another.
    await claim(await begin('doctor'), 'life_support', taken, null);
    await passTime(world.owner, { hours: 25 });
    await claim(applicant, 'life_support', taken, null);
  });

  it('is read by its subject and by reviewers, whose reading is written down', async () => {
    const applicant = await begin('doctor');
    await claim(applicant, 'life_support', { takenOn: await day(-20) });
    const file = (await read(applicant)).credentials.find(({ kind }) => kind === 'life_support')!.claim!
      .files[0]!;
    const audits = async () => {
      const { rows } = await sql<{
        n: number;
      }>`SELECT count(*) AS n FROM audit WHERE action = 'evidence.read' AND subject_id = ${file.id}`.execute(
        world.owner,
      );
      return rows[0]!.n;
    };
    expect((await readEvidence(world.db, as(applicant.who), file.id)).name).toBe('certificate.pdf');
    expect(await audits()).toBe(0);
    await readEvidence(world.db, as(world.town.reviewers[0]), file.id);
    expect(await audits()).toBe(1);
    for (const stranger of [world.town.prescriber, world.town.patient, (await begin('doctor')).who])
      await expectRefusal(readEvidence(world.db, as(stranger), file.id), 'not_found');
    await expectRefusal(readEvidence(world.db, { kind: 'visitor', partyId: null }, file.id), 'not_found');
  });
});

describe('the way to a listing', () => {
  it('stays as the reviewers see it, is answered after a no, and ends in a listing', async () => {
    const applicant = await begin('nurse_prescriber');
    await answerAll(applicant);
    const first = await submit(applicant);
    await expectRefusal(submit(applicant), 'application_under_review');
    await expectRefusal(
      claim(applicant, 'life_support', { takenOn: await day(-5) }),
      'application_under_review',
    );
    await review(first.caseId, false);
    expect(await eventsOf(world, first.caseId)).toEqual(['application.submitted', 'application.decided']);
    expect((await read(applicant)).cases).toMatchObject([
      { state: 'not_approved', reason: 'Looked at with care.' },
    ]);

    // What the first decision rested on stays; what is said anew stands beside it.
    await claim(applicant, 'life_support', { takenOn: await day(-5) });
    const second = await submit(applicant, 'A newer course.');
    await review(second.caseId, true);
    expect(await read(applicant)).toMatchObject({
      isListed: true,
      isOpen: false,
      cases: [{ note: 'A newer course.' }, {}],
    });

    // The name that two people checked stands; what is said beside it may change.
    const said = {
      title: null,
      displayName: 'Rowan Ashdown',
      familyName: 'Ashdown',
      pronouns: null,
      gender: null,
      languages: ['English', 'Polish'],
      practisingSince: 2011,
    };
    const { db } = world;
    const { who, where } = applicant;
    await saveYou(db, as(who), where, said);
    for (const other of [{ displayName: 'Somebody Else' }, { familyName: 'Else' }, { title: 'Prof.' }])
      await expectRefusal(saveYou(db, as(who), where, { ...said, ...other }), 'checked_stays');
  });

  it('takes the same few queries however much was claimed', async () => {
    const applicant = await begin('nurse_prescriber');
    const { db, counted } = countedDb(world.appUrl);
    const { who, where } = applicant;
    const queries = async () => (await counted(() => readApplication(db, as(who), where.applicationId)))[1];
    expect(await queries()).toBe(7);
    await answerAll(applicant);
    expect(await queries()).toBe(9);
    await submit(applicant);
    expect(await queries()).toBe(9);
  });
});
