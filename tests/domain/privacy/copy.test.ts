import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { copiedTables } from '#lib/server/domain/privacy/personal-copy.ts';
import { takeCopy } from '#lib/server/domain/privacy/take-copy.ts';
import type { Treatment } from '../../builders/care.ts';
import { acting } from '../../builders/act.ts';
import { account } from '../../builders/people.ts';
import { countedDb } from '../../harness/counted.ts';
import { openWorld, treatedPatient, viewerOf, type World } from './world.ts';

const publicUrl = new URL('https://steadyhand.example');
let world: World;
let mine: Treatment;
let other: Treatment;
beforeAll(async () => {
  world = await openWorld();
  mine = await treatedPatient(world);
  other = await treatedPatient(world);
});

const copyFor = async (who: { accountId: string }) =>
  takeCopy(world.db, await viewerOf(world, who), publicUrl);

it('holds the whole road of one patient, with what it is and why, and nothing of another', async () => {
  const copy = await copyFor(mine.patient);
  expect(copy).toMatchObject({ format: 'steadyhand-personal-data', version: 1 });
  expect(Object.keys(copy.tables)).toEqual(
    expect.arrayContaining([
      'account',
      'patient',
      'appointment',
      'health_answers',
      'consultation_record',
      'risk_disclosure',
      'prescription',
      'consent',
      'treatment_record',
      'injection_point',
      'follow_up_record',
      'start_proof',
      'document_code',
    ]),
  );
  expect(copy.tables.treatment_record).toMatchObject({
    ground: 'health care',
    readers: ['the person', 'practitioners who see, prescribe for or treat them'],
    rows: [{ appointment_id: mine.id, patient_id: mine.patient.id }],
  });
  const text = JSON.stringify(copy);
  for (const id of [other.patient.id, other.patient.accountId, other.id]) expect(text).not.toContain(id);
  expect(copy.papers.map(({ href }) => href)).toEqual(
    expect.arrayContaining([
      `https://steadyhand.example/documents/record/${mine.patient.id}`,
      `https://steadyhand.example/documents/fhir/${mine.patient.id}`,
      `https://steadyhand.example/documents/treatment-card/${mine.id}`,
    ]),
  );
});

it('has no secret in it, and is a line of the audit trail', async () => {
  await acting(world.owner, mine.patient, (trx) =>
    sql`INSERT INTO calendar_feed (account_id, whose, secret_hash) VALUES (${mine.patient.accountId}, 'patient', sha256('a'))`.execute(
      trx,
    ),
  );
  await world.owner
    .updateTable('account')
    .set({ password_hash: '$argon2id$secret' })
    .where('id', '=', mine.patient.accountId)
    .execute();
  const copy = await copyFor(mine.patient);
  expect(copy.tables.calendar_feed?.rows).toHaveLength(1);
  expect(JSON.stringify(copy)).not.toMatch(/argon2id|secret_hash|token_hash/);
  const lines = await world.owner
    .selectFrom('audit')
    .where('stream', '=', `patient:${mine.patient.id}`)
    .where('action', '=', 'data.copied')
    .select('actor_id')
    .execute();
  expect(lines[0]).toEqual({ actor_id: mine.patient.accountId });
});

it('is about the carer when a carer takes it', async () => {
  const helper = await account(world.owner, { email: 'helper@example.test' });
  await acting(world.owner, mine.patient, (trx) =>
    trx
      .insertInto('carer')
      .values({
        patient_id: mine.patient.id,
        invited_email: 'helper@example.test',
        code_hash: 'a'.repeat(64),
      })
      .execute(),
  );
  await acting(world.owner, helper, (trx) =>
    sql`UPDATE carer SET carer_account_id = ${helper.accountId} WHERE code_hash = ${'a'.repeat(64)}`.execute(
      trx,
    ),
  );
  const copy = await copyFor(helper);
  expect(Object.keys(copy.tables)).toEqual(expect.arrayContaining(['account', 'carer']));
  for (const table of ['patient', 'appointment', 'consultation_record', 'audit'])
    expect(copy.tables[table]?.rows.filter((row) => row.patient_id === mine.patient.id) ?? []).toEqual([]);
  expect(copy.tables.patient).toBeUndefined();
});

it('is about the practitioner when a practitioner takes it', async () => {
  const copy = await copyFor(world.town.prescriber);
  expect(Object.keys(copy.tables)).toEqual(
    expect.arrayContaining(['account', 'practitioner', 'credential', 'vetting_case', 'practice']),
  );
  expect(copy.tables.consultation_record).toBeUndefined();
  expect(copy.tables.patient).toBeUndefined();
});

it('asks for each table once, however much there is', async () => {
  const { db, counted } = countedDb(world.appUrl);
  const [, count] = await counted(async () => takeCopy(db, await viewerOf(world, mine.patient), publicUrl));
  expect(count).toBeLessThanOrEqual(copiedTables().length + 4);
});
