import { sql } from 'kysely';
import type { Jurisdiction } from '#lib/server/domain/policy/codes.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import { rangeValue, type Queryable } from '#lib/server/platform/db.ts';
import { acting, type Signer } from './act.ts';
import type { Practitioner } from './people.ts';

/** What every listing rests on, and the right that lets a nurse or pharmacist prescribe. */
const CREDENTIALS = [
  'registration',
  'prescribing_right',
  'toxin_training',
  'life_support',
  'indemnity_insurance',
] as const;

export type VettingCase = {
  readonly id: string;
  readonly practitioner: Practitioner;
  readonly jurisdiction: string;
};

/** Days from today, as dates of the database's clock. */
export type ValidDays = {
  from?: number;
  until?: number;
  /** The day on which the registers are due to be read again; with the credentials' end unless a test is about that. */
  dueIn?: number;
};

/** An application with confirmed checks of all its credentials, not yet decided by anybody. */
export async function application(
  db: Queryable,
  subject: Practitioner,
  {
    jurisdiction = 'england',
    from = -300,
    until = 400,
    dueIn = until,
    kinds,
    checker,
  }: {
    jurisdiction?: Jurisdiction;
    kinds?: readonly string[];
    checker: Signer;
  } & ValidDays,
): Promise<VettingCase> {
  const today = (await appNow(db)).toZonedDateTimeISO('UTC').toPlainDate();
  return acting(db, checker, async (trx) => {
    const { id } = await trx
      .insertInto('vetting_case')
      .values({
        practitioner_id: subject.id,
        subject_account_id: subject.accountId,
        jurisdiction,
        state: 'submitted',
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    for (const kind of kinds ?? (await askedOf(trx, subject, jurisdiction))) {
      const credential = await trx
        .insertInto('credential')
        .values({
          practitioner_id: subject.id,
          jurisdiction,
          kind,
          register: await registerOf(trx, subject, jurisdiction, kind),
          number: '7654321',
          ...(kind === 'toxin_training' && { hours: 20, hands_on: true, manages_complications: true }),
          ...(kind === 'indemnity_insurance' && { covers_treatment: true, covers_prescribing: true }),
          valid: `[${today.add({ days: from })},${today.add({ days: until })})`,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      const check = await trx
        .insertInto('credential_check')
        .values({
          credential_id: credential.id,
          checked_by: checker.accountId,
          source: 'The register',
          method: 'register_file',
          result: 'confirmed',
          next_due_on: today.add({ days: dueIn }).toString(),
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      await trx
        .insertInto('vetting_evidence')
        .values({
          case_id: id,
          practitioner_id: subject.id,
          jurisdiction,
          credential_id: credential.id,
          check_id: check.id,
        })
        .execute();
    }
    return { id, practitioner: subject, jurisdiction };
  });
}

/** What policy asks of them there, and what anybody may have besides. */
async function askedOf(db: Queryable, { id }: Practitioner, jurisdiction: string): Promise<string[]> {
  const rows = await db
    .selectFrom('required_credential')
    .innerJoin('practitioner', 'practitioner.profession', 'required_credential.profession')
    .where('practitioner.id', '=', id)
    .where('jurisdiction', '=', jurisdiction)
    .select('kind')
    .execute();
  return [...new Set([...CREDENTIALS, ...rows.map(({ kind }) => kind)])];
}

/** The register that proves this credential of theirs there; none where a document does. */
async function registerOf(
  db: Queryable,
  { id }: Practitioner,
  jurisdiction: string,
  kind: string,
): Promise<string | null> {
  const row = await db
    .selectFrom('required_credential')
    .innerJoin('practitioner', 'practitioner.profession', 'required_credential.profession')
    .where('practitioner.id', '=', id)
    .where('jurisdiction', '=', jurisdiction)
    .where('kind', '=', kind)
    .select('register')
    .executeTakeFirst();
  return row?.register ?? null;
}

/** The first of the two people: the checks are done. */
export async function completeChecks(db: Queryable, vetting: VettingCase, checker: Signer): Promise<void> {
  await acting(db, checker, (trx) =>
    trx.updateTable('vetting_case').set({ state: 'checks_complete' }).where('id', '=', vetting.id).execute(),
  );
}

/** The second of the two people: approved, and the capability periods written. */
export async function approve(db: Queryable, vetting: VettingCase, decider: Signer): Promise<void> {
  await acting(db, decider, (trx) =>
    sql`SELECT decide_vetting(${vetting.id}, true, 'All seen')`.execute(trx),
  );
}

/** The whole way to the capabilities of a profession: application, checks, decision by somebody else. */
export async function vet(
  db: Queryable,
  subject: Practitioner,
  [checker, decider]: readonly [Signer, Signer],
  about: { jurisdiction?: Jurisdiction; kinds?: readonly string[] } & ValidDays = {},
): Promise<VettingCase> {
  const vetting = await application(db, subject, { ...about, checker });
  await completeChecks(db, vetting, checker);
  await approve(db, vetting, decider);
  return vetting;
}

/** A supervision that both sides accepted, from now on. Returns its id. */
export async function supervise(
  db: Queryable,
  injector: Practitioner,
  prescriber: Practitioner,
  {
    jurisdiction = 'england',
    seat = 1,
    days = 365,
  }: { jurisdiction?: Jurisdiction; seat?: number; days?: number } = {},
): Promise<string> {
  const start = await appNow(db);
  const valid = { start, end: start.add({ hours: days * 24 }), bounds: '[)' as const };
  const { id } = await acting(db, injector, (trx) =>
    trx
      .insertInto('supervision')
      .values({
        injector_id: injector.id,
        prescriber_id: prescriber.id,
        jurisdiction,
        seat,
        injector_accepted_by: injector.accountId,
      })
      .returning('id')
      .executeTakeFirstOrThrow(),
  );
  await acting(db, prescriber, (trx) =>
    trx
      .updateTable('supervision')
      .set({ prescriber_accepted_by: prescriber.accountId, valid: rangeValue(valid) })
      .where('id', '=', id)
      .execute(),
  );
  return id;
}
