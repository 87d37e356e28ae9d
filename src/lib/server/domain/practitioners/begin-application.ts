import { randomBytes } from 'node:crypto';
import { appNow } from '#lib/server/platform/clock.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { policyOf } from '../policy/reads.ts';
import { professionsOf } from '../policy/requirements.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { localDate } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import type { Begin } from './input.ts';
import {
  changeProfession,
  findAccountName,
  insertApplication,
  insertPractitioner,
  lockOwnPractitioner,
} from './queries.ts';

/**
 * Begins, or goes on with, the application of an account with a verified address to be listed somewhere. What the law
 * there lets nobody of a profession do is refused (`profession_not_here`). The profession can be chosen anew until
 * somebody has been asked to check it.
 */
export async function beginApplication(
  db: Db,
  actor: Actor,
  { jurisdiction, profession }: Begin,
): Promise<{ applicationId: string }> {
  return transact(db, actor, async (trx) => {
    const accountId = accountOf(actor);
    const account = accountId === null ? undefined : await findAccountName(trx, accountId);
    if (accountId === null || account === undefined) throw new Refusal('address_not_verified');
    const today = Temporal.PlainDate.from(localDate(await appNow(trx), 'UTC'));
    if (!professionsOf(await policyOf(trx, jurisdiction, today)).includes(profession))
      throw new Refusal('profession_not_here', { field: 'profession' });

    // The address of the profile follows from the name, which comes next.
    const slug = `new-${randomBytes(6).toString('hex')}`;
    await insertPractitioner(trx, { accountId, slug, name: account.name, profession });
    const practitioner = (await lockOwnPractitioner(trx, accountId))!;
    if (practitioner.profession !== profession) await changeProfession(trx, profession);
    const applicationId = await insertApplication(trx, practitioner.id, jurisdiction);
    await recordAudit(trx, {
      stream: { kind: 'practitioner', id: practitioner.id },
      action: 'application.begin',
      subjectType: 'application',
      subjectId: applicationId,
      detail: { jurisdiction, profession },
    });
    return { applicationId };
  });
}
