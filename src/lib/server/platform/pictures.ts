import sharp from 'sharp';

/** More than any camera of today takes; a small file can otherwise unfold to gigabytes. */
const MOST_PIXELS = 60_000_000;
/** Small print stays legible. */
const LONGEST_SIDE = 2600;

/**
 * The picture drawn anew: upright, without metadata (place, camera, comments), no larger than people read. Null where
 * the bytes are no picture of that format.
 */
export async function redrawn(bytes: Buffer, format: 'jpeg' | 'png'): Promise<Buffer | null> {
  try {
    const picture = sharp(bytes, { limitInputPixels: MOST_PIXELS, failOn: 'error' });
    if ((await picture.metadata()).format !== format) return null;
    const upright = picture
      .rotate()
      .resize({ width: LONGEST_SIDE, height: LONGEST_SIDE, fit: 'inside', withoutEnlargement: true });
    return await (format === 'jpeg' ? upright.jpeg({ quality: 88 }) : upright.png()).toBuffer();
  } catch {
    return null;
  }
}
