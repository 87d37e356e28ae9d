import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';
import sharp from 'sharp';
import { encode } from 'uqr';
import type { Block, Paper } from './paper.ts';
import { faceOf, linesOf, printable, stretches, type Face, type Stretch } from './writing.ts';

const { resolve } = createRequire(import.meta.url);

/** The type of the pages, one that writes what it lacks (Greek, Cyrillic, Vietnamese), and two for words from the right. */
const FONTS = {
  own: resolve(
    '@expo-google-fonts/atkinson-hyperlegible-next/400Regular/AtkinsonHyperlegibleNext_400Regular.ttf',
  ),
  'own-bold': resolve(
    '@expo-google-fonts/atkinson-hyperlegible-next/700Bold/AtkinsonHyperlegibleNext_700Bold.ttf',
  ),
  wide: resolve('@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf'),
  'wide-bold': resolve('@expo-google-fonts/noto-sans/700Bold/NotoSans_700Bold.ttf'),
  arabic: resolve('@fontsource/noto-sans-arabic/files/noto-sans-arabic-arabic-400-normal.woff'),
  'arabic-bold': resolve('@fontsource/noto-sans-arabic/files/noto-sans-arabic-arabic-700-normal.woff'),
  hebrew: resolve('@fontsource/noto-sans-hebrew/files/noto-sans-hebrew-hebrew-400-normal.woff'),
  'hebrew-bold': resolve('@fontsource/noto-sans-hebrew/files/noto-sans-hebrew-hebrew-700-normal.woff'),
} as const;
const MARGIN = 56;
const TOP = 40;
const FOOT = 60;
/** Of a picture, in points: large enough to see, and two to a page. */
const PICTURE = { width: 320, height: 300 };
const LINE_GAP = 2;
const INK = '#1b1b1f';
const SOFT = '#55555c';
const LINE = '#c9c9cf';
const TINT = '#f2f1ef';

type Picture = Extract<Block, { kind: 'picture' }>;
type Size = { readonly width: number; readonly height: number };
type Style = { size?: number; bold?: boolean; colour?: string; gap?: number };

/**
 * A document as PDF: tagged for screen readers, with title and language, page numbers, and the footer on every page. The
 * same paper gives the same bytes, but for the file's own identifier.
 */
export async function renderPaper(paper: Paper): Promise<Uint8Array> {
  const links = paper.blocks.flatMap((block) => (block.kind === 'code' ? [block.link] : []));
  const pictures = new Map<string, Buffer>();
  for (const link of links) pictures.set(link, await pictureOf(link));
  const page = new Page(paper, pictures);
  for (const block of paper.blocks)
    if (block.kind === 'picture') page.picture(block, await sizeOf(block.bytes));
    else page.put(block);
  return page.end();
}

/** Draws from the top to the bottom, and goes on to a new page where something does not fit. */
class Page {
  readonly #doc: PDFKit.PDFDocument;
  readonly #paper: Paper;
  readonly #pictures: ReadonlyMap<string, Buffer>;
  readonly #root: PDFKit.PDFStructureElement;
  readonly #bytes: Promise<Uint8Array>;

