import { paths } from '#lib/paths.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { actorOf, type Viewer } from '../accounts/viewer.ts';
import { formatCalendarDate, formatDate, formatDayTime } from '../shared/dates.ts';
import { refusals } from '../shared/refusals.ts';
import { transact } from '../shared/transact.ts';
import { findOwnForgetting } from './forgetting-queries.ts';
import { findAsked, findProspect, findSubject, findVisitsAhead } from './queries.ts';

/** An account has no place; its days are told on this clock. */
export const ACCOUNT_ZONE = 'Europe/London';

/** Guards that say why somebody cannot be forgotten now; each is the code of its refusal. */
const OBSTACLES = [
  'erasure_by_patients',
  'erasure_visits_ahead',
  'erasure_visits_to_give',
  'erasure_work_open',
  'erasure_complaint_open',
  'erasure_practice_goes_on',
  'erasure_cover_runs',
] as const;

/** The refusal that says what is in the way; undefined where nothing is. */
export function obstacleOf(guard: string | null): (typeof OBSTACLES)[number] | undefined {
  return OBSTACLES.find((one) => one === guard);
}

/** What somebody with an account sees of their data: what they may take along, and whether they can be forgotten. */
export async function readPrivacy(db: Db, viewer: Viewer) {
  return transact(db, actorOf(viewer), async (trx) => {
    const subject = await findSubject(trx, viewer.accountId);
    const asked = await findAsked(trx, viewer.accountId);
    const { obstacle, keptUntil, authorUntil } = await findProspect(trx, subject);
    const own = viewer.practitionerId === null ? undefined : await findOwnForgetting(trx, viewer.accountId);
    const code = obstacleOf(obstacle);
    const visits = code === 'erasure_visits_ahead' ? await findVisitsAhead(trx, subject.patientIds) : [];
    return {
      isPatient: viewer.patientId !== null,
      isPractitioner: viewer.practitionerId !== null,
      forgottenOn: asked === undefined ? null : formatDate(asked.dueAt, ACCOUNT_ZONE),
      /** Two of the staff have agreed; of a practitioner alone. */
      isAgreed: own?.state === 'agreed',
      /** Why what they asked last was refused. */
      refusal: asked === undefined ? (own?.refusal ?? null) : null,
      obstacle: code === undefined ? null : { code, text: refusals[code].text },
      visits: visits.map(({ id, startsAt, timeZone, who }) => ({
        text: `${formatDayTime(startsAt, timeZone)}, with ${who}`,
        href: paths.cancelAppointment(id),
      })),
      keptUntil: keptUntil === null ? null : formatCalendarDate(keptUntil),
      authorUntil: authorUntil === null ? null : formatCalendarDate(authorUntil),
    };
  });
}
