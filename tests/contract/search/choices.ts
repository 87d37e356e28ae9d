import { beforeAll, describe, expect, it } from 'vitest';
import { FACETS, type FacetCounts } from '#lib/server/platform/search/port.ts';
import { ask, labels } from './ask.ts';
import {
  batches,
  countAll,
  LEEDS,
  manyDocuments,
  scan,
  type Document,
  type Question,
  type Started,
} from './world.ts';

const SEED = 20_261_124;
const PEOPLE = 300;
const both = (from: string, to: string) =>
  ['Europe/London', 'America/Chicago'].map((timeZone) => ({ timeZone, from, to }));

/** Everything by which somebody can narrow. */
export const CHOICES: Readonly<Record<string, Question>> = {
  'a place': { near: { ...LEEDS, withinKm: 60 } },
  'a concern': { concerns: ['jaw'] },
  'two concerns': { concerns: ['chin', 'neck_bands'] },
  'one of two professions': { professions: ['doctor', 'dentist'] },
  'whom one sees': { consultants: ['nurse_prescriber'] },
  'what was checked': { credentials: ['life_support', 'training'] },
  'one of two languages': { languages: ['pl', 'cy'] },
  'a gender': { genders: ['woman', 'non_binary'] },
  'access needs': { access: ['step_free'] },
  'a lowest fee': { feeMinMinor: 4_500 },
  'a highest fee': { feeMaxMinor: 8_000 },
  days: { free: both('2026-12-03', '2026-12-08') },
  'evenings and mornings': { free: both('2026-12-02', '2026-12-12'), parts: ['evening', 'morning'] },
};

/** What is left by each choice and by every two, against a scan of all documents. */
export function choices(current: () => Started): void {
  describe('choices', () => {
    let documents: Document[];
    beforeAll(async () => {
      documents = manyDocuments(current(), PEOPLE, SEED);
      await current().index.replaceAll(batches(documents, 97));
    });

    /** What differs between a practitioner's places may be counted at one of them: never too many, and nearly all. */
    const expectCounts = (counts: FacetCounts, scanned: FacetCounts) => {
      for (const facet of FACETS) {
        const ofPlace = facet === 'access' || facet === 'consultant';
        if (!ofPlace || current().counted === 'every place') {
          expect([facet, counts[facet]]).toEqual([facet, scanned[facet]]);
          continue;
        }
        for (const [value, truth] of Object.entries(scanned[facet])) {
          const said = counts[facet][value] ?? 0;
          expect([facet, value, said <= truth && said >= truth * 0.7]).toEqual([facet, value, true]);
        }
      }
    };

    const names = Object.keys(CHOICES);
    for (const [at, name] of names.entries()) {
      it(`leaves who fits ${name}, and counts as a scan does`, async () => {
        const question = CHOICES[name]!;
        const { total, counts } = await ask(current(), question);
        const expected = scan(documents, question);
        expect(expected.length).toBeGreaterThan(0);
        expect(expected.length).toBeLessThan(PEOPLE);
        expect(total).toBe(expected.length);
        expect(await labels(current(), question)).toEqual(expected);
        expectCounts(counts, countAll(documents, question));
      });

      for (const other of names
        .slice(at + 1)
        .filter((other) => CHOICES[name]!.free === undefined || CHOICES[other]!.free === undefined))
        it(`leaves who fits ${name} and ${other}`, async () => {
          const one = CHOICES[name]!;
          const two = CHOICES[other]!;
          const concerns = [...(one.concerns ?? []), ...(two.concerns ?? [])];
          const question = { ...one, ...two, ...(concerns.length > 0 && { concerns }) };
          const expected = scan(documents, question);
          const { total, hits } = await ask(current(), question);
          expect(hits.map(({ shown }) => shown.label)).toEqual(expected);
          expect(total).toBe(expected.length);
        });
    }

    it('counts everybody when nothing is chosen', async () => {
      expectCounts((await ask(current())).counts, countAll(documents, {}));
    });

    it('counts nothing when nobody reads it', async () => {
      const { counts, total } = await ask(current(), { counts: false, professions: ['doctor'] });
      expect(FACETS.map((facet) => Object.keys(counts[facet]))).toEqual(FACETS.map(() => []));
      expect(total).toBe(scan(documents, { professions: ['doctor'] }).length);
    });

    it('finds nobody where no zone is named', async () => {
      expect(await labels(current(), { free: [] })).toEqual([]);
    });

    it('keeps to the calendar of each zone', async () => {
      const free = [{ timeZone: 'America/Chicago', from: '2026-12-01', to: '2026-12-20' }];
      const found = await ask(current(), { free });
      expect(found.hits.map(({ shown }) => shown.label)).toEqual(scan(documents, { free }));
    });

    it('finds nobody by days that are the wrong way round, or by a value that nobody has', async () => {
      for (const question of [
        { free: both('2026-12-08', '2026-12-03') },
        { languages: ['tlh'] },
        { concerns: ['jaw', 'elbow'] },
        { feeMinMinor: 9_000, feeMaxMinor: 3_000 },
      ] satisfies Question[])
        expect([question, await labels(current(), question)]).toEqual([question, []]);
    });

    it('takes an empty choice for none', async () => {
      const question = {
        concerns: [],
        professions: [],
        languages: [],
        genders: [],
        access: [],
        consultants: [],
        credentials: [],
      };
      expect((await ask(current(), question)).total).toBe(PEOPLE);
    });
  });
}
