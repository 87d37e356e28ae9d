import { paths } from '#lib/paths.ts';
import type { Db } from '#lib/server/platform/db.ts';
import type { Actor } from '../../shared/actor.ts';
import { system } from '../../shared/actor.ts';
import type { Letter } from '../../shared/letter.ts';
import { queueMail } from '../../shared/queue-mail.ts';
import { recordEvent } from '../../shared/record-event.ts';
import { Refusal } from '../../shared/refusal.ts';
import { transact } from '../../shared/transact.ts';
import { closeCase, findOperators, openSafetyCases } from './queries.ts';

/**
 * Opens a case for each cluster of unwanted effects, and writes to the operators. What a cluster is, the database says
 * (`open_safety_cases()`); run again it opens nothing twice.
 */
export async function openCases(db: Db, publicUrl: URL): Promise<void> {
  await transact(db, system, async (trx) => {
    const opened = await openSafetyCases(trx);
    if (opened.length === 0) return;
    const operators = await findOperators(trx);
    for (const id of opened) {
      await recordEvent(trx, {
        type: 'safety_case.opened',
        subjectType: 'safety_case',
        subjectId: id,
        payload: {},
      });
      for (const { name, email } of operators)
        await queueMail(trx, {
          kind: 'safety_case',
          key: `safety_case:${id}:${email}`,
          toName: name,
          toAddress: email,
          letter: safetyCaseLetter(new URL(paths.staffSafety(), publicUrl).href),
        });
    }
  });
}

/** Closes a case, with what was found and the reference of the report to the authority. */
export async function closeSafetyCase(
  db: Db,
  actor: Actor,
  input: { caseId: string; finding: string; reference: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    if (!(await closeCase(trx, input))) throw new Refusal('not_found');
    await recordEvent(trx, {
      type: 'safety_case.closed',
      subjectType: 'safety_case',
      subjectId: input.caseId,
      payload: {},
    });
  });
}

/** What tells an operator of a new case. */
export function safetyCaseLetter(page: string): Letter {
  return {
    subject: 'A safety case was opened',
    opening: ['several reports point to the same batch or the same practitioner.'],
    action: { text: 'Look at the case', href: page },
  };
}
