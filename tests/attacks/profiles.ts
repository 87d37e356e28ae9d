import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import { acting, type Signer } from '../builders/act.ts';
import { practitioner } from '../builders/people.ts';
import { attack, breaks, forbidden, insert, NOTHING, twice, unproven, update } from './attack.ts';
import type { Stage } from './stage.ts';

const NAME = JSON.stringify({ title: 'Dr', displayName: 'Another Name', familyName: 'Name' });

/** Another name, asked for by the prescriber. */
const change = ({ prescriber }: Stage, about: object = {}) =>
  insert('high_risk_change', {
    practitioner_id: prescriber.id,
    kind: 'name',
    after: NAME,
    reason: 'The register shows it.',
    ...about,
  });
const step = (id: string, to: string) => sql`SELECT take_high_risk_step(${id}, ${to}, 'I have looked.')`;

const asked = async (trx: Queryable, t: Stage, checkedBy?: Signer): Promise<string> => {
  await acting(trx, t.prescriber, (as) => change(t).execute(as));
  const { id } = await trx.selectFrom('high_risk_change').select('id').executeTakeFirstOrThrow();
  if (checkedBy) await acting(trx, checkedBy, (as) => step(id, 'checked').execute(as));
  return id;
};
const checked = (trx: Queryable, t: Stage) => asked(trx, t, t.reviewers[0]);
/** The subject is a reviewer as well: that alone must not be enough. */
const alsoReviews = (trx: Queryable, { prescriber }: Stage) =>
  trx.insertInto('staff').values({ account_id: prescriber.accountId, role: 'reviewer' }).execute();

