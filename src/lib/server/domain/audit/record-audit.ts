import type { Queryable } from '#lib/server/platform/db.ts';

/** One line of the audit trail. `stream` is the person it is about, so each has a hash chain of its own. */
export type AuditEntry = {
  readonly stream: { kind: 'patient' | 'practitioner'; id: string } | { kind: 'system' };
  /** verb.object, e.g. `consultation.read`. */
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId: string;
  /** Ids and codes only: the chain is never rewritten, so it must hold nothing that someone may ask to forget. */
  readonly detail?: Readonly<Record<string, string | number | boolean | null>>;
};

/** Appends to the audit trail, in the transaction of what it tells (P2, P3). */
export async function recordAudit(trx: Queryable, entry: AuditEntry): Promise<void> {
  await recordAudits(trx, [entry]);
}

/** Several lines at once, for a list that shows something of several people. One order for all keeps them from deadlock. */
export async function recordAudits(trx: Queryable, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.map((entry) => ({
    stream: entry.stream.kind === 'system' ? 'system' : `${entry.stream.kind}:${entry.stream.id}`,
    action: entry.action,
    subject_type: entry.subjectType,
    subject_id: entry.subjectId,
    detail: JSON.stringify(entry.detail ?? {}),
  }));
  rows.sort((a, b) => (a.stream < b.stream ? -1 : 1));
  await trx.insertInto('audit').values(rows).execute();
}

/** The same line about each of these patients, once each: whoever's record somebody else has read or changed (P2). */
export async function recordPatientAudits(
  trx: Queryable,
  patientIds: Iterable<string>,
  line: Pick<AuditEntry, 'action' | 'subjectType' | 'subjectId'>,
): Promise<void> {
  await recordAudits(
    trx,
    [...new Set(patientIds)].map((id) => ({ stream: { kind: 'patient', id }, ...line })),
  );
}
