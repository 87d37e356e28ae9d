import type { Trx } from '#lib/server/platform/db.ts';
import { queueMail } from '../shared/queue-mail.ts';

/** A letter to one side of a supervision, in the transaction of what it tells. */
export async function writeAboutSupervision(
  trx: Trx,
  to: { name: string; email: string; id: string },
  key: string,
  subject: string,
  lines: readonly string[],
): Promise<void> {
  await queueMail(trx, {
    key: `${key}:${to.id}`,
    toName: to.name,
    toAddress: to.email,
    subject,
    body: [`Hello ${to.name},`, ...lines, 'Steadyhand'].join('\n\n'),
  });
}
