import { appNow } from '#lib/server/platform/clock.ts';
import type { Trx } from '#lib/server/platform/db.ts';
import { grantsOf } from './capabilities.ts';
import { JURISDICTIONS, PROFESSIONS } from './codes.ts';
import { evaluatePolicy } from './evaluate.ts';
import {
  addLicensedProducts,
  applyPolicyChanges,
  findPolicyRows,
  replaceGrants,
  replacePolicyRows,
  replaceRequirements,
  saveCodes,
} from './queries.ts';
import { requirementsOf } from './requirements.ts';
import { faultsOf, withReview, type PolicyRow } from './row.ts';
import { POLICY_ROWS } from './rows.ts';

/**
 * Writes the shipped policy into the database, where the guards read it: the rows, and what follows from them today
 * (capabilities and required credentials by profession, licensed products). Run by the owner after migrations; running it
 * again changes nothing. A row that stands keeps the review it was given there, and what two people changed there holds over it.
 */
export async function publishPolicy(trx: Trx, rows: readonly PolicyRow[] = POLICY_ROWS): Promise<void> {
  const faults = faultsOf(rows);
  if (faults.length > 0) throw new Error(`policy cannot be published: ${faults.join('; ')}`);

  const today = (await appNow(trx)).toZonedDateTimeISO('UTC').toPlainDate();
  const published = await findPolicyRows(trx);
  await saveCodes(trx);
  await replacePolicyRows(
    trx,
    rows.map((row) => withReview(row, published)),
  );
  await applyPolicyChanges(trx);
  for (const jurisdiction of JURISDICTIONS) {
    const policy = evaluatePolicy(rows, jurisdiction, today);
    await addLicensedProducts(trx, jurisdiction, policy.licensed_products);
    await replaceGrants(trx, jurisdiction, grantsOf(policy));
    await replaceRequirements(
      trx,
      jurisdiction,
      PROFESSIONS.flatMap((profession) =>
        requirementsOf(policy, profession).map((one) => ({ profession, ...one })),
      ),
    );
  }
}
