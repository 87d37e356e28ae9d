/**
 * What a picture carries beside itself, read by a scan of our own: every part of the file that is not needed to show it.
 * It shares no code with what draws the pictures.
 */
export function carried(type: string, bytes: Buffer): string[] {
  switch (type) {
    case 'image/jpeg':
      return ofJpeg(bytes);
    case 'image/png':
      return ofPng(bytes);
    case 'image/webp':
      return ofWebp(bytes);
    case 'image/avif':
      return ofAvif(bytes);
    default:
      return [`unknown type ${type}`];
  }
}

/** JFIF says how large a dot is and Adobe how colours are meant; everything else of the kind is somebody's words. */
function ofJpeg(bytes: Buffer): string[] {
  const found: string[] = [];
  let at = 2;
  while (at < bytes.length) {
    if (bytes[at] !== 0xff) return [...found, `no marker at ${at}`];
    const marker = bytes[at + 1]!;
    if (marker === 0xd9) break;
    const length = bytes.readUInt16BE(at + 2);
    const isNote = (marker >= 0xe0 && marker <= 0xef) || marker === 0xfe;
    const begins = bytes.toString('latin1', at + 4, at + 9);
    if (isNote && !(marker === 0xe0 && begins === 'JFIF\0') && !(marker === 0xee && begins === 'Adobe'))
      found.push(`segment ${marker.toString(16)} ${begins}`);
    at += 2 + length;
    if (marker !== 0xda) continue;
    // The picture itself: to the next marker that is none of its own.
    while (!(
      bytes[at] === 0xff &&
      bytes[at + 1] !== 0 &&
      !(bytes[at + 1]! >= 0xd0 && bytes[at + 1]! <= 0xd7)
    )) {
      at++;
      if (at >= bytes.length) return [...found, 'no end'];
    }
  }
  if (at + 2 !== bytes.length) found.push(`${bytes.length - at - 2} bytes behind the end`);
  return found;
}

const PNG_NEEDS = ['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND', 'gAMA', 'cHRM', 'sRGB', 'pHYs', 'bKGD', 'sBIT'];
function ofPng(bytes: Buffer): string[] {
  const found: string[] = [];
  let at = 8;
  while (at < bytes.length) {
    const kind = bytes.toString('latin1', at + 4, at + 8);
    if (!PNG_NEEDS.includes(kind)) found.push(`chunk ${kind}`);
    at += 12 + bytes.readUInt32BE(at);
    if (kind === 'IEND') break;
  }
  if (at !== bytes.length) found.push(`${bytes.length - at} bytes behind the end`);
  return found;
}

function ofWebp(bytes: Buffer): string[] {
  const found: string[] = [];
  let at = 12;
  while (at < bytes.length) {
    const kind = bytes.toString('latin1', at, at + 4);
    if (!['VP8 ', 'VP8L', 'VP8X', 'ALPH'].includes(kind)) found.push(`chunk ${kind}`);
    const length = bytes.readUInt32LE(at + 4);
    at += 8 + length + (length % 2);
  }
  if (at !== bytes.length) found.push('bytes behind the end');
  return found;
}

/** Items that are neither the picture nor its transparency, and a colour profile that somebody brought along. */
function ofAvif(bytes: Buffer): string[] {
  const found: string[] = [];
  const boxes = (from: number, to: number, path: string) => {
    for (let at = from; at + 8 <= to;) {
      const size = bytes.readUInt32BE(at);
      const kind = bytes.toString('latin1', at + 4, at + 8);
      const end = size === 0 ? to : at + size;
      if (size !== 0 && size < 8) return void found.push(`box of ${size} bytes in ${path}`);
      if (kind === 'uuid') found.push(`box uuid in ${path}`);
      if (kind === 'infe') {
        const item = bytes.toString('latin1', at + 16, at + 20);
        if (item !== 'av01') found.push(`item ${item}`);
      }
      if (kind === 'colr' && bytes.toString('latin1', at + 8, at + 12) !== 'nclx')
        found.push('colour profile');
      const inside = { meta: 12, iprp: 8, ipco: 8, iinf: 14 }[kind];
      if (inside !== undefined) boxes(at + inside, end, `${path}/${kind}`);
      at = end;
    }
  };
  boxes(0, bytes.length, '');
  return found;
}
