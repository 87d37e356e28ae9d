import type { Queryable } from '#lib/server/platform/db.ts';
import { acting, passTime } from '../builders/act.ts';
import { advance } from '../builders/visits.ts';
import { attack, breaks, forbidden, insert, twice, update } from './attack.ts';
import type { Stage } from './stage.ts';

/** The trigger writes time and name; the attack gives what it likes. */
const word = ({ upcoming }: Stage, row: object = {}) =>
  insert('visit_word', {
    appointment_id: upcoming.id,
    starts_at: upcoming.at,
    word: 'will_come',
    said_by: upcoming.patient.accountId,
    said_at: upcoming.at,
    ...row,
  });
const LATE = { word: 'late', minutes: 20 };
const said = (trx: Queryable, t: Stage) => acting(trx, t.upcoming.patient, (as) => word(t).execute(as));

/** Of whether somebody comes, only the two sides of a visit speak, and only of one that is to come. */
export const words = [
  attack('P1', 'a word about coming by a stranger', breaks('visit_word_of_a_side'), {
    actor: (t, lawful) => (lawful ? t.upcoming.patient : t.stranger),
    attack: (t) => word(t),
  }),
  attack('C8', 'a word about a visit that is cancelled', breaks('visit_word_open'), {
    before: async (trx, t, lawful) => {
      if (!lawful) await advance(trx, t.upcoming, 'cancelled');
    },
    actor: (t) => t.upcoming.patient,
    attack: (t) => word(t),
  }),
  attack('C8', 'a word about a visit that is over', breaks('visit_word_open'), {
    before: (trx, _, lawful) => passTime(trx, { hours: lawful ? 60 : 80 }),
    actor: (t) => t.upcoming.patient,
    attack: (t) => word(t),
  }),
  attack('C8', 'lateness days ahead', breaks('visit_word_on_the_day'), {
    before: async (trx, _, lawful) => {
      if (lawful) await passTime(trx, { hours: 66 });
    },
    actor: (t) => t.upcoming.patient,
    attack: (t) => word(t, LATE),
  }),
  attack('C8', 'lateness without minutes', breaks('visit_word_how_late'), {
    before: (trx) => passTime(trx, { hours: 66 }),
    actor: (t) => t.upcoming.patient,
    attack: (t) => word(t, { word: 'late' }),
    twin: (t) => word(t, LATE),
  }),
  attack('C8', 'the same word twice', twice('visit_word_pkey'), {
    before: async (trx, t, lawful) => {
      if (!lawful) await said(trx, t);
    },
    actor: (t) => t.upcoming.patient,
    attack: (t) => word(t),
  }),
  attack('P1', 'a word put into the mouth of somebody else', forbidden('visit_word'), {
    before: async (trx, t) => {
      await passTime(trx, { hours: 66 });
      await acting(trx, t.upcoming.patient, (as) => word(t, LATE).execute(as));
    },
    actor: (t) => t.prescriber,
    attack: (t) =>
      update('visit_word', t.upcoming.id, { said_by: t.stranger.accountId, minutes: 30 }, 'appointment_id'),
    twin: (t) => update('visit_word', t.upcoming.id, { minutes: 30 }, 'appointment_id'),
  }),
];
