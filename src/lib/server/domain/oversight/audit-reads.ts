import { z } from 'zod';
import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import type { Actor } from '../shared/actor.ts';
import { dayIn, isoInstant } from '../shared/days.ts';
import { transact } from '../shared/transact.ts';
import { atMost, words } from '../shared/words.ts';
import { requireStaff } from './access.ts';
import {
  findAccountId,
  findAuditLines,
  findPractitionerId,
  type AuditPlace,
  type AuditRow,
} from './audit-queries.ts';

const LINES_PER_PAGE = 50;
const MOST_EXPORTED = 5_000;
const instant = isoInstant({ offset: true });

const day = z
  .string()
  .trim()
  .refine((text) => text === '' || dayIn(text) !== null, 'Use a date like 2027-02-09')
  .default('');

/** What an operator looks for; whatever is left empty does not matter. */
export const auditFilter = z.object({
  who: z.string().trim().toLowerCase().check(atMost(254, 'That address is too long')).default(''),
  about: words(0, 120).default(''),
  action: z
    .string()
    .trim()
    .regex(/^[a-z_.]{0,60}$/, 'Small letters, like record.read or only record')
    .default(''),
  from: day,
  until: day,
  before: z.string().check(atMost(200)).default(''),
});
export type AuditFilter = z.output<typeof auditFilter>;

/** A page of the trail, or what is wrong with the question, by field. */
export type AuditAnswer = {
  readonly errors: Readonly<Partial<Record<keyof AuditFilter, string>>>;
  readonly lines: readonly AuditRow[];
  /** Where the next page begins. */
  readonly next: string | null;
};

/**
 * Reads a page of the audit trail for an operator. That somebody looked, and for whom, is a line of the trail itself; it is
 * written before anything is shown.
 */
export function readAudit(db: Db, actor: Actor, filter: AuditFilter): Promise<AuditAnswer> {
  return look(db, actor, filter, 'audit.read', LINES_PER_PAGE);
}

/** The newest lines that fit, for a file: five thousand at most. */
export function exportAudit(db: Db, actor: Actor, filter: AuditFilter): Promise<AuditAnswer> {
  return look(db, actor, { ...filter, before: '' }, 'audit.exported', MOST_EXPORTED);
}

function look(db: Db, actor: Actor, filter: AuditFilter, action: string, most: number): Promise<AuditAnswer> {
  return transact(db, actor, async (trx) => {
    const operatorId = await requireStaff(trx, actor, 'operator');
    const actorId = filter.who === '' ? null : await findAccountId(trx, filter.who);
    const subject = filter.about === '' ? null : await subjectOf(trx, filter.about);
    const errors = {
      ...(filter.who !== '' && actorId === null && { who: 'No account has that address' }),
      ...(filter.about !== '' &&
        subject === null && { about: 'Nothing goes by that: use an id, or a profile’s name' }),
    };
    if (Object.keys(errors).length > 0) return { errors, lines: [], next: null };
    await recordAudit(trx, {
      stream: { kind: 'system' },
      action,
      subjectType: 'account',
      subjectId: operatorId,
      detail: {
        who: actorId,
        about: subject?.id ?? null,
        action: filter.action || null,
        from: filter.from || null,
        until: filter.until || null,
      },
    });
    const lines = await findAuditLines(trx, {
      actorId,
      streams: subject?.streams ?? null,
      subjectId: subject?.id ?? null,
      action: filter.action || null,
      from: filter.from || null,
      until: filter.until || null,
      before: placeIn(filter.before),
      most: most + 1,
    });
    const shown = lines.slice(0, most);
    const last = shown.at(-1);
    const next = lines.length > most && last !== undefined ? `${last.at} ${last.stream} ${last.seq}` : null;
    return { errors: {}, lines: shown, next };
  });
}

async function subjectOf(
  trx: Parameters<typeof findPractitionerId>[0],
  about: string,
): Promise<{ id: string | null; streams: string[] } | null> {
  if (about === 'system') return { id: null, streams: ['system'] };
  const id = z.uuid().safeParse(about).success ? about : await findPractitionerId(trx, about);
  return id === null ? null : { id, streams: [`patient:${id}`, `practitioner:${id}`] };
}

function placeIn(text: string): AuditPlace | null {
  const { at, stream, seq } =
    /^(?<at>\S+) (?<stream>[a-z]+(?::[0-9a-f-]{36})?) (?<seq>\d{1,15})$/.exec(text)?.groups ?? {};
  if (at === undefined || stream === undefined || seq === undefined || !instant.safeParse(at).success)
    return null;
  return { at, stream, seq: Number(seq) };
}
