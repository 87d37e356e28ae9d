import type { Db, Queryable } from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { findMark, findNotice, findOpenAppeals, findSessions } from './day-queries.ts';
import { FINDING_WORDS, markForPractice, markWords } from './marks.ts';
import { isLateCancel, mayMoveAlone, noticeWords } from './notice.ts';

/** What is noted about how a visit ended, the patient's objection, and what was found. */
export async function readMark(db: Queryable, appointmentId: string) {
  const mark = (await findMark(db, appointmentId))!;
  return {
    mark: markWords(mark),
    markForPractice: markForPractice(mark),
    mayAppeal: mark.mayAppeal,
    appeal: mark.words,
    finding: mark.finding && FINDING_WORDS[mark.finding],
    findingReason: mark.reason,
  };
}

/** What a patient reads about one visit beside its facts: the practice's policy, lateness, and what is noted about it. */
export async function readStanding(db: Queryable, appointmentId: string) {
  const notice = await findNotice(db, appointmentId);
  return {
    policy: noticeWords(notice),
    mayMoveAlone: mayMoveAlone(notice),
    wouldBeLate: isLateCancel(notice),
    lateMinutes: notice.lateMinutes,
    ...(await readMark(db, appointmentId)),
  };
}

/** What today's page says at its head: which sessions run late, and how many patients wait for an answer to an objection. */
export async function readDayNotes(db: Db, actor: Actor) {
  const accountId = accountOf(actor);
  if (accountId === null) return { late: [], openAppeals: 0 };
  const sessions = await findSessions(db, accountId);
  return {
    late: sessions.flatMap(({ name, locationName, isSelf, minutes }) =>
      minutes === null
        ? []
        : [{ text: `${isSelf ? 'You' : name} at ${locationName}: about ${minutes} minutes late` }],
    ),
    openAppeals: (await findOpenAppeals(db, accountId, false)).length,
  };
}
