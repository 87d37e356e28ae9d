import { sql } from 'kysely';
import type { Trx } from '#lib/server/platform/db.ts';
import { formatDate } from '../shared/dates.ts';

/** What somebody did with a record, in the patient's words. Where a new action has none yet, its own name is said. */
const DID: Readonly<Record<string, string>> = {
  'desk.read': 'Saw your name among the day’s visits',
  'list.read': 'Saw your name in their list of patients',
  'diary.read': 'Saw your name in the calendar',
  'closure.read': 'Saw your name among visits in a closed time',
  'visit.read': 'Opened a visit',
  'consultation.read': 'Opened the record of a consultation',
  'health_answers.read': 'Read your health answers',
  'prescription.read': 'Opened your prescriptions',
  'treatment.read': 'Opened what was given to you',
  'review_visit.read': 'Opened a review visit',
  'record.read': 'Opened your record',
  'record.exported': 'Took a copy of your record',
  'record.shared_read': 'Read what you shared by link',
  'record.card_read': 'Read your treatment card',
  'paper.opened': 'Opened a printed paper',
  'consent_paper.read': 'Opened your signed consent',
  'consents.read_at_desk': 'Saw at the desk that your consent is asked for, or stands on paper',
  'top_up.read_at_desk': 'Saw at the desk whether a small correction can be booked',
  'case_file.made': 'Made a case file for an insurer or a regulator',
  'complaint.read': 'Read your complaint',
  'appeal.read': 'Read what you wrote about a missed visit',
  'review.read': 'Read your review before it was published',
  'portfolio.read': 'Opened pictures of you',
  'photo_consent.read': 'Looked whether you agree to pictures',
  'appointments.read_by_carer': 'Saw your appointments, as who helps you',
};

export type Looked = { who: string; did: string; day: string; times: number };

/** Most that one page shows; a day of one person and one kind of act is one line. */
const MOST = 100;

/** Who looked at a patient's record and when, the latest first: everybody but the patient. */
export async function findLooked(
  trx: Trx,
  patientId: string,
  timeZone: string,
): Promise<{ lines: Looked[]; isAll: boolean }> {
  const { rows } = await sql<{ who: string; action: string; at: Temporal.Instant; times: number }>`
    SELECT coalesce(nullif(concat_ws(' ', p.title, p.display_name), ''), nullif(concat_ws(', ', x.reader_name, x.reader_place), ''), c.display_name, 'Steadyhand itself') AS who,
           a.action, max(a.at) AS at, count(*)::int AS times
      FROM audit a
      LEFT JOIN practitioner p ON p.account_id = a.actor_id
      LEFT JOIN account c ON c.id = a.actor_id
      LEFT JOIN record_access x ON x.id::text = a.detail ->> 'accessId'
     WHERE a.stream = ${`patient:${patientId}`} AND (a.action ~ '[._](read|opened|exported)(_by_carer)?$' OR a.action = 'case_file.made')
       AND a.actor_id IS DISTINCT FROM (SELECT account_id FROM patient WHERE id = ${patientId})
       AND (a.actor_id IS NOT NULL OR x.id IS NOT NULL)
     GROUP BY p.id, x.id, c.id, a.action, (a.at AT TIME ZONE ${timeZone})::date
     ORDER BY max(a.at) DESC LIMIT ${MOST + 1}`.execute(trx);
  return {
    lines: rows.slice(0, MOST).map(({ who, action, at, times }) => ({
      who,
      did: DID[action] ?? action.replaceAll(/[._]/g, ' '),
      day: formatDate(at, timeZone),
      times,
    })),
    isAll: rows.length <= MOST,
  };
}
