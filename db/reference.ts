import { publishHolidays } from '#lib/server/domain/availability/holidays.ts';
import { publishContraindications } from '#lib/server/domain/care/contraindications.ts';
import { publishConsentForms } from '#lib/server/domain/care/publish-consent-forms.ts';
import { publishQuestionnaires } from '#lib/server/domain/care/publish-questionnaires.ts';
import { publishRisks } from '#lib/server/domain/care/risks.ts';
import { publishPostcodes } from '#lib/server/domain/directory/load-postcodes.ts';
import { publishPolicy } from '#lib/server/domain/policy/publish.ts';
import { openDb, openPool } from '#lib/server/platform/db.ts';

/** Brings the rules, texts and tables that ship with this code into the database. The owner runs it after every migration. */
export async function publishReference(ownerUrl: string): Promise<void> {
  const db = openDb(openPool(ownerUrl, { max: 1, onError: () => {} }));
  try {
    await db.transaction().execute(async (trx) => {
      await publishPolicy(trx);
      await publishRisks(trx);
      await publishContraindications(trx);
      await publishQuestionnaires(trx);
      await publishConsentForms(trx);
      await publishHolidays(trx);
      await publishPostcodes(trx);
    });
  } finally {
    await db.destroy();
  }
}
