import { sql } from 'kysely';
import type { Trx } from '#lib/server/platform/db.ts';
import { CONSENT_FORMS } from './consent-forms.ts';

/**
 * Writes every consent form where the guards read which items it has. Running it again changes nothing; a form that was
 * published in other words stops it.
 */
export async function publishConsentForms(trx: Trx): Promise<void> {
  for (const { askedFrom, items, ...form } of CONSENT_FORMS) {
    const words = JSON.stringify(items);
    const written = await trx
      .insertInto('consent_form')
      .values({ ...form, asked_from: askedFrom, items: words })
      .onConflict((conflict) => conflict.doNothing())
      .returning('code')
      .executeTakeFirst();
    if (written !== undefined) continue;
    const same = await trx
      .selectFrom('consent_form')
      .where('code', '=', form.code)
      .where('material', '=', form.material)
      .where(sql<boolean>`items = ${words}::jsonb`)
      .select('code')
      .executeTakeFirst();
    if (same === undefined)
      throw new Error(`Consent form ${form.code} was published in other words. Write a new version.`);
  }
}
