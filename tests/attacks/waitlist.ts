import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { rangeValue, type Queryable } from '#lib/server/platform/db.ts';
import { span } from '#lib/server/platform/instants.ts';
import { passTime } from '../builders/act.ts';
import type { Practitioner } from '../builders/people.ts';
import type { Place } from '../builders/places.ts';
import {
  attack,
  breaks,
  during,
  forbidden,
  insert,
  twice,
  unproven,
  update,
  type Refused,
} from './attack.ts';
import type { Stage } from './stage.ts';

/** `40001`: tried again, since somebody may have asked in between. */
const outOfTurn = (by: string): Refused => ({ code: '40001', by });

const entry = (t: Stage, row: object = {}) =>
  insert('waitlist_entry', {
    patient_id: t.ready.patient.id,
    number: 1,
    practitioner_id: t.prescriber.id,
    weekdays: [1, 2, 3, 4, 5, 6, 7],
    from_minute: 0,
    until_minute: 1440,
    earliest_day: '2020-01-01',
    latest_day: '2100-01-01',
    ...row,
  });

/** Three wishes in the order of asking, freed time, and blocks that are kept in it. */
interface List {
  first: string;
  /** Of the same patient. */
  again: string;
  second: string;
  freed: string;
  freedLater: string;
  block: string;
  otherBlock: string;
  offer: string;
}

async function list(trx: Queryable, t: Stage): Promise<List> {
  const made: List = {
    first: randomUUID(),
    again: randomUUID(),
    second: randomUUID(),
    freed: randomUUID(),
    freedLater: randomUUID(),
    block: await kept(trx, t, t.soon),
    otherBlock: await kept(trx, t, t.soon.add({ hours: 2 })),
    offer: randomUUID(),
  };
  await entry(t, { id: made.first }).execute(trx);
  await entry(t, { id: made.again, number: 2 }).execute(trx);
  await entry(t, { id: made.second, patient_id: t.other.patient.id }).execute(trx);
  for (const id of [made.freed, made.freedLater]) {
    const event = randomUUID();
    const about = { type: 'schedule.changed', subject_type: 'practitioner', subject_id: t.prescriber.id };
    await insert('event', { id: event, ...about }).execute(trx);
    await insert('freed_time', {
      id,
      event_id: event,
      practitioner_id: t.prescriber.id,
      location_id: t.leeds.locationId,
      span: during(t.soon, 240),
    }).execute(trx);
  }
  return made;
}

/** A reserved block. Returns its id. */
async function kept(
  trx: Queryable,
  t: Stage,
  at: Temporal.Instant,
  { who = t.prescriber, where = t.leeds }: { who?: Practitioner; where?: Place } = {},
): Promise<string> {
  const id = randomUUID();
  await insert('block', {
    id,
    practitioner_id: who.id,
    location_id: where.locationId,
    kind: 'reserved',
    reserved_until: sql`app_now() + interval '15 minutes'`,
    span: around(at),
  }).execute(trx);
  return id;
}

/** A visit of half an hour and its buffers. */
const around = (at: Temporal.Instant) =>
  rangeValue(span(at.subtract({ minutes: 5 }), at.add({ minutes: 40 })));

const offer = (t: Stage, made: List, row: object = {}) =>
  insert('waitlist_offer', {
    id: made.offer,
    freed_time_id: made.freed,
    entry_id: made.first,
    patient_id: t.ready.patient.id,
    practitioner_id: t.prescriber.id,
    location_id: t.leeds.locationId,
    kind: 'consultation',
    during: during(t.soon, 30),
    block_id: made.block,
    // The database says so itself.
    block_span: around(t.soon),
    offered_at: sql`app_now()`,
    open_until: sql`app_now() + interval '15 minutes'`,
    ...row,
  });

const passOver = (offerId: string, entryId: string) =>
  insert('waitlist_passed_over', { offer_id: offerId, entry_id: entryId, reason: 'busy' });

