import type { Db } from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { formatCalendarDate, formatDate } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import {
  changedSince,
  DOCUMENTS,
  latestOf,
  TERMS_TITLES,
  TERMS_VERSIONS,
  type TermsVersions,
} from './terms.ts';
import { findAgreements, insertAgreement } from './terms-queries.ts';

/** Agrees to what holds now: each document in its latest version, once. */
export async function agreeToTerms(
  db: Db,
  actor: Actor,
  versions: TermsVersions = TERMS_VERSIONS,
): Promise<void> {
  const accountId = accountOf(actor);
  if (accountId === null) throw new Refusal('sign_in_needed');
  await transact(db, actor, async (trx) => {
    for (const document of DOCUMENTS)
      await insertAgreement(trx, accountId, document, latestOf(versions[document]).version);
  });
}

/** What somebody agreed to and when, and what changed since then in a way that matters. */
export async function readTerms(db: Db, actor: Actor, versions: TermsVersions = TERMS_VERSIONS) {
  const agreements = await transact(db, actor, (trx) => findAgreements(trx, accountOf(actor)));
  const documents = DOCUMENTS.map((document) => {
    const agreed = agreements.find((one) => one.document === document);
    const latest = latestOf(versions[document]);
    return {
      document,
      title: TERMS_TITLES[document],
      version: latest.version,
      since: formatCalendarDate(latest.since),
      agreedVersion: agreed?.version ?? 1,
      agreedOn: agreed === undefined ? null : formatDate(agreed.agreedAt, 'UTC'),
      // Whoever has no row opened their account under the first version.
      changes: changedSince(versions[document], agreed?.version ?? 1).map(({ changes }) => changes),
    };
  });
  return { documents, isDue: documents.some(({ changes }) => changes.length > 0) };
}
