import { createHash } from 'node:crypto';
import type { Db, Queryable } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requireOpenCase } from './access.ts';
import type { UploadInput } from './input.ts';
import {
  beginUpload,
  deleteStaleUploads,
  deleteUpload,
  findPieces,
  findUpload,
  insertPiece,
  lockUpload,
  type UploadRow,
} from './queries.ts';
import { MOST_PICTURE_BYTES, takePicture } from './take-picture.ts';

/** A piece of a file may weigh this much; a client is told so when it begins. */
export const MOST_PIECE_BYTES = 512 * 1024;

/** How far a file is on its way. */
export interface Progress {
  id: string;
  size: number;
  received: number;
  mostPieceBytes: number;
}

const progressOf = ({ id, size, received }: UploadRow): Progress => ({
  id,
  size,
  received,
  mostPieceBytes: MOST_PIECE_BYTES,
});

/** Begins to take a file for one side of a case, or goes on with the same one. */
export async function beginPictureUpload(db: Db, actor: Actor, input: UploadInput): Promise<Progress> {
  if (input.size > MOST_PICTURE_BYTES) throw new Refusal('too_large');
  return transact(db, actor, async (trx) => {
    await requireOpenCase(trx, actor, input.caseId);
    return progressOf(await beginUpload(trx, input));
  });
}

/** How much of a file has arrived; for anybody but who sends it, it does not exist. */
export async function readUpload(db: Db, actor: Actor, uploadId: string): Promise<Progress> {
  return transact(db, actor, async (trx) => {
    const upload = await findUpload(trx, uploadId);
    if (upload === undefined) throw new Refusal('not_found');
    return progressOf(upload);
  });
}

/** The next piece, which begins where the last one ended (`upload_out_of_step` otherwise). */
export async function addPiece(
  db: Db,
  actor: Actor,
  { uploadId, startsAt, bytes }: { uploadId: string; startsAt: number; bytes: Buffer },
): Promise<Progress> {
  return transact(db, actor, async (trx) => {
    const upload = await lockUpload(trx, uploadId);
    if (upload === undefined) throw new Refusal('not_found');
    if (bytes.length > MOST_PIECE_BYTES) throw new Refusal('too_large');
    if (startsAt !== upload.received) throw new Refusal('upload_out_of_step');
    if (bytes.length === 0 || upload.received + bytes.length > upload.size)
      throw new Refusal('upload_broken');
    await insertPiece(trx, upload, bytes);
    return progressOf({ ...upload, received: upload.received + bytes.length });
  });
}

/** The file is whole: it is what was announced, a picture, and drawn anew; its pieces go, whatever becomes of it. */
export async function finishUpload(db: Db, actor: Actor, uploadId: string): Promise<{ caseId: string }> {
  const { upload, bytes } = await transact(db, actor, async (trx) => {
    const found = await lockUpload(trx, uploadId);
    if (found === undefined) throw new Refusal('not_found');
    if (found.received < found.size) throw new Refusal('upload_out_of_step');
    const whole = Buffer.concat(await findPieces(trx, uploadId));
    await deleteUpload(trx, uploadId);
    return { upload: found, bytes: whole };
  });
  if (createHash('sha256').update(bytes).digest('hex') !== upload.sha256) throw new Refusal('upload_broken');
  await takePicture(db, actor, upload, bytes);
  return { caseId: upload.caseId };
}

/** Files that stopped on their way go after a day. */
export function endStaleUploads(db: Queryable): Promise<void> {
  return deleteStaleUploads(db);
}