/** What was checked of somebody changes by two reviewers, and what was changed stays on record (L1). */
export const profileAttacks = [
  ...['display_name', 'title', 'family_name', 'native_name', 'slug'].map((column) =>
    attack(
      'L1',
      `${column} of an approved practitioner, by a stroke of SQL`,
      breaks('practitioner_checked'),
      {
        actor: (t) => t.prescriber,
        attack: (t) => update('practitioner', t.prescriber.id, { [column]: 'another' }),
        twin: (t) => update('practitioner', t.prescriber.id, { headline: 'Calm, unhurried visits' }),
      },
    ),
  ),
  attack('L1', 'years in practice, by a stroke of SQL', breaks('practitioner_checked'), {
    actor: (t) => t.prescriber,
    attack: (t) => update('practitioner', t.prescriber.id, { practising_since: 1980 }),
    twin: (t) => update('practitioner', t.prescriber.id, { pronouns: 'she/her' }),
  }),
  attack('L1', 'a name changed while reviewers look at it', breaks('practitioner_checked'), {
    before: async (trx, t, lawful) => (lawful ? practitioner(trx) : t.candidate),
    actor: (_, __, who) => who,
    attack: (_, who) => update('practitioner', who.id, { display_name: 'Another Name' }),
  }),
  attack('L1', 'an address that people are sent to', breaks('location_checked'), {
    attack: (t) => update('location', t.leeds.locationId, { street: '1 Elsewhere' }),
    twin: (t) => update('location', t.leeds.locationId, { directions: 'The green door' }),
  }),
  attack('L1', 'the telephone number of a clinic that people are sent to', breaks('clinic_checked'), {
    attack: (t) => update('clinic', t.leeds.clinicId, { phone: '01632 960999' }),
    twin: (t) => update('clinic', t.leeds.clinicId, { is_demo: true }),
  }),
  attack('L1', 'somebody approved who appears elsewhere', breaks('practice_checked'), {
    before: async (trx, t, lawful) => {
      const { rows } = await sql<{ id: string }>`
        INSERT INTO location (clinic_id, name, street, locality, postcode, jurisdiction, latitude, longitude, time_zone)
        SELECT clinic_id, 'Another', street, locality, postcode, jurisdiction, latitude, longitude, time_zone
          FROM location WHERE id = ${t.leeds.locationId} RETURNING id`.execute(trx);
      return { locationId: rows[0]!.id, who: lawful ? await practitioner(trx) : t.prescriber };
    },
    attack: (_, { locationId, who }) =>
      insert('practice', {
        practitioner_id: who.id,
        location_id: locationId,
        currency: 'GBP',
        consultation_fee_minor: 0,
        consultation_minutes: 30,
      }),
  }),
  attack('L1', 'the address of a page that somebody else had', twice('practitioner_slug_kept'), {
    before: async (trx, t, lawful) => {
      if (!lawful)
        await trx
          .insertInto('practitioner_slug')
          .values({ slug: 'the-former-name', practitioner_id: t.prescriber.id })
          .execute();
      return practitioner(trx);
    },
    attack: (_, who) => update('practitioner', who.id, { slug: 'the-former-name' }),
  }),

  attack('L1', 'one reviewer who checks a change and accepts it', breaks('high_risk_change_two_people'), {
    before: checked,
    actor: (t, lawful) => t.reviewers[lawful ? 1 : 0],
    attack: (_, id) => step(id, 'accepted'),
  }),
  attack('L1', 'a reviewer who checks a change of their own', breaks('high_risk_change_not_the_subject'), {
    before: async (trx, t) => {
      await alsoReviews(trx, t);
      return asked(trx, t);
    },
    actor: (t, lawful) => (lawful ? t.reviewers[0] : t.prescriber),
    attack: (_, id) => step(id, 'checked'),
  }),
  attack('L1', 'a reviewer who accepts a change of their own', breaks('high_risk_change_not_the_subject'), {
    before: async (trx, t) => {
      await alsoReviews(trx, t);
      return checked(trx, t);
    },
    actor: (t, lawful) => (lawful ? t.reviewers[1] : t.prescriber),
    attack: (_, id) => step(id, 'accepted'),
  }),
  attack('L1', 'a change checked by a stranger', unproven('high_risk_change_checked_by_reviewer'), {
    before: (trx, t) => asked(trx, t),
    actor: (t, lawful) => (lawful ? t.reviewers[0] : t.stranger),
    attack: (_, id) => step(id, 'checked'),
  }),
  attack('L1', 'a change accepted by a stranger', unproven('high_risk_change_decided_by_reviewer'), {
    before: checked,
    actor: (t, lawful) => (lawful ? t.reviewers[1] : t.stranger),
    attack: (_, id) => step(id, 'accepted'),
  }),
  attack('L1', 'a change accepted that nobody has checked', breaks('high_risk_change_waiting'), {
    before: (trx, t, lawful) => (lawful ? checked(trx, t) : asked(trx, t)),
    actor: (t) => t.reviewers[1],
    attack: (_, id) => step(id, 'accepted'),
  }),
  attack('L1', 'a check of a change taken over by a second reviewer', breaks('high_risk_change_waiting'), {
    before: (trx, t, lawful) => (lawful ? asked(trx, t) : checked(trx, t)),
    actor: (t) => t.reviewers[1],
    attack: (_, id) => step(id, 'checked'),
  }),
  attack('L1', 'a change born accepted', forbidden('high_risk_change'), {
    actor: (t) => t.prescriber,
    attack: (t) => change(t, { state: 'accepted' }),
    twin: (t) => change(t),
  }),
  attack('L1', 'a change asked for somebody else', forbidden('high_risk_change'), {
    actor: (t, lawful) => (lawful ? t.prescriber : t.injector),
    attack: (t) => change(t),
  }),
  attack('L1', 'a second change of the same while one waits', twice('high_risk_change_one_open'), {
    before: async (trx, t, lawful) => {
      if (!lawful) await asked(trx, t);
    },
    actor: (t) => t.prescriber,
    attack: (t) => change(t),
  }),
  attack('L1', 'a name that lacks a part', breaks('high_risk_change_shape'), {
    actor: (t) => t.prescriber,
    attack: (t) => change(t, { after: '{"displayName":"Another Name"}' }),
    twin: (t) => change(t),
  }),
  attack('L1', 'a change of somebody of whom nothing was checked', breaks('high_risk_change_of_approved'), {
    actor: (t, lawful) => (lawful ? t.prescriber : t.candidate),
    attack: (t) =>
      change(t, { practitioner_id: sql`(SELECT id FROM practitioner WHERE account_id = current_actor())` }),
  }),
  attack('L1', 'a change taken back by somebody else', breaks('high_risk_change_own_word'), {
    before: (trx, t) => asked(trx, t),
    actor: (t, lawful) => (lawful ? t.prescriber : t.injector),
    attack: (_, id) => step(id, 'withdrawn'),
  }),
  attack('L3', 'another profession without its credentials', breaks('high_risk_change_evidence'), {
    before: async (trx, t, lawful) => {
      const after = JSON.stringify(lawful ? { practisingSince: 2001 } : { profession: 'dentist' });
      const kind = lawful ? 'practising_since' : 'profession';
      await acting(trx, t.prescriber, (as) => change(t, { kind, after }).execute(as));
      const { id } = await trx.selectFrom('high_risk_change').select('id').executeTakeFirstOrThrow();
      await acting(trx, t.reviewers[0], (as) => step(id, 'checked').execute(as));
      return id;
    },
    actor: (t) => t.reviewers[1],
    attack: (_, id) => step(id, 'accepted'),
  }),
  attack('P1', 'a change of somebody else, read', NOTHING, {
    before: (trx, t) => asked(trx, t),
    actor: (t, lawful) => (lawful ? t.prescriber : t.injector),
    attack: () => sql`SELECT 1 FROM high_risk_change`,
  }),
  attack('P1', 'what somebody else has changed, read', NOTHING, {
    before: async (trx, t) => {
      await acting(trx, t.prescriber, (as) =>
        update('practitioner', t.prescriber.id, { headline: 'Another line' }).execute(as),
      );
    },
    actor: (t, lawful) => (lawful ? t.prescriber : t.injector),
    attack: () => sql`SELECT 1 FROM profile_change`,
  }),
  attack('P3', 'what was changed, rewritten', forbidden('profile_change'), {
    attack: () => sql`UPDATE profile_change SET after = before`,
    twin: () => sql`SELECT count(*) FROM profile_change`,
  }),
  attack('P3', 'a change on record that never was', forbidden('profile_change'), {
    actor: (t) => t.prescriber,
    attack: (t) =>
      insert('profile_change', { practitioner_id: t.prescriber.id, field: 'practitioner.headline' }),
    twin: (t) => update('practitioner', t.prescriber.id, { headline: 'Another line' }),
  }),
];
