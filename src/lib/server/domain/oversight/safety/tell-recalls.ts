import { paths } from '#lib/paths.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { system } from '../../shared/actor.ts';
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
          key: `recall:${id}:practitioner:${email}`,
          toName: name,
          toAddress: email,
          subject: 'A batch is recalled',
          body: `Hello ${name},\n\na batch that you have used or prescribed is recalled and is no longer to be used. Who was treated from it has been written to. Please call them, and write down whom you have reached:\n${new URL(paths.deskBatches(), publicUrl).href}\n\nSteadyhand`,
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
        key: `recall:${recallId}:patient:${patientId}`,
        toName: name,
        toAddress: email,
        subject: 'Something to read about a treatment you have had',
        body: `Hello ${name},\n\nthere is something to know about a treatment that you have had. It does not mean that anything is wrong with you. Please read it; it says what to look out for, and whom to call:\n${new URL(paths.myRecall(recallId), publicUrl).href}\n\nSteadyhand`,
      });
    }
    return untold.length === AT_ONCE;
  });
}
