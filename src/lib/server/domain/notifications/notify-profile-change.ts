import { paths } from '#lib/paths.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { system } from '../shared/actor.ts';
import type { Letter } from '../shared/letter.ts';
import { queueMail } from '../shared/queue-mail.ts';
import { transact } from '../shared/transact.ts';
import { findSubjectOfChange } from './queries.ts';

/**
 * Tells whoever asked for a change of what was checked that it is decided; once per event, however often it is delivered.
 * What was asked, and what came of it, is read behind the sign-in (P4).
 */
export async function notifyOfProfileChange(
  db: Db,
  publicUrl: URL,
  event: { id: string; changeId: string },
): Promise<void> {
  const subject = await findSubjectOfChange(db, event.changeId);
  if (subject === undefined) return;
  const link = new URL(paths.deskProfile(), publicUrl).href;
  await transact(db, system, (trx) =>
    queueMail(trx, {
      kind: 'profile_change_decided',
      key: `event:${event.id}`,
      toName: subject.name,
      toAddress: subject.email,
      letter: profileChangeLetter(link),
    }),
  );
}

/** That it is decided. */
export function profileChangeLetter(link: string): Letter {
  return {
    subject: 'The change to your profile is decided',
    opening: ['two reviewers have looked at what you asked us to change on your profile, and have decided.'],
    action: { text: 'Read what they decided, and why', href: link },
  };
}
