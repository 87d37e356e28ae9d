import sharp from 'sharp';
import { expect, it } from 'vitest';
import { facts, heading, list, notice, text, type Paper } from '#lib/server/platform/paper/paper.ts';
import { renderPaper } from '#lib/server/platform/paper/render.ts';
import { linesOf, NOT_PRINTED, stretches, type Stretch } from '#lib/server/platform/paper/writing.ts';
import { readPdf } from '../harness/read-pdf.ts';

const paper = (about: Partial<Paper> = {}): Paper => ({
  title: 'Something printed',
  lang: 'en-GB',
  size: 'A4',
  footer: 'At the foot of each page.',
  madeAt: Temporal.Instant.from('2026-02-03T08:00:00Z'),
  blocks: [],
  ...about,
});

it('reads back as it was written: words, title, tags, and a square code', async () => {
  const read = await readPdf(
    await renderPaper(
      paper({
        stamp: 'CANCELLED',
        blocks: [
          notice('Take care', 'It was cancelled.'),
          heading('What it is'),
          facts([
            ['Term', ['One', 'Two']],
            ['Nothing', ''],
          ]),
          list(['First', 'Second']),
          text('A sentence.'),
          { kind: 'table', caption: 'Numbers', head: ['Where', 'How much'], rows: [['Here', '20']] },
          { kind: 'lines', labels: ['Signature'] },
          {
            kind: 'code',
            title: 'Check it',
            text: 'With a camera.',
            code: 'AAAA-BBBB',
            link: 'https://steadyhand.example/verify?code=AAAABBBB',
          },
        ],
      }),
    ),
  );
  expect(read).toMatchObject({ title: 'Something printed', pages: 1, isTagged: true, lang: 'en-GB' });
  for (const words of [
    'Take care',
    'It was cancelled.',
    'What it is',
    'Term',
    'One Two',
    'Second',
    'CANCELLED',
  ])
    expect(read.text).toContain(words);
  for (const words of ['Numbers', 'How much', 'Here 20', 'Signature', 'AAAA-BBBB', 'Page 1 of 1'])
    expect(read.text).toContain(words);
  // What has nothing to say is not printed.
  expect(read.text).not.toContain('Nothing');
  expect(read.codes).toEqual(['https://steadyhand.example/verify?code=AAAABBBB']);
});

it('draws a picture with words under it, and says so where its bytes are none', async () => {
  const draw = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: '#88a' } })
      .jpeg()
      .toBuffer();
  const picture = (alt: string, bytes: Uint8Array) => ({ kind: 'picture' as const, alt, bytes });
  const read = await readPdf(
    await renderPaper(
      paper({
        blocks: [
          picture('Upright', await draw(600, 1_200)),
          picture('Lying', await draw(1_600, 300)),
          picture('Small', await draw(40, 40)),
          picture('Another', await draw(600, 600)),
          picture('Broken', new Uint8Array([0xff, 0xd8, 0xff, 0, 0, 0, 0, 0])),
          text('The end.'),
        ],
      }),
    ),
  );
  expect(read.isTagged).toBe(true);
  expect(read.pages).toBe(2);
  for (const words of ['Upright', 'Lying', 'Small', 'Broken: this picture cannot be drawn here.', 'The end.'])
    expect(read.text).toContain(words);
});

it('writes names with accents, and Greek, Cyrillic and Vietnamese letters', async () => {
  const names = [
    'Zoë Żółkiewska',
    'Şükrü Åström',
    'Ελένη Παπαδοπούλου',
    'Владимир Ґонта',
    'Nguyễn Thị Hương',
  ];
  const read = await readPdf(await renderPaper(paper({ blocks: [list(names)] })));
  for (const name of names) expect(read.text.normalize('NFC')).toContain(name.normalize('NFC'));
});

it('goes on over pages, the footer on each', async () => {
  const rows = Array.from({ length: 90 }, (_, nth) => [`Row ${nth}`, 'said']);
  const read = await readPdf(
    await renderPaper(
      paper({ size: 'LETTER', blocks: [{ kind: 'table', caption: 'Many', head: ['Row', 'What'], rows }] }),
    ),
  );
  expect(read.pages).toBeGreaterThan(2);
  expect(read.text.match(/At the foot of each page\./g)).toHaveLength(read.pages);
  expect(read.text).toContain('Row 89');
});

it('writes names in Arabic and Hebrew, alone and within a line, in the order in which they are read', async () => {
  const names = ['محمد الأحمد', 'שרה בן דוד', 'فاطمة الزهراء'];
  const read = await readPdf(
    await renderPaper(
      paper({
        title: 'For محمد الأحمد',
        subtitle: 'For שרה בן דוד, to be given once by Dr Osei',
        blocks: [
          facts(names.map((name) => ['Patient', name])),
          text(`Seen by Dr Osei with ${names[2]} on 3 February.`),
        ],
      }),
    ),
  );
  for (const name of names) expect(read.text.normalize('NFKC')).toContain(name);
  expect(read.text).toContain('to be given once by Dr Osei');
  expect(read.text.normalize('NFKC')).toMatch(/Seen by Dr Osei with\s+فاطمة الزهراء\s+on 3 February\./);
});

it('says in words what it cannot write, and prints no box', async () => {
  const read = await readPdf(
    await renderPaper(
      paper({
        subtitle: 'For 王小明, to be given once by Dr Osei',
        blocks: [facts([['Patient', '김민준']]), text('All well \u{1F600}.')],
      }),
    ),
  );
  expect(read.text).toContain(`For ${NOT_PRINTED}, to be given once by Dr Osei`);
  expect(read.text).toContain(`Patient ${NOT_PRINTED}`);
  expect(read.text).not.toMatch(/[王김\u{1F600}\ufffd]/u);
});

it.each([
  ['For محمد الأحمد, once', ['own For', 'own  ', 'arabic محمد الأحمد', 'own ,', 'own  ', 'own once']],
  ['שלום שלום Ελένη', ['hebrew שלום שלום', 'own  ', 'wide Ελένη']],
  ['', []],
])('takes %s apart where the type changes', (line, parts) => {
  expect(stretches(line).map(({ face, text }) => `${face} ${text}`)).toEqual(parts);
});

it('breaks lines between words, within what is written from the right too', () => {
  const measured = (one: Stretch) => ({ ...one, width: one.text.length });
  const lines = (text: string, most: number) =>
    linesOf(stretches(text), most, measured).map((line) => line.map(({ text }) => text).join(''));
  expect(lines('For שלום שלום שלום', 9)).toEqual(['For שלום ', 'שלום שלום'].map((line) => line.trim()));
  expect(lines('one two', 5)).toEqual(['one ', 'two']);
  expect(lines('שלוםשלום', 3)).toEqual(['שלוםשלום']);
});

it('breaks a long text from the right into lines, and goes on over pages', async () => {
  const words = Array.from({ length: 1_200 }, () => 'السلام').join(' ');
  const read = await readPdf(await renderPaper(paper({ blocks: [text(words), text('The end.')] })));
  expect(read.pages).toBeGreaterThan(1);
  expect(read.text.normalize('NFKC').match(/السلام/g)).toHaveLength(1_200);
  expect(read.text).toContain('The end.');
});
