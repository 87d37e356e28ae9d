import { cropOf } from '#lib/format/crop.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { framed, wholePicture } from '#lib/server/platform/pictures.ts';
import type { Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requireOpenCase } from './access.ts';
import type { Side } from './portfolio-case.ts';
import { findWhole, replaceCrop, replacePicture } from './queries.ts';

/** A photograph may weigh this much. */
export const MOST_PICTURE_BYTES = 16 * 1024 * 1024;

const WHOLE = { left: 0, top: 0, width: 1000, height: 1000 };

type Place = { caseId: string; side: Side };

/**
 * Takes a photograph for one side of a case. It is drawn anew without metadata before anything is kept; the file itself
 * is dropped. Refuses with `picture_unreadable` or `too_large`.
 */
export async function takePicture(db: Db, actor: Actor, place: Place, bytes: Buffer): Promise<void> {
  if (bytes.length > MOST_PICTURE_BYTES) throw new Refusal('too_large', { field: 'file' });
  // Nobody but whose open case it is makes us draw.
  await transact(db, actor, (trx) => requireOpenCase(trx, actor, place.caseId));
  const whole = await wholePicture(bytes);
  if (whole === null) throw new Refusal('picture_unreadable', { field: 'file' });
  const drawn = await framed(whole, WHOLE);
  await transact(db, actor, async (trx) => {
    await requireOpenCase(trx, actor, place.caseId);
    await replacePicture(trx, place.caseId, place.side, whole, drawn);
  });
}

/** Shows a part of a picture, so that both have the same framing. Only the part is ever shown to others. */
export async function cropPicture(
  db: Db,
  actor: Actor,
  { caseId, side }: Place,
  asked: { frame: 'whole' | 'part'; size: number; across: number; down: number },
): Promise<void> {
  const whole = await transact(db, actor, async (trx) => {
    await requireOpenCase(trx, actor, caseId);
    return findWhole(trx, caseId, side);
  });
  if (whole === undefined) throw new Refusal('portfolio_pictures_missing');
  const crop = asked.frame === 'whole' ? WHOLE : cropOf(whole, asked);
  const drawn = await framed(whole, crop);
  await transact(db, actor, async (trx) => {
    await requireOpenCase(trx, actor, caseId);
    await replaceCrop(trx, { caseId, pictureId: whole.pictureId }, crop, drawn);
  });
}