/** The list, and an open offer to the first of it. */
async function offered(trx: Queryable, t: Stage): Promise<List> {
  const made = await list(trx, t);
  await offer(t, made).execute(trx);
  return made;
}

async function declined(trx: Queryable, t: Stage): Promise<List> {
  const made = await offered(trx, t);
  await update('waitlist_offer', made.offer, { state: 'declined' }).execute(trx);
  return made;
}

/** Another offer, in the other kept time. */
const another = (t: Stage, made: List, row: object = {}) => {
  const id = randomUUID();
  const at = t.soon.add({ hours: 2 });
  const elsewhere = { block_id: made.otherBlock, block_span: around(at), during: during(at, 30) };
  return { id, statement: offer(t, made, { id, ...elsewhere, ...row }) };
};

const accept = (t: Stage, made: List) =>
  update('waitlist_offer', made.offer, {
    state: 'accepted',
    appointment_id: t.ready.consultation.visit.id,
  });

/** One time is kept for one person, in the order of asking, for a quarter of an hour; and what was decided stays written. */
export const waitlist = [
  attack('C1', 'the time that is kept for one offered to a second', twice('waitlist_offer_one_per_block'), {
    before: offered,
    attack: (t, made) => {
      const id = randomUUID();
      const to = { entry_id: made.second, patient_id: t.other.patient.id };
      return [offer(t, made, { id, ...to }), passOver(id, made.first), passOver(id, made.again)];
    },
    twin: (t, made) => {
      const { id, statement } = another(t, made, { entry_id: made.second, patient_id: t.other.patient.id });
      return [statement, passOver(id, made.first), passOver(id, made.again)];
    },
  }),
  attack('C1', 'two open offers for one patient', twice('waitlist_offer_one_open'), {
    before: (trx, t, lawful) => (lawful ? declined : offered)(trx, t),
    attack: (t, made) => {
      const { id, statement } = another(t, made, { entry_id: made.again });
      return [statement, passOver(id, made.first)];
    },
  }),
  attack('C1', 'a freed time offered to the same wish again', twice('waitlist_offer_asked_once'), {
    before: declined,
    attack: (t, made) => another(t, made).statement,
    twin: (t, made) => another(t, made, { freed_time_id: made.freedLater }).statement,
  }),
  attack('C1', 'an offer past somebody who asked earlier', outOfTurn('waitlist_offer_in_turn'), {
    before: list,
    attack: (t, made) => [
      offer(t, made, { entry_id: made.second, patient_id: t.other.patient.id }),
      passOver(made.offer, made.first),
    ],
    twin: (t, made) => [
      offer(t, made, { entry_id: made.second, patient_id: t.other.patient.id }),
      passOver(made.offer, made.first),
      passOver(made.offer, made.again),
    ],
  }),
  attack('C1', 'an offer that nobody waits for', outOfTurn('waitlist_offer_wanted'), {
    before: async (trx, t, lawful) => {
      const made = await list(trx, t);
      if (!lawful) await update('waitlist_entry', made.first, { state: 'left' }).execute(trx);
      return made;
    },
    attack: (t, made) => offer(t, made),
  }),
  attack('P1', 'one patient’s wish offered to another', unproven('waitlist_offer_entry'), {
    before: list,
    attack: (t, made) => offer(t, made, { patient_id: t.other.patient.id }),
    twin: (t, made) => offer(t, made),
  }),
  attack('C1', 'an offer on a colleague’s kept time', unproven('waitlist_offer_block'), {
    before: async (trx, t, lawful) => {
      const made = await list(trx, t);
      return lawful ? made : { ...made, block: await kept(trx, t, t.soon, { who: t.otherPrescriber }) };
    },
    attack: (t, made) => offer(t, made),
  }),
  attack('C1', 'an offer on time that is kept at another place', unproven('waitlist_offer_block_location'), {
    before: async (trx, t, lawful) => {
      const made = await list(trx, t);
      if (lawful) return made;
      await sql`DELETE FROM block WHERE id = ${made.block}`.execute(trx);
      return { ...made, block: await kept(trx, t, t.soon, { where: t.elPaso }) };
    },
    attack: (t, made) => offer(t, made),
  }),
  attack('C1', 'an offer of time beside what is kept', breaks('waitlist_offer_within_block'), {
    before: list,
    attack: (t, made) => offer(t, made, { during: during(t.soon.add({ hours: 1 }), 30) }),
    twin: (t, made) => offer(t, made),
  }),
  attack('C1', 'an offer accepted that was let go', breaks('waitlist_offer_answered_once'), {
    before: (trx, t, lawful) => (lawful ? offered : declined)(trx, t),
    attack: accept,
  }),
  attack('C1', 'an offer accepted a minute late', breaks('waitlist_offer_in_time'), {
    before: async (trx, t, lawful) => {
      const made = await offered(trx, t);
      await passTime(trx, { minutes: lawful ? 14 : 16 });
      return made;
    },
    attack: accept,
  }),
  attack('C1', 'an offer taken back before its time', breaks('waitlist_offer_kept'), {
    before: async (trx, t, lawful) => {
      const made = await offered(trx, t);
      if (lawful) await passTime(trx, { minutes: 16 });
      return made;
    },
    attack: (_, made) => update('waitlist_offer', made.offer, { state: 'lapsed' }),
  }),
  attack('C1', 'an offer accepted without a visit', breaks('waitlist_offer_accepted'), {
    before: offered,
    attack: (_, made) => update('waitlist_offer', made.offer, { state: 'accepted' }),
    twin: accept,
  }),
  attack('P3', 'who was passed over rewritten', forbidden('waitlist_passed_over'), {
    before: list,
    attack: () => sql`UPDATE waitlist_passed_over SET reason = 'busy'`,
    twin: (t, made) => [
      offer(t, made, { entry_id: made.again }),
      passOver(made.offer, made.first),
      sql`SELECT 1 FROM waitlist_passed_over`,
    ],
  }),

  attack('C1', 'a fourth wish', breaks('waitlist_entry_number'), {
    attack: (t) => entry(t, { number: 4 }),
    twin: (t) => entry(t, { number: 3 }),
  }),
  attack('C1', 'two wishes for one', twice('waitlist_entry_three'), {
    before: list,
    attack: (t) => entry(t, { number: 2 }),
    twin: (t) => entry(t, { number: 3 }),
  }),
  attack('C1', 'one visit waited for twice', twice('waitlist_entry_once'), {
    before: async (trx, t, lawful) => {
      const id = randomUUID();
      await forVisit(t, { id, number: 2 }).execute(trx);
      if (lawful) await update('waitlist_entry', id, { state: 'left' }).execute(trx);
    },
    attack: (t) => forVisit(t),
  }),
  attack('P1', 'an earlier time for somebody else’s visit', unproven('waitlist_entry_appointment'), {
    attack: (t) => forVisit(t, { patient_id: t.other.patient.id }),
    twin: (t) => forVisit(t),
  }),
  attack('C1', 'a wish for nothing', breaks('waitlist_entry_one_wish'), {
    attack: (t) => entry(t, { practitioner_id: null }),
    twin: (t) => entry(t),
  }),
  attack('C1', 'a wish that ends twice', breaks('waitlist_entry_ends_once'), {
    before: async (trx, t, lawful) => {
      const made = await list(trx, t);
      if (!lawful) await update('waitlist_entry', made.first, { state: 'left' }).execute(trx);
      return made;
    },
    attack: (_, made) => update('waitlist_entry', made.first, { state: 'served' }),
  }),
];

/** An earlier time for the visit that is booked. */
function forVisit(t: Stage, row: object = {}) {
  const { id: appointment_id, patient } = t.upcoming;
  return entry(t, { practitioner_id: null, appointment_id, patient_id: patient.id, ...row });
}
