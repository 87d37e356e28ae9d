import { paths } from '#lib/paths.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { system } from '../../shared/actor.ts';
import type { Letter } from '../../shared/letter.ts';
import { queueMail } from '../../shared/queue-mail.ts';
import { transact } from '../../shared/transact.ts';
import {
  findConfirmedRecalls,
  findPractitionersOfRecall,
  findUntold,
  insertLetters,
  nameRecalled,
} from './queries.ts';

/** Letters written in one transaction. */
const AT_ONCE = 200;

/**
 * Writes to everybody whom a confirmed recall names, and to who treated them; also to those whose treatment was written
 * down later. Each is written to once, however often this runs and wherever it was broken off. The letters name no
 * medicine and nobody else.
 */
export async function tellRecalls(db: Db, publicUrl: URL): Promise<void> {
  for (const { id } of await findConfirmedRecalls(db)) {
    await transact(db, system, (trx) => nameRecalled(trx, id));
    while (await tellSome(db, publicUrl, id));
    await transact(db, system, async (trx) => {
      for (const { name, email } of await findPractitionersOfRecall(trx, id))
        await queueMail(trx, {
          kind: 'recall',
          key: `recall:${id}:practitioner:${email}`,
          toName: name,
          toAddress: email,
          letter: recallLetters.practitioner(new URL(paths.deskBatches(), publicUrl).href),
        });
    });
  }
}

/** The next of them; true while there may be more. */
async function tellSome(db: Db, publicUrl: URL, recallId: string): Promise<boolean> {
  return transact(db, system, async (trx) => {
    const untold = await findUntold(trx, recallId, AT_ONCE);
    if (untold.length === 0) return false;
    const written = await insertLetters(
      trx,
      recallId,
      untold.map(({ patientId }) => patientId),
    );
    for (const { patientId, name, email } of untold) {
      if (!written.has(patientId)) continue;
      await queueMail(trx, {
        kind: 'recall',
        patientId,
        key: `recall:${recallId}:patient:${patientId}`,
        toName: name,
        toAddress: email,
        letter: recallLetters.patient(new URL(paths.myRecall(recallId), publicUrl).href),
      });
    }
    return untold.length === AT_ONCE;
  });
}

/** What a recall says to whom. */
export const recallLetters = {
  practitioner: (page: string): Letter => ({
    subject: 'A batch is recalled',
    opening: [
      'a batch from your clinic is recalled and is no longer to be used. Everybody concerned has been written to.',
      'Please call them, and write down whom you have reached.',
    ],
    action: { text: 'Whom to call', href: page },
  }),
  patient: (page: string): Letter => ({
    subject: 'Please read this about a visit you have had',
    opening: [
      'there is something to know about a visit that you have had. It does not mean that anything is wrong with you.',
      'The page says what to look out for, and whom to call.',
    ],
    action: { text: 'Read it', href: page },
  }),
};
