import { publishContraindications } from '#lib/server/domain/care/contraindications.ts';
import { publishConsentForms } from '#lib/server/domain/care/publish-consent-forms.ts';
import { publishQuestionnaires } from '#lib/server/domain/care/publish-questionnaires.ts';
import { publishRisks } from '#lib/server/domain/care/risks.ts';
import { publishPolicy } from '#lib/server/domain/policy/publish.ts';
import type { Db } from '#lib/server/platform/db.ts';

/** Policy with all that follows from it, and the risks that are told. Rows that exist already stay. */
export async function loadReference(db: Db): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await publishPolicy(trx);
    await publishRisks(trx);
    await publishContraindications(trx);
    await publishQuestionnaires(trx);
    await publishConsentForms(trx);
  });
}
