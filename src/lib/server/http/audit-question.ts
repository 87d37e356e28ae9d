import type { RequestEvent } from '@sveltejs/kit';
import { auditFilter, type AuditFilter } from '../domain/oversight/audit-reads.ts';

type Question = {
  readonly asked: AuditFilter;
  readonly errors: Readonly<Partial<Record<keyof AuditFilter, string>>>;
};

/** What the address asks of the audit trail; a field that makes no sense comes back with words and counts as empty. */
export function auditQuestion({ url }: Pick<RequestEvent, 'url'>): Question {
  const typed = Object.fromEntries(url.searchParams);
  const parsed = auditFilter.safeParse(typed);
  if (parsed.success) return { asked: parsed.data, errors: {} };
  const errors: Record<string, string> = {};
  for (const { path, message } of parsed.error.issues) errors[String(path[0])] ??= message;
  const sound = Object.fromEntries(Object.entries(typed).filter(([name]) => !(name in errors)));
  return { asked: auditFilter.parse(sound), errors };
}