  constructor(paper: Paper, pictures: ReadonlyMap<string, Buffer>) {
    this.#paper = paper;
    this.#pictures = pictures;
    this.#doc = new PDFDocument({
      size: paper.size,
      margins: { top: TOP, left: MARGIN, right: MARGIN, bottom: FOOT + 14 },
      bufferPages: true,
      pdfVersion: '1.7',
      tagged: true,
      lang: paper.lang,
      displayTitle: true,
      info: {
        Title: paper.title,
        Author: 'Steadyhand',
        // eslint-disable-next-line house/no-date-object -- the library takes nothing else, and writes seconds
        CreationDate: new Date(paper.madeAt.epochMilliseconds),
      },
    });
    for (const [name, file] of Object.entries(FONTS)) this.#doc.registerFont(name, file);
    this.#bytes = collected(this.#doc);
    this.#root = this.#doc.struct('Document');
    this.#doc.addStructure(this.#root);
    this.#write('H1', paper.title, { size: 20, bold: true, gap: 2 });
    if (paper.subtitle) this.#write('P', paper.subtitle, { size: 11.5, colour: SOFT });
    this.#doc.y += 6;
  }

  put(block: Exclude<Block, Picture>): void {
    type Drawn = Exclude<Block, Picture>;
    const draw: { [Kind in Drawn['kind']]: (one: Extract<Drawn, { kind: Kind }>) => void } = {
      heading: (one) => this.#heading(one.text),
      text: (one) => this.#write('P', one.text, one.soft ? { colour: SOFT, size: 9.5 } : {}),
      list: (one) => this.#list(one.items),
      facts: (one) => this.#facts(one.rows),
      table: (one) => this.#table(one),
      notice: (one) => this.#notice(one),
      code: (one) => this.#code(one),
      lines: (one) => this.#lines(one.labels),
    };
    (draw[block.kind] as (one: Drawn) => void)(block);
  }

  /** A picture, and under it what it shows; where its bytes are none, that in its place. */
  picture({ alt, bytes }: Picture, size: Size | null): void {
    if (size === null)
      return this.#write('P', `${alt}: this picture cannot be drawn here.`, { size: 9.5, colour: SOFT });
    const scale = Math.min(PICTURE.width / size.width, PICTURE.height / size.height);
    const [width, height] = [size.width * scale, size.height * scale];
    this.#makeRoom(height + 30);
    const top = this.#doc.y + 4;
    this.#root.add(
      this.#doc.struct('Figure', { alt }, () => {
        this.#doc.image(Buffer.from(bytes), MARGIN, top, { width, height });
      }),
    );
    this.#doc.y = top + height + 4;
    this.#write('P', alt, { size: 9, colour: SOFT });
  }

  async end(): Promise<Uint8Array> {
    this.#root.end();
    const { start, count } = this.#doc.bufferedPageRange();
    for (let nth = start; nth < start + count; nth += 1) {
      this.#doc.switchToPage(nth);
      this.#foot(nth - start + 1, count);
      if (this.#paper.stamp) this.#stamp(this.#paper.stamp);
    }
    this.#doc.end();
    return this.#bytes;
  }

  get #width(): number {
    return this.#doc.page.width - 2 * MARGIN;
  }

  #heading(words: string): void {
    // A heading never stands alone at the foot of a page.
    this.#makeRoom(60);
    this.#doc.y += 8;
    this.#write('H2', words, { size: 13, bold: true, gap: 4 });
  }

  #write(tag: string, words: string, style: Style = {}): void {
    this.#makeRoom(24);
    this.#root.add(
      this.#doc.struct(tag, {}, () => {
        this.#print(words, style, MARGIN, this.#doc.y, { width: this.#width });
      }),
    );
    this.#doc.y += style.gap ?? 6;
  }

  #list(items: readonly string[]): void {
    const whole = this.#doc.struct('L');
    this.#root.add(whole);
    for (const item of items) {
      this.#makeRoom(this.#height(item, this.#width - 14));
      const top = this.#doc.y;
      whole.add(
        this.#doc.struct('LI', {}, [
          this.#doc.struct('Lbl', {}, () => this.#print('•', {}, MARGIN, top, {})),
          this.#doc.struct('LBody', {}, () =>
            this.#print(item, {}, MARGIN + 14, top, { width: this.#width - 14 }),
          ),
        ]),
      );
      this.#doc.y += 3;
    }
    whole.end();
    this.#doc.y += 4;
  }

  /** Terms on the left, what is said of them on the right: a table with a heading in each row. */
  #facts(rows: Extract<Block, { kind: 'facts' }>['rows']): void {
    const shown = rows.map(([term, detail]) => [term, [detail].flat().join('\n')]);
    this.#grid(shown, [0.34, 0.66], 'TH');
  }

  #table({ caption, head, rows, widths }: Extract<Block, { kind: 'table' }>): void {
    this.#makeRoom(70);
    const sum = (widths ?? head).reduce<number>((all, one) => all + (typeof one === 'number' ? one : 1), 0);
    const parts = head.map((_, column) => (widths?.[column] ?? 1) / sum);
    this.#write('P', caption, { bold: true, gap: 2 });
    this.#grid(rows, parts, 'TD', head);
  }

  #grid(
    rows: readonly (readonly string[])[],
    parts: readonly number[],
    first: 'TH' | 'TD',
    head?: readonly string[],
  ): void {
    const table = this.#doc.struct('Table');
    this.#root.add(table);
    if (head) this.#row(table, head, parts, { tag: () => 'TH', scope: 'Column', bold: true });
    for (const row of rows)
      this.#row(table, row, parts, { tag: (column) => (column === 0 ? first : 'TD'), scope: 'Row' });
    table.end();
    this.#doc.y += 8;
  }

  #row(
    table: PDFKit.PDFStructureElement,
    cells: readonly string[],
    parts: readonly number[],
    how: { tag: (column: number) => string; scope: 'Row' | 'Column'; bold?: boolean },
  ): void {
    const widths = parts.map((part) => part * this.#width);
    const isTerm = (column: number) => how.tag(column) === 'TH';
    const height = Math.max(
      ...cells.map((cell, column) => this.#height(cell, widths[column]! - 8, { bold: isTerm(column) })),
    );
    this.#makeRoom(Math.min(height + 8, 500));
    const top = this.#doc.y + 4;
    const row = this.#doc.struct('TR');
    table.add(row);
    let left = MARGIN;
    let bottom = top;
    const page = this.#doc.page;
    cells.forEach((cell, column) => {
      const at = left;
      row.add(
        this.#doc.struct(how.tag(column), isTerm(column) ? scope(how.scope) : {}, () => {
          this.#print(cell, { bold: isTerm(column) }, at, top, { width: widths[column]! - 8 });
        }),
      );
      bottom = this.#doc.page === page ? Math.max(bottom, this.#doc.y) : this.#doc.y;
      left += widths[column]!;
    });
    row.end();
    this.#doc.y = bottom + 2;
    this.#rule();
  }

  #notice({ title, text }: Extract<Block, { kind: 'notice' }>): void {
    const inner = this.#width - 24;
    const height = this.#height(title, inner, { bold: true }) + this.#height(text, inner) + 22;
    this.#makeRoom(height);
    const top = this.#doc.y;
    this.#artifact(() => {
      this.#doc.rect(MARGIN, top, this.#width, height).fill(TINT);
      this.#doc.rect(MARGIN, top, 3, height).fill(INK);
    });
    this.#root.add(
      this.#doc.struct('P', {}, () => {
        this.#print(title, { bold: true }, MARGIN + 14, top + 9, { width: inner });
        this.#print(text, {}, MARGIN + 14, this.#doc.y, { width: inner });
      }),
    );
    this.#doc.y = top + height + 10;
  }

  #code({ title, text, code, link }: Extract<Block, { kind: 'code' }>): void {
    const side = 104;
    this.#makeRoom(side + 12);
    const top = this.#doc.y + 4;
    this.#root.add(
      this.#doc.struct('Figure', { alt: `A square code that leads to ${link}` }, () => {
        this.#doc.image(this.#pictures.get(link)!, MARGIN, top, { width: side, height: side });
      }),
    );
    const left = MARGIN + side + 18;
    const width = this.#width - side - 18;
    this.#doc.y = top;
    for (const [words, style] of [
      [title, { bold: true }],
      [code, { bold: true, size: 14 }],
      [text, {}],
      [link, { size: 8.5, colour: SOFT }],
    ] as const)
      this.#root.add(
        this.#doc.struct('P', {}, () => {
          this.#print(words, style, left, this.#doc.y, { width });
        }),
      );
    this.#doc.y = Math.max(this.#doc.y, top + side) + 10;
  }

  /** Lines to be signed or filled in by hand. */
  #lines(labels: readonly string[]): void {
    for (const label of labels) {
      this.#makeRoom(44);
      this.#doc.y += 20;
      this.#rule(INK);
      this.#doc.y += 3;
      this.#write('P', label, { size: 9, colour: SOFT, gap: 2 });
    }
    this.#doc.y += 6;
  }

  #rule(colour = LINE): void {
    const { y } = this.#doc;
    this.#artifact(() => {
      this.#doc
        .moveTo(MARGIN, y)
        .lineTo(MARGIN + this.#width, y)
        .lineWidth(0.6)
        .strokeColor(colour)
        .stroke();
    });
  }

  #foot(nth: number, count: number): void {
    const { footer } = this.#paper;
    const top = this.#doc.page.height - FOOT;
    this.#doc.page.margins.bottom = 0;
    this.#doc.y = top - 6;
    this.#rule();
    this.#artifact(() => {
      const width = this.#width - 70;
      this.#print(footer, { size: 8, colour: SOFT }, MARGIN, top, { width, lineGap: 1 });
      const pages = `Page ${nth} of ${count}`;
      this.#print(pages, { size: 8, colour: SOFT }, MARGIN + this.#width - 70, top, {
        width: 70,
        align: 'right',
      });
    }, 'Pagination');
  }

  #stamp(words: string): void {
    const { width, height } = this.#doc.page;
    this.#artifact(() => {
      this.#doc.save();
      this.#doc.rotate(-35, { origin: [width / 2, height / 2] }).fillOpacity(0.12);
      this.#print(words, { bold: true, size: 84, colour: '#a11' }, 0, height / 2 - 50, {
        width,
        align: 'center',
        lineBreak: false,
      });
      this.#doc.restore();
    });
  }

  /** What is there for the eye alone. */
  #artifact(draw: () => void, type: 'Layout' | 'Pagination' = 'Layout'): void {
    this.#doc.markContent('Artifact', { type });
    draw();
    this.#doc.endMarkedContent();
  }

  #print(said: string, style: Style, x: number, y: number, options: PDFKit.Mixins.TextOptions): void {
    const words = printable(said);
    const face = faceOf(words);
    if (face === null) return this.#printMixed(words, style, x, y, options.width ?? this.#width);
    this.#style(face, style).text(words, x, y, { lineGap: LINE_GAP, ...options, ...plain(face) });
  }

  /** Lines in which the type changes: broken here, for the library breaks what stands in one type. */
  #printMixed(words: string, style: Style, x: number, y: number, width: number): void {
    // Asked first: each question chooses a type.
    const ascent = this.#ascent(style);
    let top = y;
    for (const line of this.#lay(words, width, style)) {
      if (top + this.#lineHeight(style) > this.#doc.page.height - FOOT) {
        this.#doc.addPage();
        top = TOP;
      }
      let left = x;
      for (const one of line) {
        this.#style(one.face, style).text(one.text, left, top + ascent, {
          lineBreak: false,
          baseline: 'alphabetic',
          ...plain(one.face),
        });
        left += one.width;
      }
      top += this.#lineHeight(style);
    }
    this.#doc.x = x;
    this.#doc.y = top;
  }

  /** The stretches of each line of a text that is so wide. */
  #lay(words: string, width: number, style: Style): (Stretch & { readonly width: number })[][] {
    const measured = (one: Stretch) => ({
      ...one,
      width: this.#style(one.face, style).widthOfString(one.text, plain(one.face)),
    });
    return words.split('\n').flatMap((paragraph) => linesOf(stretches(paragraph), width, measured));
  }

  /** From the top of a line to the foot of its letters, so that all types stand on one line. The library does not tell it. */
  #ascent(style: Style): number {
    const { _font: own, _fontSize: size } = this.#style('own', style) as unknown as {
      _font: { ascender: number };
      _fontSize: number;
    };
    return (own.ascender / 1000) * size;
  }

  #lineHeight(style: Style): number {
    return this.#style('wide', style).currentLineHeight(true) + LINE_GAP;
  }

  #style(face: Face, { size = 10.5, bold = false, colour = INK }: Style = {}): PDFKit.PDFDocument {
    return this.#doc.font(bold ? `${face}-bold` : face, size).fillColor(colour);
  }

  #height(said: string, width: number, style: Style = {}): number {
    const words = printable(said);
    const face = faceOf(words);
    return face === null
      ? this.#lay(words, width, style).length * this.#lineHeight(style)
      : this.#style(face, style).heightOfString(words, { width, lineGap: LINE_GAP, ...plain(face) });
  }

  #makeRoom(height: number): void {
    if (this.#doc.y + height > this.#doc.page.height - FOOT - 14) {
      this.#doc.addPage();
      this.#doc.y = TOP;
    }
  }
}

