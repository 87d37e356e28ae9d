import { crc32, deflateRawSync, deflateSync } from 'node:zlib';
import sharp from 'sharp';

/** A file as somebody might send it. */
export interface Hostile {
  name: string;
  /** What the browser says that it is. */
  type: string;
  bytes: Buffer;
  /** A picture that is taken, with what comes with it taken off; anything else has to be refused as a picture. */
  isPicture: boolean;
}

const SECRET = 'SECRET-PLACE-AND-NAME';
const SCRIPT = '<script>fetch("/my-care")</script>';
const text = (words: string) => Buffer.from(words, 'utf8');

// PNG, chunk by chunk

const PNG = Buffer.from('89504e470d0a1a0a', 'hex');
function chunk(kind: string, data: Buffer): Buffer {
  const body = Buffer.concat([text(kind), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
function png(width: number, height: number, ...extra: Buffer[]): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  // One bit a pixel, grey: the most pixels for the fewest bytes.
  head.set([1, 0, 0, 0, 0], 8);
  const rows = Buffer.alloc((Math.ceil(width / 8) + 1) * height);
  return Buffer.concat([
    PNG,
    chunk('IHDR', head),
    ...extra,
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
/** Says that it is this large, and holds next to nothing. */
function hollowPng(width: number, height: number): Buffer {
  const small = png(8, 8);
  small.writeUInt32BE(width, 16);
  small.writeUInt32BE(height, 20);
  small.writeUInt32BE(crc32(small.subarray(12, 29)), 29);
  return small;
}

// JPEG, segment by segment

function segment(marker: number, data: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([head, data]);
}
const withSegment = (jpeg: Buffer, ...segments: Buffer[]) =>
  Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);
/** The size that a JPEG says it has, made another. */
function sized(jpeg: Buffer, width: number, height: number): Buffer {
  const changed = Buffer.from(jpeg);
  for (let at = 2; at < changed.length && changed[at] === 0xff; at += 2 + changed.readUInt16BE(at + 2)) {
    if (changed[at + 1]! >= 0xc0 && changed[at + 1]! <= 0xc2) {
      changed.writeUInt16BE(height, at + 5);
      changed.writeUInt16BE(width, at + 7);
      break;
    }
  }
  return changed;
}

// WebP, chunk by chunk

function riff(kind: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(kind, 0, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}
function webp(...chunks: Buffer[]): Buffer {
  return riff('RIFF', Buffer.concat([text('WEBP'), ...chunks]));
}

/** A ZIP with one entry, to the letter. */
function zip(name: string, data: Buffer): Buffer {
  const packed = deflateRawSync(data, { level: 9 });
  const file = Buffer.alloc(30);
  file.writeUInt32LE(0x04034b50, 0);
  file.writeUInt16LE(8, 8);
  file.writeUInt32LE(crc32(data), 14);
  file.writeUInt32LE(packed.length, 18);
  file.writeUInt32LE(data.length, 22);
  file.writeUInt16LE(name.length, 26);
  return Buffer.concat([file, text(name), packed]);
}

const pdf = (body: string) => text(`%PDF-1.7\n${body}\ntrailer<</Root 1 0 R>>\n%%EOF\n`);

/** Every file of the drill. Made, not kept: none of them lies in the repository. */
export async function hostileFiles(): Promise<Hostile[]> {
  const noise = (width: number, height: number) =>
    sharp({
      create: {
        width,
        height,
        channels: 3,
        background: '#888',
        noise: { type: 'gaussian', mean: 128, sigma: 30 },
      },
    });
  const plain = await noise(640, 800).jpeg().toBuffer();
  const plainPng = await noise(200, 250).png().toBuffer();
  const plainWebp = await noise(320, 400).webp().toBuffer();
  const exif = {
    IFD0: { Make: SECRET, Model: SECRET, Artist: SECRET, Copyright: SECRET, ImageDescription: SCRIPT },
    IFD2: { BodySerialNumber: SECRET, UserComment: SECRET },
    IFD3: {
      GPSLatitudeRef: 'N',
      GPSLatitude: '53/1 47/1 47/1',
      GPSLongitudeRef: 'W',
      GPSLongitude: '1/1 32/1 52/1',
    },
  };
  const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" dc:creator="${SECRET}">${SCRIPT.replaceAll('<', '&lt;')}</rdf:Description></rdf:RDF></x:xmpmeta>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="alert(1)">${SCRIPT}</svg>`;
  const frames = (count: number) => Buffer.alloc(16 * 16 * count * 3, 120);
  const animated = (count: number) =>
    sharp(frames(count), { raw: { width: 16, height: 16 * count, channels: 3, pageHeight: 16 } });
  const icc = (size: number) => {
    const segments: Buffer[] = [];
    const parts = Math.ceil(size / 65_000);
    for (let part = 1; part <= parts; part++)
      segments.push(
        segment(
          0xe2,
          Buffer.concat([
            text('ICC_PROFILE\0'),
            Buffer.from([part % 256, parts % 256]),
            Buffer.alloc(65_000, part % 251),
          ]),
        ),
      );
    return segments;
  };

  const picture = (name: string, bytes: Buffer, type = 'image/jpeg'): Hostile => ({
    name,
    type,
    bytes,
    isPicture: true,
  });
  const other = (name: string, bytes: Buffer | string, type = 'image/jpeg'): Hostile => ({
    name,
    type,
    bytes: typeof bytes === 'string' ? text(bytes) : bytes,
    isPicture: false,
  });

  return [
    // Pictures with something that must not stay
    picture('exif-gps.jpg', await noise(640, 800).withExif(exif).jpeg().toBuffer()),
    picture('exif-gps.png', await noise(320, 400).withExif(exif).png().toBuffer(), 'image/png'),
    picture('exif-gps.webp', await noise(320, 400).withExif(exif).webp().toBuffer(), 'image/webp'),
    picture(
      'sideways.jpg',
      await noise(640, 400).withMetadata({ orientation: 6 }).withExifMerge(exif).jpeg().toBuffer(),
    ),
    picture('xmp-script.jpg', await noise(320, 400).withXmp(xmp).jpeg().toBuffer()),
    picture('xmp-script.png', await noise(320, 400).withXmp(xmp).png().toBuffer(), 'image/png'),
    picture('xmp-script.webp', await noise(320, 400).withXmp(xmp).webp().toBuffer(), 'image/webp'),
    picture('p3.jpg', await noise(320, 400).withIccProfile('p3').jpeg().toBuffer()),
    picture('p3.png', await noise(320, 400).withIccProfile('p3').png().toBuffer(), 'image/png'),
    picture('comment.jpg', withSegment(plain, segment(0xfe, text(SECRET + SCRIPT)))),
    picture('iptc.jpg', withSegment(plain, segment(0xed, text(`Photoshop 3.0\x008BIM${SECRET}`)))),
    picture(
      'many-comments.jpg',
      withSegment(plain, ...Array.from({ length: 400 }, () => segment(0xfe, text(SECRET.repeat(50))))),
    ),
    picture(
      'text.png',
      Buffer.concat([
        PNG,
        plainPng.subarray(8, 33),
        chunk('tEXt', text(`Author\0${SECRET}`)),
        plainPng.subarray(33),
      ]),
      'image/png',
    ),
    picture(
      'itxt-script.png',
      Buffer.concat([
        PNG,
        plainPng.subarray(8, 33),
        chunk('iTXt', text(`XML:com.adobe.xmp\0\0\0\0\0${xmp}`)),
        plainPng.subarray(33),
      ]),
      'image/png',
    ),
    picture(
      'ztxt.png',
      Buffer.concat([
        PNG,
        plainPng.subarray(8, 33),
        chunk('zTXt', Buffer.concat([text('Comment\0\0'), deflateSync(text(SECRET.repeat(2000)))])),
        plainPng.subarray(33),
      ]),
      'image/png',
    ),
    picture(
      'time.png',
      Buffer.concat([
        PNG,
        plainPng.subarray(8, 33),
        chunk('tIME', Buffer.from([7, 234, 1, 1, 1, 1, 1])),
        plainPng.subarray(33),
      ]),
      'image/png',
    ),
    picture(
      'unknown-chunk.webp',
      webp(plainWebp.subarray(12), riff('JUNK', text(SECRET + SCRIPT))),
      'image/webp',
    ),
    // Polyglots: pictures that are something else behind their end
    picture('behind-is-zip.jpg', Buffer.concat([plain, zip('run.sh', text(SCRIPT))])),
    picture('behind-is-html.jpg', Buffer.concat([plain, text(`<html>${SCRIPT}</html>`)])),
    picture(
      'behind-is-pdf.jpg',
      Buffer.concat([plain, pdf(`1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj`)]),
    ),
    picture(
      'behind-is-php.png',
      Buffer.concat([plainPng, text(`<?php system($_GET["c"]); ?>`)]),
      'image/png',
    ),
    picture(
      'behind-is-picture.jpg',
      Buffer.concat([plain, await noise(64, 64).withExif(exif).jpeg().toBuffer()]),
    ),
    picture('script-in-comment.jpg', withSegment(plain, segment(0xfe, text(`*/=1;${SCRIPT}/*`)))),
    // Animated: one picture is kept
    picture('animated.webp', await animated(12).webp({ loop: 0 }).toBuffer(), 'image/webp'),
    picture('many-frames.webp', await animated(400).webp({ loop: 0 }).toBuffer(), 'image/webp'),
    picture(
      'animated.png',
      Buffer.concat([
        PNG,
        plainPng.subarray(8, 33),
        chunk('acTL', Buffer.from('0000000a00000000', 'hex')),
        plainPng.subarray(33),
      ]),
      'image/png',
    ),
    // Names that lead somewhere, and types that are not so
    picture('../../../../etc/passwd.jpg', plain),
    picture('..\\..\\windows\\win.ini', plain),
    picture('a\u202egpj.exe', plain),
    picture(`${'n'.repeat(4000)}.jpg`, plain),
    picture('quote".jpg', plain),
    picture('new\r\nX-Header: 1.jpg', plain),
    picture('says-it-is-html.html', plain, 'text/html'),
    picture('says-it-is-png.png', plain, 'image/png'),
    picture('says-nothing', plain, ''),
    picture('one-pixel.png', png(1, 1), 'image/png'),
    picture('line.png', png(1, 5000), 'image/png'),
    picture(
      'grey-alpha.png',
      await sharp({ create: { width: 90, height: 90, channels: 4, background: '#0000' } })
        .png({ compressionLevel: 1 })
        .toBuffer(),
      'image/png',
    ),
    picture('cmyk.jpg', await noise(320, 400).toColourspace('cmyk').jpeg().toBuffer()),
    picture('progressive.jpg', await noise(640, 800).jpeg({ progressive: true }).toBuffer()),
    picture('large-icc.jpg', withSegment(plain, ...icc(600_000))),
    picture(
      '49-megapixels.jpg',
      await sharp({ create: { width: 7000, height: 7000, channels: 3, background: '#998877' } })
        .jpeg({ quality: 50 })
        .toBuffer(),
    ),
    picture('49-megapixels.png', png(7000, 7000), 'image/png'),

    // Bombs
    other('256-megapixels.png', png(16_000, 16_000), 'image/png'),
    other('256-megapixels.jpg', sized(plain, 16_000, 16_000)),
    other('4-gigapixels.jpg', sized(plain, 65_500, 65_500)),
    other('hollow.png', hollowPng(16_000, 16_000), 'image/png'),
    other('2-to-the-62.png', hollowPng(0x7fffffff, 0x7fffffff), 'image/png'),
    other('no-size.png', hollowPng(0, 0), 'image/png'),
    other(
      '268-megapixels.webp',
      webp(riff('VP8X', Buffer.from([0, 0, 0, 0, 0xff, 0x3f, 0, 0xff, 0x3f, 0])), plainWebp.subarray(12)),
      'image/webp',
    ),
    other('bomb.zip', zip('zeros', Buffer.alloc(60_000_000)), 'image/png'),
    other('bomb.gz', deflateSync(Buffer.alloc(60_000_000), { level: 9 })),
    other(
      'text-bomb.png',
      Buffer.concat([
        PNG,
        plainPng.subarray(8, 33),
        chunk('zTXt', Buffer.concat([text('C\0\0'), deflateSync(Buffer.alloc(60_000_000))])),
        chunk('IEND', Buffer.alloc(0)),
      ]),
      'image/png',
    ),
    // Not pictures
    other('drawing.svg', svg, 'image/svg+xml'),
    other('drawing.jpg', svg),
    other(
      'entities.svg',
      `<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "${'ha'.repeat(50)}"><!ENTITY b "${'&a;'.repeat(50)}"><!ENTITY c "${'&b;'.repeat(50)}">]><svg xmlns="http://www.w3.org/2000/svg"><text>&c;</text></svg>`,
      'image/svg+xml',
    ),
    other(
      'file.svg',
      `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="file:///etc/passwd"/></svg>`,
      'image/svg+xml',
    ),
    other('page.html', `<!doctype html>${SCRIPT}`, 'image/jpeg'),
    other('animated.gif', await animated(12).gif().toBuffer(), 'image/gif'),
    other('animated.jpg', await animated(12).gif().toBuffer()),
    other('picture.tiff', await noise(64, 64).tiff().toBuffer(), 'image/tiff'),
    other('picture.avif', await noise(64, 64).avif({ effort: 0 }).toBuffer(), 'image/avif'),
    other('picture.bmp', Buffer.concat([text('BM'), Buffer.alloc(200, 1)]), 'image/bmp'),
    other('picture.psd', Buffer.concat([text('8BPS'), Buffer.alloc(200)]), 'image/vnd.adobe.photoshop'),
    other('program.jpg', Buffer.concat([Buffer.from('7f454c46', 'hex'), Buffer.alloc(500)])),
    other('program.png', Buffer.concat([text('MZ'), Buffer.alloc(500)]), 'image/png'),
    // Broken
    other('empty.jpg', ''),
    other('one-byte.jpg', Buffer.from([0xff])),
    other('three-bytes.jpg', Buffer.from([0xff, 0xd8, 0xff])),
    other('head-alone.jpg', plain.subarray(0, 20)),
    other('half.jpg', plain.subarray(0, Math.floor(plain.length / 2))),
    other('half.png', plainPng.subarray(0, Math.floor(plainPng.length / 2)), 'image/png'),
    other('half.webp', plainWebp.subarray(0, Math.floor(plainWebp.length / 2)), 'image/webp'),
    other('signature-alone.png', PNG, 'image/png'),
    other('zeros.jpg', Buffer.alloc(70_001)),
    other(
      'wrong-length.webp',
      Buffer.concat([text('RIFF'), Buffer.from([0xff, 0xff, 0xff, 0x7f]), text('WEBP'), Buffer.alloc(33)]),
      'image/webp',
    ),
    other(
      'wrong-check.png',
      Buffer.concat([plainPng.subarray(0, 29), Buffer.alloc(4), plainPng.subarray(33)]),
      'image/png',
    ),
    other(
      'spoiled.png',
      Buffer.from(plainPng.map((byte, at) => (at > 60 && at % 7 === 0 ? byte ^ 0xff : byte))),
      'image/png',
    ),
    other('too-heavy.jpg', Buffer.concat([plain, Buffer.alloc(17 * 1024 * 1024)])),
    // Documents
    other(
      'script.pdf',
      pdf(`1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj`),
      'application/pdf',
    ),
    other('launch.pdf', pdf(`1 0 obj<</OpenAction<</S/Launch/F(/bin/sh)>>>>endobj`), 'application/pdf'),
    other('page.pdf', `<html>${SCRIPT}`, 'application/pdf'),
    other('pdf.jpg', pdf('1 0 obj<<>>endobj')),
  ];
}

/** Words that were hidden in the files; none may be found in what is kept. */
export const HIDDEN = [SECRET, '<script', 'SECRET', 'system($_GET', 'app.alert'];
