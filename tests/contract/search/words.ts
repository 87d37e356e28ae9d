import { beforeAll, describe, expect, it } from 'vitest';
import { ask, labels } from './ask.ts';
import { batches, documentOf, type Started } from './world.ts';

const NAMES = [
  'Eleanor Pemberton',
  'Małgorzata Wróbel',
  'Siobhán Ní Bhroin',
  'Søren Ørsted',
  'Jürgen Groß',
  "Aoife O'Neill",
  'Jean-Luc Smith-Jones',
  'Priya Raghunathan',
  'Ada Osei',
  'Kate Holt',
  '李伟 Li Wei',
  'Ольга Иванова',
  'محمد علي',
  'Zoë Wróbel',
  'Chidi Nwosu',
];

/** What is typed, and who is found; in every case all of them and nobody else. */
const FOUND: readonly (readonly [typed: string, names: readonly string[]])[] = [
  // As it is written, in any order, with any capitals.
  ['Eleanor Pemberton', ['Eleanor Pemberton']],
  ['pemberton eleanor', ['Eleanor Pemberton']],
  ['ELEANOR', ['Eleanor Pemberton']],
  ['  eleanor   pemberton  ', ['Eleanor Pemberton']],
  ['wrobel', ['Małgorzata Wróbel', 'Zoë Wróbel']],
  ['zoe wrobel', ['Zoë Wróbel']],
  // Without the accents and letters that a keyboard lacks, or with them.
  ['malgorzata', ['Małgorzata Wróbel']],
  ['Małgorzata', ['Małgorzata Wróbel']],
  ['siobhan ni bhroin', ['Siobhán Ní Bhroin']],
  ['soren orsted', ['Søren Ørsted']],
  ['gross', ['Jürgen Groß']],
  ['groß', ['Jürgen Groß']],
  ['zoë'.normalize('NFD'), ['Zoë Wróbel']],
  ['ZOË'.normalize('NFC'), ['Zoë Wróbel']],
  // Signs inside a name.
  ["o'neill", ["Aoife O'Neill"]],
  ['o’neill', ["Aoife O'Neill"]],
  ['o neill', ["Aoife O'Neill"]],
  ['oneill', ["Aoife O'Neill"]],
  ['neill', ["Aoife O'Neill"]],
  ['smith-jones', ['Jean-Luc Smith-Jones']],
  ['smith jones', ['Jean-Luc Smith-Jones']],
  ['smithjones', ['Jean-Luc Smith-Jones']],
  ['jones', ['Jean-Luc Smith-Jones']],
  // Other scripts.
  ['Ольга', ['Ольга Иванова']],
  ['иванова', ['Ольга Иванова']],
  ['محمد', ['محمد علي']],
  ['li wei', ['李伟 Li Wei']],
  // Slips: none in short words, one from four letters, two from seven.
  ['adb', []],
  ['kat', ['Kate Holt']],
  ['kote', ['Kate Holt']],
  ['kaet', ['Kate Holt']],
  ['kit', []],
  ['elanor', ['Eleanor Pemberton']],
  ['eleeanor', ['Eleanor Pemberton']],
  ['eleanur', ['Eleanor Pemberton']],
  ['eleaonr', ['Eleanor Pemberton']],
  ['pembertn', ['Eleanor Pemberton']],
  ['pembretton', ['Eleanor Pemberton']],
  ['penbertan', ['Eleanor Pemberton']],
  ['panbertan', []],
  ['raghunatan', ['Priya Raghunathan']],
  ['ragunatan', ['Priya Raghunathan']],
  ['elanor pembertn', ['Eleanor Pemberton']],
  ['elanor wrobel', []],
  // Each word must be found.
  ['eleanor wrobel', []],
  ['eleanor pemberton leeds', ['Eleanor Pemberton']],
  ['eleanor pemberton york', []],
];

/** Who is found by what somebody types. */
export function typedWords(current: () => Started): void {
  describe('typed words', () => {
    beforeAll(async () => {
      const started = current();
      const documents = NAMES.map((name, who) =>
        documentOf(started, who, { name, words: 'Leeds', shown: { label: name } }),
      );
      await started.index.replaceAll(batches(documents));
    });

    for (const [typed, names] of FOUND)
      it(`finds ${names.length === 0 ? 'nobody' : names.join(' and ')} by “${typed}”`, async () => {
        const found = await labels(current(), { words: typed });
        expect(found.toSorted()).toEqual(names.toSorted());
      });

    for (const letters of [3, 4, 5, 6, 7])
      it(`finds somebody by the first ${letters} letters of either name`, async () => {
        for (const word of ['eleanor', 'pemberton', 'raghunathan'])
          expect([word, await labels(current(), { words: word.slice(0, letters) })]).toEqual([
            word,
            [word === 'raghunathan' ? 'Priya Raghunathan' : 'Eleanor Pemberton'],
          ]);
      });

    it('takes the beginning of the last word for it, and of the others as the engine can', async () => {
      expect(await labels(current(), { words: 'eleanor pemb' })).toEqual(['Eleanor Pemberton']);
      expect(await labels(current(), { words: 'elea pemberton' })).toEqual(
        current().beginnings === 'of every word' ? ['Eleanor Pemberton'] : [],
      );
    });

    it('finds everybody when no word is typed', async () => {
      for (const words of ['', '   ', '!!! ?', '()&|']) {
        expect([words, (await ask(current(), { words })).total]).toEqual([words, NAMES.length]);
      }
    });
  });

  describe('who fits words better', () => {
    const order = async (words: string) => labels(current(), { words });
    beforeAll(async () => {
      const started = current();
      // The later the better fit: soonness alone would turn them round.
      const people = [
        { name: 'Ada Osei', words: 'Harper' },
        { name: 'Kim Harpersfield', words: '' },
        { name: 'Sam Harper', words: '' },
      ];
      await started.index.replaceAll(
        batches(
          people.map((person, who) => documentOf(started, who, { ...person, shown: { label: person.name } })),
        ),
      );
    });

    it('comes first: the name, then its beginning, then other words', async () => {
      expect(await order('harper')).toEqual(['Sam Harper', 'Kim Harpersfield', 'Ada Osei']);
    });

    it('is the one without slips', async () => {
      expect(await order('harpersfeild')).toEqual(['Kim Harpersfield']);
    });

    it('is nobody among those who have all of it in their name, wherever in it, and whatever their clinic is called', async () => {
      const started = current();
      const people = [
        { name: 'Sam Lee Harper', words: 'Old Mill' },
        { name: 'Sam Harper', words: '' },
        { name: 'Harper Osei', words: 'Harper House' },
        { name: 'Harper', words: 'Harper' },
      ];
      const documents = people.map((person, who) =>
        documentOf(started, who, { ...person, shown: { label: person.name } }),
      );
      const elsewhere = documentOf(started, 0, { name: 'Sam Lee Harper', words: 'Harper House' }, 4);
      await started.index.replaceAll(
        batches([...documents, { ...elsewhere, earliestSlotAt: null, shown: { label: 'Later place' } }]),
      );
      expect(await order('harper')).toEqual(people.map(({ name }) => name));
      expect(await order('harp')).toEqual(people.map(({ name }) => name));
    });

    it('is found before who is a slip away, if that one is found at all', async () => {
      const started = current();
      const people = ['Sam Harpor', 'Sam Harper'];
      await started.index.replaceAll(
        batches(people.map((name, who) => documentOf(started, who, { name, shown: { label: name } }))),
      );
      expect(await order('harper')).toEqual(
        started.slips === 'always' ? ['Sam Harper', 'Sam Harpor'] : ['Sam Harper'],
      );
    });
  });
}
