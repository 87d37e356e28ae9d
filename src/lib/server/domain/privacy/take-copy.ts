import { appNow } from '#lib/server/platform/clock.ts';
import type { Db, Trx } from '#lib/server/platform/db.ts';
import { actorOf, type Viewer } from '../accounts/viewer.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { transact } from '../shared/transact.ts';
import { COPY_VERSION, copiedTables, papersOf, told, type PersonalCopy } from './personal-copy.ts';
import { findRows, findSubject, type Row, type Subject } from './queries.ts';

/**
 * Everything that is held about whoever is signed in: what row security shows them of each table of the data map. A carer's copy
 * is about the carer. Each copy is a line of the audit trail.
 */
export async function takeCopy(db: Db, viewer: Viewer, publicUrl: URL): Promise<PersonalCopy> {
  return transact(db, actorOf(viewer), async (trx) => {
    const subject = await findSubject(trx, viewer.accountId);
    const copy = await copyOf(trx, subject, publicUrl);
    const [patientId] = subject.patientIds;
    await recordAudit(trx, {
      stream: patientId === undefined ? { kind: 'system' } : { kind: 'patient', id: patientId },
      action: 'data.copied',
      subjectType: 'account',
      subjectId: viewer.accountId,
    });
    return { ...copy, account: { id: viewer.accountId, name: subject.name, email: viewer.email } };
  });
}

/** The rows of this subject, as far as the actor of the transaction may read them. */
export async function copyOf(trx: Trx, subject: Subject, publicUrl: URL): Promise<PersonalCopy> {
  const rows: Record<string, Row[]> = {};
  const tables: Record<string, PersonalCopy['tables'][string]> = {};
  for (const { name, table, columns, from, where } of copiedTables()) {
    const found = await findRows(trx, { columns, from, where }, subject);
    if (found.length === 0) continue;
    rows[name] = found;
    tables[name] = told(table, found);
  }
  return {
    format: 'steadyhand-personal-data',
    version: COPY_VERSION,
    madeAt: (await appNow(trx)).toString(),
    account: null,
    tables,
    papers: papersOf(rows, subject.patientIds, publicUrl),
  };
}
