import { createHash, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Queryable } from '#lib/server/platform/db.ts';
import { acting, later, passTime, type Signer } from '../builders/act.ts';
import { account, clinicMember, patient } from '../builders/people.ts';
import { advance, begin, book, episode } from '../builders/visits.ts';
import { attack, breaks, insert, twice, update } from './attack.ts';
import { of, visit } from './rows.ts';
import { newChain } from './means.ts';
import type { Stage } from './stage.ts';

type Entry = { id: string; dateOfBirth: string; visitId: string };

/** Somebody whom the clinic in Leeds entered; the booking is called off unless it is to stay. */
async function entry(
  trx: Queryable,
  { soon, otherPrescriber, leeds }: Stage,
  {
    dateOfBirth = '1961-03-12',
    isBooked = false,
    by,
  }: { dateOfBirth?: string; isBooked?: boolean; by?: Signer } = {},
): Promise<Entry> {
  const { id } = await trx
    .insertInto('patient')
    .values({
      given_name: 'Oona',
      family_name: 'Featherstone',
      date_of_birth: dateOfBirth,
      phone: '0113 496 0123',
      ...(by && { entered_by: by.accountId }),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const booked = await book(trx, {
    kind: 'consultation',
    patient: { id, dateOfBirth, accountId: '' },
    who: otherPrescriber,
    where: leeds,
    at: soon.add({ hours: 30 }),
  });
  if (!isBooked) await advance(trx, booked, 'cancelled');
  return { id, dateOfBirth, visitId: booked.id };
}

/** Two members of the clinic in Leeds. */
const members = async (trx: Queryable, { leeds }: Stage) =>
  [await clinicMember(trx, leeds), await clinicMember(trx, leeds)] as const;

const proposal = ({ leeds }: Stage, keep: { id: string }, other: { id: string }) => ({
  id: randomUUID(),
  clinic_id: leeds.clinicId,
  keep_id: keep.id,
  other_id: other.id,
});

/** Two entries of one person, and one member's word that they are. */
async function proposed(trx: Queryable, t: Stage, about: { isBooked?: boolean } = {}) {
  const [joe, ada] = await members(trx, t);
  const keep = await entry(trx, t);
  const other = await entry(trx, t, about);
  const row = proposal(t, keep, other);
  await acting(trx, joe, (as) => insert('patient_merge', row).execute(as));
  return { joe, ada, keep, other, id: row.id };
}

const decide = (trx: Queryable, who: Signer, id: string, state: 'merged' | 'declined') =>
  acting(trx, who, (as) => update('patient_merge', id, { state }).execute(as));

/** An entry that was joined with another, or could have been. */
async function joined(trx: Queryable, t: Stage, isJoined: boolean) {
  const { ada, keep, other, id } = await proposed(trx, t);
  await decide(trx, ada, id, 'merged');
  if (isJoined) await update('patient', other.id, { merged_into_id: keep.id }).execute(trx);
  return { ...other, episodeId: await episode(trx, { ...other, accountId: '' }, t.leeds) };
}

const claimRow = ({ leeds }: Stage, { id }: { id: string }) => ({
  id: randomUUID(),
  patient_id: id,
  clinic_id: leeds.clinicId,
  code_hash: createHash('sha256').update(randomUUID()).digest('hex'),
});

/** A code for a new entry, led as far as `to`. */
async function claimed(trx: Queryable, t: Stage, to: 'issued' | 'asked' | 'granted') {
  const [joe] = await members(trx, t);
  const self = await account(trx);
  const person = await entry(trx, t);
  const id = await claim(trx, t, { joe, self, person }, to);
  return { joe, self, person, id };
}

async function claim(
  trx: Queryable,
  t: Stage,
  { joe, self, person }: { joe: Signer; self: Signer; person: Entry },
  to: 'issued' | 'asked' | 'granted',
) {
  const row = claimRow(t, person);
  await acting(trx, joe, (as) => insert('record_claim', row).execute(as));
  if (to === 'issued') return row.id;
  await acting(trx, self, (as) => update('record_claim', row.id, { state: 'asked' }).execute(as));
  if (to === 'granted') await acting(trx, joe, (as) => update('record_claim', row.id, granted).execute(as));
  return row.id;
}

const granted = { state: 'granted', id_document: 'passport' };

/** What is done at a desk in the name of others: joining two entries, and giving a record to who asks for it. */
export const reception = [
  attack('P1', 'two entries joined by the one who proposed it', breaks('patient_merge_two_people'), {
    before: (trx, t) => proposed(trx, t),
    actor: (_, lawful, { joe, ada }) => (lawful ? ada : joe),
    attack: (_, { id }) => update('patient_merge', id, { state: 'merged' }),
  }),
  attack('P1', 'two entries joined by somebody of no desk', breaks('patient_merge_of_the_clinic'), {
    before: (trx, t) => proposed(trx, t),
    actor: (t, lawful, { ada }) => (lawful ? ada : t.stranger),
    attack: (_, { id }) => update('patient_merge', id, { state: 'merged' }),
  }),
  attack('P1', 'two people of different birthdays taken for one', breaks('patient_merge_same_birth'), {
    before: async (trx, t, lawful) => ({
      joe: (await members(trx, t))[0],
      keep: await entry(trx, t),
      other: await entry(trx, t, { dateOfBirth: lawful ? '1961-03-12' : '1961-12-03' }),
    }),
    actor: (_, _lawful, { joe }) => joe,
    attack: (t, { keep, other }) => insert('patient_merge', proposal(t, keep, other)),
  }),
  attack('P1', 'an entry joined with itself', breaks('patient_merge_two_entries'), {
    before: async (trx, t) => ({
      joe: (await members(trx, t))[0],
      keep: await entry(trx, t),
      other: await entry(trx, t),
    }),
    actor: (_, _lawful, { joe }) => joe,
    attack: (t, { keep }) => insert('patient_merge', proposal(t, keep, keep)),
    twin: (t, { keep, other }) => insert('patient_merge', proposal(t, keep, other)),
  }),
  attack('P3', 'an entry with a clinical record joined away', breaks('patient_merge_empty'), {
    before: async (trx, t) => {
      const { patient: treated } = await newChain(trx, t, {
        patient: await patient(trx, { dateOfBirth: '1961-03-12' }),
      });
      return { joe: (await members(trx, t))[0], treated, empty: await entry(trx, t) };
    },
    actor: (_, _lawful, { joe }) => joe,
    attack: (t, { treated, empty }) => insert('patient_merge', proposal(t, empty, treated)),
    twin: (t, { treated, empty }) => insert('patient_merge', proposal(t, treated, empty)),
  }),
  attack('P1', 'two entries joined after somebody said no', breaks('patient_merge_frozen'), {
    before: async (trx, t, lawful) => {
      const made = await proposed(trx, t);
      if (!lawful) await decide(trx, made.joe, made.id, 'declined');
      return made;
    },
    actor: (_, _lawful, { ada }) => ada,
    attack: (_, { id }) => update('patient_merge', id, { state: 'merged' }),
  }),
  attack('P1', 'an entry given away that nobody confirmed', breaks('patient_merge_confirmed'), {
    before: async (trx, t, lawful) => {
      const made = await proposed(trx, t);
      if (lawful) await decide(trx, made.ada, made.id, 'merged');
      return made;
    },
    attack: (_, { keep, other }) => update('patient', other.id, { merged_into_id: keep.id }),
  }),
  attack('C1', 'an entry given away with its booking', breaks('patient_merge_leaves_nothing'), {
    before: async (trx, t, lawful) => {
      const made = await proposed(trx, t, { isBooked: !lawful });
      await decide(trx, made.ada, made.id, 'merged');
      return made;
    },
    attack: (_, { keep, other }) => update('patient', other.id, { merged_into_id: keep.id }),
  }),
  attack('P1', 'a booking for an entry that was joined away', breaks('appointment_of_kept_entry'), {
    before: (trx, t, lawful) => joined(trx, t, !lawful),
    attack: (t, { episodeId, ...who }) =>
      visit(
        { who: t.otherPrescriber, where: t.leeds, at: t.soon.add({ hours: 30 }) },
        of({ ...who, accountId: '' }, episodeId),
      ),
  }),
  attack('P1', 'a hold confirmed for an entry that was joined away', breaks('appointment_of_kept_entry'), {
    before: (trx, t, lawful) => joined(trx, t, !lawful),
    attack: (t, { episodeId, ...who }) =>
      update('appointment', t.holdId, { state: 'confirmed', ...of({ ...who, accountId: '' }, episodeId) }),
  }),

  attack('P1', 'a code for a record, issued by nobody of its clinic', breaks('record_claim_of_the_clinic'), {
    before: async (trx, t) => ({ joe: (await members(trx, t))[0], person: await entry(trx, t) }),
    actor: (t, lawful, { joe }) => (lawful ? joe : t.stranger),
    attack: (t, { person }) => insert('record_claim', claimRow(t, person)),
  }),
  attack('P1', 'a code for a record that has its person', breaks('record_claim_still_free'), {
    before: async (trx, t, lawful) => ({
      joe: (await members(trx, t))[0],
      person: lawful ? await entry(trx, t) : t.ready.patient,
    }),
    actor: (_, _lawful, { joe }) => joe,
    attack: (t, { person }) => insert('record_claim', claimRow(t, person)),
  }),
  attack('P1', 'a code kept as it is printed', breaks('record_claim_code_is_hash'), {
    before: async (trx, t) => ({ joe: (await members(trx, t))[0], person: await entry(trx, t) }),
    actor: (_, _lawful, { joe }) => joe,
    attack: (t, { person }) =>
      insert('record_claim', { ...claimRow(t, person), code_hash: '7KQM-2XWA-9DTR' }),
    twin: (t, { person }) => insert('record_claim', claimRow(t, person)),
  }),
  attack('P1', 'a code used after it was made void', breaks('record_claim_frozen'), {
    before: async (trx, t, lawful) => {
      const made = await claimed(trx, t, 'issued');
      if (!lawful) await update('record_claim', made.id, { state: 'void' }).execute(trx);
      return made;
    },
    actor: (_, _lawful, { self }) => self,
    attack: (_, { id }) => update('record_claim', id, { state: 'asked' }),
  }),
  attack('P1', 'a code used after it has run out', breaks('record_claim_live'), {
    before: async (trx, t, lawful) => {
      const made = await claimed(trx, t, 'issued');
      await passTime(trx, { hours: (lawful ? 89 : 90) * 24 });
      return made;
    },
    actor: (_, _lawful, { self }) => self,
    attack: (_, { id }) => update('record_claim', id, { state: 'asked' }),
  }),
  attack('P1', 'identification seen by nobody of the clinic', breaks('record_claim_id_seen'), {
    before: (trx, t) => claimed(trx, t, 'asked'),
    actor: (t, lawful, { joe }) => (lawful ? joe : t.stranger),
    attack: (_, { id }) => update('record_claim', id, granted),
  }),
  attack('P1', 'a record granted without saying what was seen', breaks('record_claim_granted'), {
    before: (trx, t) => claimed(trx, t, 'asked'),
    actor: (_, _lawful, { joe }) => joe,
    attack: (_, { id }) => update('record_claim', id, { state: 'granted' }),
    twin: (_, { id }) => update('record_claim', id, granted),
  }),
  attack('P1', 'a member who grants a record to themselves', breaks('record_claim_two_people'), {
    before: async (trx, t) => {
      const [joe, ada] = await members(trx, t);
      const person = await entry(trx, t);
      return { joe, ada, id: await claim(trx, t, { joe, self: joe, person }, 'asked') };
    },
    actor: (_, lawful, { joe, ada }) => (lawful ? ada : joe),
    attack: (_, { id }) => update('record_claim', id, granted),
  }),
  attack('P1', 'a record claimed before identification is seen', breaks('patient_identity_seen'), {
    before: (trx, t, lawful) => claimed(trx, t, lawful ? 'granted' : 'asked'),
    attack: (_, { person, self }) => update('patient', person.id, { account_id: self.accountId }),
  }),
  attack('P1', 'a record given from one account to another', breaks('patient_account_once'), {
    before: async (trx, t, lawful) => {
      const made = await claimed(trx, t, 'granted');
      const second = await account(trx);
      await claim(trx, t, { ...made, self: second }, 'granted');
      if (!lawful) await update('patient', made.person.id, { account_id: made.self.accountId }).execute(trx);
      return { ...made, second };
    },
    attack: (_, { person, second }) => update('patient', person.id, { account_id: second.accountId }),
  }),
  attack('P1', 'two records of one account', twice('patient_one_account'), {
    before: async (trx, t, lawful) => {
      const [joe] = await members(trx, t);
      const person = await entry(trx, t);
      const self: Signer = lawful ? await account(trx) : t.ready.patient;
      await claim(trx, t, { joe, self, person }, 'granted');
      return { person, self };
    },
    attack: (_, { person, self }) => update('patient', person.id, { account_id: self.accountId }),
  }),
  attack('P1', 'somebody entered whom nobody can reach', breaks('patient_reachable'), {
    before: async (trx, t) => (await members(trx, t))[0],
    attack: (_, joe) => insert('patient', unreachable(joe)),
    twin: (_, joe) => insert('patient', { ...unreachable(joe), postal_address: '3 Mill Lane, Leeds' }),
  }),

  attack(
    'P1',
    'a date of birth put right at the desk of another clinic',
    breaks('birth_correction_of_the_clinic'),
    {
      before: (trx, t) => enteredBy(trx, t),
      actor: (t, lawful, { ada }) => (lawful ? ada : t.stranger),
      attack: (t, { person }) => correction(t, person),
    },
  ),
  attack('P1', 'a date of birth changed that its person gave', breaks('birth_correction_entered_at_desk'), {
    before: async (trx, t, lawful) => {
      const { joe, person } = await enteredBy(trx, t);
      return { joe, person: lawful ? person : await entry(trx, t) };
    },
    actor: (_, _lawful, { joe }) => joe,
    attack: (t, { person }) => correction(t, person),
  }),
  attack('G8', 'a date of birth changed after the visit has begun', breaks('birth_correction_before_seen'), {
    before: async (trx, t, lawful) => {
      const made = await enteredBy(trx, t);
      const visit = {
        kind: 'consultation' as const,
        patient: { ...made.person, accountId: '' },
        who: t.otherPrescriber,
        where: t.leeds,
        at: await later(trx, { minutes: 5 }),
      };
      await (lawful ? book(trx, visit) : begin(trx, visit));
      return made;
    },
    actor: (_, _lawful, { joe }) => joe,
    attack: (t, { person }) => correction(t, person),
  }),
  attack('G8', 'a date of birth that makes somebody under age', breaks('birth_correction_adult'), {
    before: async (trx, t, lawful) => {
      const eighteen = (await today(trx)).subtract({ years: 18 });
      return { ...(await enteredBy(trx, t)), born: lawful ? eighteen : eighteen.add({ days: 1 }) };
    },
    actor: (_, _lawful, { joe }) => joe,
    attack: (t, { person, born }) => correction(t, person, born.toString()),
  }),
  attack('G8', 'a date of birth of another century', breaks('birth_correction_date'), {
    before: (trx, t) => enteredBy(trx, t),
    actor: (_, _lawful, { joe }) => joe,
    attack: (t, { person }) => correction(t, person, '1861-03-12'),
    twin: (t, { person }) => correction(t, person),
  }),
  attack('P3', 'a correction that corrects nothing', breaks('birth_correction_changes'), {
    before: (trx, t) => enteredBy(trx, t),
    actor: (_, _lawful, { joe }) => joe,
    attack: (t, { person }) => correction(t, person, person.dateOfBirth),
    twin: (t, { person }) => correction(t, person),
  }),
  attack('P3', 'a date of birth changed with nothing written down', breaks('patient_birth_corrected'), {
    before: (trx, t) => enteredBy(trx, t),
    actor: (_, _lawful, { joe }) => joe,
    attack: (_, { person }) => update('patient', person.id, { date_of_birth: sql`'1961-12-03'::date` }),
    twin: (t, { person }) => correction(t, person),
  }),
  attack('P1', 'an entry said to be another member’s', breaks('patient_entered_once'), {
    before: (trx, t) => enteredBy(trx, t),
    actor: (_, _lawful, { ada }) => ada,
    attack: (_, { person, ada }) => update('patient', person.id, { entered_by: ada.accountId }),
    twin: (_, { person, joe }) => update('patient', person.id, { entered_by: joe.accountId }),
  }),
  attack('P1', 'a stranger’s patient put on the waitlist of a desk', breaks('waitlist_entry_of_the_clinic'), {
    before: (trx, t) => enteredBy(trx, t),
    actor: (t, lawful, { ada }) => (lawful ? ada : t.stranger),
    attack: (t, { person }) => waiting(t, person),
  }),
  attack('P1', 'a patient of nobody here made known to a desk', breaks('waitlist_entry_of_the_clinic'), {
    before: async (trx, t, lawful) => {
      const [joe, ada] = await members(trx, t);
      return { joe, person: await caller(trx, lawful ? joe : ada) };
    },
    actor: (_, _lawful, { joe }) => joe,
    attack: (t, { person }) => waiting(t, person),
  }),
];

const today = async (trx: Queryable) => (await later(trx)).toZonedDateTimeISO('Europe/London').toPlainDate();

/** Somebody entered who has no visit anywhere. */
async function caller(trx: Queryable, by: Signer): Promise<{ id: string }> {
  const row = {
    given_name: 'Wren',
    family_name: 'Featherstone',
    date_of_birth: '1961-03-12',
    phone: '0113 496 0124',
  };
  return trx
    .insertInto('patient')
    .values({ ...row, entered_by: by.accountId })
    .returning('id')
    .executeTakeFirstOrThrow();
}

/** An entry of the clinic in Leeds by Joe, and Joe. */
async function enteredBy(trx: Queryable, t: Stage) {
  const [joe, ada] = await members(trx, t);
  return { joe, ada, person: await entry(trx, t, { by: joe }) };
}

const correction = ({ leeds }: Stage, { id }: { id: string }, became = '1961-12-03') =>
  insert('birth_correction', {
    patient_id: id,
    clinic_id: leeds.clinicId,
    became: sql`${became}::date`,
    known_by: 'said',
  });

const waiting = (t: Stage, { id }: { id: string }) =>
  insert('waitlist_entry', {
    patient_id: id,
    number: 1,
    practitioner_id: t.prescriber.id,
    weekdays: [1],
    from_minute: 0,
    until_minute: 1440,
    earliest_day: '2020-01-01',
    latest_day: '2100-01-01',
    desk_clinic_id: t.leeds.clinicId,
  });

const unreachable = ({ accountId }: Signer) => ({
  given_name: 'Oona',
  family_name: 'Featherstone',
  date_of_birth: sql`'1961-03-12'::date`,
  entered_by: accountId,
});
