import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Profession } from '#lib/server/domain/policy/codes.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import type { Queryable } from '#lib/server/platform/db.ts';
import type { Signer } from './act.ts';

const GIVEN = ['Zoë', 'Mohammed', 'Aoife', 'José', 'Ngozi', 'Li', 'Bartholomew', 'Siân', 'Priya', 'ليلى'];
const FAMILY = [
  'Ó Briain',
  'Nuñez',
  'Featherstonehaugh',
  'Ng',
  'Okonkwo-Hughes',
  'Van der Berg',
  'Søndergaard',
  'خليل',
];

export type Patient = Signer & { readonly id: string; readonly dateOfBirth: string };
export type Practitioner = Signer & { readonly id: string; readonly slug: string };

let made = 0;
/** A name, and a mark that no other row of any run carries. */
function somebody() {
  made += 1;
  const given = GIVEN[made % GIVEN.length]!;
  const family = FAMILY[made % FAMILY.length]!;
  return { nth: made, given, family, name: `${given} ${family}`, mark: randomBytes(6).toString('hex') };
}

/** An account with a verified address. */
export async function account(
  db: Queryable,
  { name, email }: { name?: string; email?: string } = {},
): Promise<Signer> {
  const person = somebody();
  const { id } = await db
    .insertInto('account')
    .values({
      email: email ?? `${person.mark}@example.test`,
      display_name: name ?? person.name,
      email_verified_at: await appNow(db),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { accountId: id };
}

/** A person with an account who checks practitioners, or runs the place. */
export async function staffMember(
  db: Queryable,
  role: 'reviewer' | 'operator' = 'reviewer',
): Promise<Signer> {
  const member = await account(db);
  await db.insertInto('staff').values({ account_id: member.accountId, role }).execute();
  return member;
}

/** A person with an account who works at a clinic's desk. */
export async function clinicMember(db: Queryable, { clinicId }: { clinicId: string }): Promise<Signer> {
  const member = await account(db);
  await db
    .insertInto('clinic_member')
    .values({
      account_id: member.accountId,
      clinic_id: clinicId,
      role: 'reception',
      valid: sql`tstzrange(app_now() - interval '1 day', NULL)`,
    })
    .execute();
  return member;
}

/** A patient with an account. */
export async function patient(db: Queryable, { dateOfBirth = '1988-02-29' } = {}): Promise<Patient> {
  const person = somebody();
  const { accountId } = await account(db, { name: person.name });
  const { id } = await db
    .insertInto('patient')
    .values({
      account_id: accountId,
      given_name: person.given,
      family_name: person.family,
      date_of_birth: dateOfBirth,
      email: `${person.mark}@example.test`,
      phone: person.nth % 16 === 0 ? null : '+44 7700 900123',
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { id, accountId, dateOfBirth };
}

/** A practitioner whom nobody has checked yet. */
export async function practitioner(db: Queryable, profession: Profession = 'doctor'): Promise<Practitioner> {
  const person = somebody();
  const { accountId } = await account(db, { name: person.name });
  const slug = `practitioner-${person.mark}`;
  const { id } = await db
    .insertInto('practitioner')
    .values({
      account_id: accountId,
      slug,
      display_name: person.name,
      family_name: person.family,
      profession,
      languages: ['English'],
      out_of_hours_name: 'The duty practitioner',
      out_of_hours_phone: '+44 113 496 0999',
      records_custodian: 'Northgate Records',
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { id, accountId, slug };
}

/** An anonymous visitor who may keep a time. */
export async function visitor(db: Queryable): Promise<{ id: string }> {
  return db
    .insertInto('booking_party')
    .values({ token_hash: randomBytes(32).toString('hex') })
    .returning('id')
    .executeTakeFirstOrThrow();
}
