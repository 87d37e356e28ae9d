import { expect, it } from 'vitest';
import { facts, heading, list, notice, text, type Paper } from '#lib/server/platform/paper/paper.ts';
import { renderPaper } from '#lib/server/platform/paper/render.ts';
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
