import type { Db, Trx } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { requireStaff } from '../oversight/access.ts';
import type { Actor } from '../shared/actor.ts';
import { formatDate } from '../shared/dates.ts';
import { recordEvent } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import {
  decideForgettingRow,
  findForgetting,
  insertForgetting,
  type ForgettingRow,
} from './forgetting-queries.ts';
import { writeAgreed, writeRefused } from './letters.ts';
import { ACCOUNT_ZONE } from './reads.ts';

/*
 * A practitioner asks to be forgotten, which nobody can undo: one of the staff looks and proposes it, another agrees, and the job
 * does it a day later at the earliest. The database holds the two apart, and forgets no practitioner without them.
 */

/**
 * The first of two looks whether it is them who asks, and whether somebody keeps their records, and writes down what they saw.
 * Refuses with `already_written` where somebody has proposed it, and with `not_now` where it was taken back.
 */
export async function proposeForgetting(
  db: Db,
  actor: Actor,
  { erasureId, words }: { erasureId: string; words: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const asked = await requireAsked(trx, actor, erasureId);
    await insertForgetting(trx, erasureId, { state: 'proposed', saw: words });
    await note(trx, asked, 'proposed');
  });
}

/**
 * The second one agrees; the practitioner is told, and can take it back for a day more. Refuses with `forgetting_second_person` who has
 * proposed it, and with `not_now`.
 */
export async function agreeToForget(
  db: Db,
  actor: Actor,
  publicUrl: URL,
  { erasureId }: { erasureId: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const asked = await requireAsked(trx, actor, erasureId);
    const doneFrom = await decideForgettingRow(trx, erasureId, { state: 'agreed' });
    if (doneFrom === undefined) throw new Refusal('not_now');
    await writeAgreed(trx, asked, publicUrl, formatDate(doneFrom, ACCOUNT_ZONE));
    await note(trx, asked, 'agreed');
  });
}

/** One is enough to say why not, for nothing is lost by it: the practitioner reads the reason, and may ask again. */
export async function refuseToForget(
  db: Db,
  actor: Actor,
  publicUrl: URL,
  { erasureId, words }: { erasureId: string; words: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const asked = await requireAsked(trx, actor, erasureId);
    if (asked.state === null) await insertForgetting(trx, erasureId, { state: 'refused', refusal: words });
    else if ((await decideForgettingRow(trx, erasureId, { state: 'refused', refusal: words })) === undefined)
      throw new Refusal('not_now');
    await writeRefused(trx, asked, publicUrl, words);
    await note(trx, asked, 'refused');
  });
}

async function requireAsked(trx: Trx, actor: Actor, erasureId: string): Promise<ForgettingRow> {
  await requireStaff(trx, actor, 'reviewer', 'operator');
  const asked = await findForgetting(trx, erasureId);
  if (asked === undefined) throw new Refusal('not_found');
  return asked;
}

async function note(
  trx: Trx,
  { erasureId, practitionerId }: ForgettingRow,
  step: 'proposed' | 'agreed' | 'refused',
): Promise<void> {
  await recordEvent(trx, {
    type: 'erasure.stepped',
    subjectType: 'erasure',
    subjectId: erasureId,
    payload: { step },
  });
  await recordAudit(trx, {
    stream: { kind: 'practitioner', id: practitionerId },
    action: `erasure.${step}`,
    subjectType: 'erasure',
    subjectId: erasureId,
  });
}
