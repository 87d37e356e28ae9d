/** The shape of every picture of a portfolio, width to height. */
export const FRAME_RATIO = 4 / 5;

/**
 * The part of a picture that a frame covers, in thousandths of its width and height. `size` is the frame's against the
 * largest that fits, `across` and `down` where it stands between the edges; all three in per cent.
 */
export function cropOf(
  picture: { width: number; height: number },
  { size, across, down }: { size: number; across: number; down: number },
): { left: number; top: number; width: number; height: number } {
  const ratio = picture.width / picture.height;
  const largest =
    ratio > FRAME_RATIO
      ? { width: FRAME_RATIO / ratio, height: 1 }
      : { width: 1, height: ratio / FRAME_RATIO };
  const thousandths = (share: number) =>
    Math.max(100, Math.min(1000, Math.round((share * size * 1000) / 100)));
  const width = thousandths(largest.width);
  const height = thousandths(largest.height);
  return {
    left: Math.round(((1000 - width) * across) / 100),
    top: Math.round(((1000 - height) * down) / 100),
    width,
    height,
  };
}

/** The answers that would give this crop again; the whole picture is the largest frame in its middle. */
export function framingOf(
  picture: { width: number; height: number },
  crop: { left: number; top: number; width: number; height: number },
): { frame: 'whole' | 'part'; size: number; across: number; down: number } {
  const isWhole = crop.width === 1000 && crop.height === 1000;
  const largest = cropOf(picture, { size: 100, across: 0, down: 0 });
  const share = (at: number, length: number) =>
    length === 1000 ? 50 : Math.round((at * 100) / (1000 - length));
  return isWhole
    ? { frame: 'whole', size: 100, across: 50, down: 50 }
    : {
        frame: 'part',
        size: Math.min(
          100,
          Math.round(Math.max((crop.width * 100) / largest.width, (crop.height * 100) / largest.height)),
        ),
        across: share(crop.left, crop.width),
        down: share(crop.top, crop.height),
      };
}
