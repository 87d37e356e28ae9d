import { error } from '@sveltejs/kit';
import { exportAudit } from '#lib/server/domain/oversight/audit-reads.ts';
import { auditQuestion } from '#lib/server/http/audit-question.ts';
import { csv } from '#lib/server/http/csv.ts';
import { requireStaff } from '#lib/server/http/guards.ts';
import type { RequestHandler } from './$types';

/** What the page shows, and the hash of each line, as a file. */
export const GET: RequestHandler = async (event) => {
  requireStaff(event, 'operator');
  const { asked, errors: misread } = auditQuestion(event);
  if (Object.keys(misread).length > 0) error(422, { message: 'Some answers need another look.' });
  const { errors, lines } = await exportAudit(event.locals.app.db, event.locals.actor, asked);
  if (Object.keys(errors).length > 0) error(422, { message: 'Some answers need another look.' });
  const head = [
    'at',
    'actor_id',
    'actor',
    'action',
    'stream',
    'line',
    'subject_type',
    'subject_id',
    'detail',
    'hash',
  ];
  const rows = lines.map((line) => [
    line.at.toString(),
    line.actorId ?? '',
    line.actorName ?? '',
    line.action,
    line.stream,
    String(line.seq),
    line.subjectType,
    line.subjectId,
    JSON.stringify(line.detail),
    line.hash,
  ]);
  return new Response(csv([head, ...rows]), {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="audit.csv"',
      'cache-control': 'no-store',
    },
  });
};
