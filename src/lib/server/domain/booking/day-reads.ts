import type { Queryable } from '#lib/server/platform/db.ts';
import { findMark, findNotice } from './day-queries.ts';
import { FINDING_WORDS, markWords } from './marks.ts';
import { isLateCancel, mayMoveAlone, noticeWords } from './notice.ts';

/** What a patient reads about one visit beside its facts: the practice's policy, lateness, and what is noted about it. */
export async function readStanding(db: Queryable, appointmentId: string) {
  const notice = await findNotice(db, appointmentId);
  const mark = (await findMark(db, appointmentId))!;
  return {
    policy: noticeWords(notice),
    mayMoveAlone: mayMoveAlone(notice),
    wouldBeLate: isLateCancel(notice),
    lateMinutes: notice.lateMinutes,
    mark: markWords(mark),
    mayAppeal: mark.mayAppeal,
    appeal: mark.words,
    finding: mark.finding && FINDING_WORDS[mark.finding],
    findingReason: mark.reason,
  };
}
