import { readAudit } from '#lib/server/domain/oversight/audit-reads.ts';
import { formatDateTime } from '#lib/server/domain/shared/dates.ts';
import { auditQuestion } from '#lib/server/http/audit-question.ts';
import { requireStaff } from '#lib/server/http/guards.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireStaff(event, 'operator');
  const { asked, errors: misread } = auditQuestion(event);
  const typed = Object.fromEntries(event.url.searchParams);
  const isMisread = Object.keys(misread).length > 0;
  const answer = isMisread
    ? { errors: misread, lines: [], next: null }
    : await readAudit(event.locals.app.db, event.locals.actor, asked);
  return {
    typed: {
      who: typed.who ?? '',
      about: typed.about ?? '',
      action: typed.action ?? '',
      from: typed.from ?? '',
      until: typed.until ?? '',
    },
    errors: answer.errors,
    next: answer.next,
    isFirst: asked.before === '',
    lines: answer.lines.map((line) => ({
      key: `${line.stream} ${line.seq}`,
      at: `${formatDateTime(line.at, 'UTC')} UTC`,
      who: line.actorName ?? (line.actorId === null ? 'Steadyhand itself' : `Account ${line.actorId}`),
      action: line.action,
      about: line.stream === 'system' ? 'The house' : line.stream.replace(':', ' '),
      subject: `${line.subjectType.replaceAll('_', ' ')} ${line.subjectId}`,
      detail: Object.entries(line.detail)
        .filter(([, value]) => value !== null)
        .map(([name, value]) => `${name}: ${String(value)}`)
        .join(', '),
      seq: line.seq,
    })),
  };
};