/**
 * Letters stay whole where the other types would take them apart: a mark that is a glyph of its own has no letter behind it,
 * and who copies or hears the text would get one that is not there. The library hands the object on to its shaper.
 */
function plain(face: Face): PDFKit.Mixins.TextOptions {
  return face !== 'own' ? { features: { ccmp: false } as unknown as PDFKit.Mixins.OpenTypeFeatures[] } : {};
}

/** Which way a heading of a table looks. The library knows it; its types do not yet. */
function scope(towards: 'Row' | 'Column'): PDFKit.Mixins.StructureElementOptions {
  return { scope: towards } as PDFKit.Mixins.StructureElementOptions;
}

/** How large a picture is; null where it cannot be read to its end. */
async function sizeOf(bytes: Uint8Array): Promise<Size | null> {
  const picture = sharp(bytes);
  try {
    await picture.stats();
    const { width, height } = await picture.metadata();
    return { width, height };
  } catch {
    return null;
  }
}

/** The square code of an address, ten dots to a module: sharp enough for a printer, and read by any telephone. */
async function pictureOf(link: string): Promise<Buffer> {
  const DOTS = 10;
  const { data, size } = encode(link, { ecc: 'M', border: 2 });
  const side = size * DOTS;
  const shades = Buffer.alloc(side * side, 255);
  for (let y = 0; y < side; y += 1)
    for (let x = 0; x < side; x += 1)
      if (data[Math.floor(y / DOTS)]![Math.floor(x / DOTS)]) shades[y * side + x] = 0;
  return sharp(shades, { raw: { width: side, height: side, channels: 1 } })
    .png()
    .toBuffer();
}

function collected(doc: PDFKit.PDFDocument): Promise<Uint8Array> {
  return new Promise((done, failed) => {
    const chunks: Uint8Array[] = [];
    doc.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    doc.on('end', () => done(new Uint8Array(Buffer.concat(chunks))));
    doc.on('error', failed);
  });
}
