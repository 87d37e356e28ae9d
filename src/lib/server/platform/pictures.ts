import sharp, { type Sharp } from 'sharp';

/** More than most cameras of today take; a small file can otherwise unfold to gigabytes. */
const MOST_PIXELS = 50_000_000;
/** Small print stays legible. */
const LONGEST_SIDE = 2600;

// Nothing but these is ever decoded: not SVG, PDF, GIF, TIFF or what else the library could open.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpBuffer'],
});
sharp.cache(false);
sharp.concurrency(1);

export type PictureFormat = 'jpeg' | 'png' | 'webp';

/** What a picture is by its first bytes; its name and what the browser said of it are not asked. Null: none that we take. */
export function sniffPicture(bytes: Uint8Array): PictureFormat | null {
  const has = (at: number, ...signature: number[]) => signature.every((byte, i) => bytes[at + i] === byte);
  if (has(0, 0xff, 0xd8, 0xff)) return 'jpeg';
  if (has(0, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'png';
  if (has(0, 0x52, 0x49, 0x46, 0x46) && has(8, 0x57, 0x45, 0x42, 0x50)) return 'webp';
  return null;
}

let last: Promise<unknown> = Promise.resolve();

/** One picture after the other: what a decoded one takes of memory is taken once. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = last.then(work);
  last = mine.catch(() => undefined);
  return mine;
}

/** Opened for drawing anew, upright and of the first frame alone. Null where the bytes are no picture of that format. */
async function opened(bytes: Buffer, format: PictureFormat): Promise<Sharp | null> {
  const picture = sharp(bytes, { limitInputPixels: MOST_PIXELS, failOn: 'error', animated: false });
  if ((await picture.metadata()).format !== format) return null;
  return picture.timeout({ seconds: 20 }).autoOrient();
}

/**
 * The picture drawn anew: upright, without metadata (place, camera, comments), no larger than people read. Null where
 * the bytes are no picture of that format.
 */
export async function redrawn(bytes: Buffer, format: 'jpeg' | 'png'): Promise<Buffer | null> {
  return inTurn(async () => {
    try {
      const upright = (await opened(bytes, format))?.resize({
        width: LONGEST_SIDE,
        height: LONGEST_SIDE,
        fit: 'inside',
        withoutEnlargement: true,
      });
      if (upright === undefined) return null;
      return await (format === 'jpeg' ? upright.jpeg({ quality: 88 }) : upright.png()).toBuffer();
    } catch {
      return null;
    }
  });
}

/** A picture as it is kept. */
export interface Drawn {
  width: number;
  height: number;
  mediaType: 'image/jpeg' | 'image/webp' | 'image/avif';
  bytes: Buffer;
}

/** The longest side of a photograph that others are cut from. */
const WHOLE_SIDE = 1800;

/** A photograph drawn anew, whole and upright, without metadata. Null where the bytes are no picture that we take. */
export async function wholePicture(bytes: Buffer): Promise<Drawn | null> {
  const format = sniffPicture(bytes);
  if (format === null) return null;
  return inTurn(async () => {
    try {
      const picture = await opened(bytes, format);
      if (picture === null) return null;
      const { data, info } = await picture
        .resize({ width: WHOLE_SIDE, height: WHOLE_SIDE, fit: 'inside', withoutEnlargement: true })
        .flatten({ background: '#ffffff' })
        .jpeg({ quality: 90 })
        .toBuffer({ resolveWithObject: true });
      return { width: info.width, height: info.height, mediaType: 'image/jpeg', bytes: data };
    } catch {
      return null;
    }
  });
}

/** A part of a picture, in thousandths of its width and height. */
export interface Crop {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Every picture of a portfolio has this frame; what does not fill it stands on a plain ground, uncut. */
const FRAMES = [
  { width: 480, height: 600 },
  { width: 960, height: 1200 },
] as const;
const GROUND = '#e9ebe7';

/** What of a whole picture is shown, in every size and format that browsers choose from, and a tiny one to begin with. */
export async function framed(
  whole: Pick<Drawn, 'width' | 'height' | 'bytes'>,
  crop: Crop,
): Promise<{ renditions: Drawn[]; placeholder: string }> {
  return inTurn(async () => {
    const left = Math.floor((whole.width * crop.left) / 1000);
    const top = Math.floor((whole.height * crop.top) / 1000);
    const cut = {
      left,
      top,
      width: Math.max(1, Math.min(whole.width - left, Math.round((whole.width * crop.width) / 1000))),
      height: Math.max(1, Math.min(whole.height - top, Math.round((whole.height * crop.height) / 1000))),
    };
    const inFrame = ({ width, height }: { width: number; height: number }) =>
      sharp(whole.bytes, { limitInputPixels: MOST_PIXELS, failOn: 'error' })
        .extract(cut)
        .resize({ width, height, fit: 'contain', background: GROUND });
    const renditions: Drawn[] = [];
    for (const frame of FRAMES) {
      const picture = inFrame(frame);
      renditions.push(
        {
          ...frame,
          mediaType: 'image/avif',
          bytes: await picture.clone().avif({ quality: 55, effort: 2 }).toBuffer(),
        },
        { ...frame, mediaType: 'image/webp', bytes: await picture.clone().webp({ quality: 78 }).toBuffer() },
        { ...frame, mediaType: 'image/jpeg', bytes: await picture.clone().jpeg({ quality: 80 }).toBuffer() },
      );
    }
    const tiny = await inFrame({ width: 12, height: 15 }).webp({ quality: 30 }).toBuffer();
    return { renditions, placeholder: `data:image/webp;base64,${tiny.toString('base64')}` };
  });
}
