import { sql } from 'kysely';
import type { Trx } from '#lib/server/platform/db.ts';
import type { TermsDocument } from './terms.ts';

/** The latest version of each document that somebody agreed to, and when. */
export async function findAgreements(trx: Trx, accountId: string | null) {
  const { rows } = await sql<{ document: TermsDocument; version: number; agreedAt: Temporal.Instant }>`
    SELECT DISTINCT ON (document) document, version, agreed_at AS "agreedAt" FROM terms_agreement
     WHERE account_id = ${accountId} ORDER BY document, version DESC`.execute(trx);
  return rows;
}

/** Agreed once; a second time changes nothing. */
export async function insertAgreement(
  trx: Trx,
  accountId: string,
  document: TermsDocument,
  version: number,
): Promise<void> {
  await trx
    .insertInto('terms_agreement')
    .values({ account_id: accountId, document, version })
    .onConflict((conflict) => conflict.constraint('terms_agreement_once').doNothing())
    .execute();
}
