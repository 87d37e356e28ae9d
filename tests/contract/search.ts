import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Batches, SearchDocument, SearchIndex, SearchQuestion } from '#lib/server/platform/search/port.ts';

interface Shown {
  name: string;
}

export interface Started {
  index: SearchIndex<Shown>;
  /** Practitioners and locations that exist: an engine may insist on that. At least five of either. */
  practitionerIds: readonly string[];
  locationIds: readonly string[];
  /** Which of the typed words may be begun only, and still be found. */
  beginnings: 'of every word' | 'of the last word';
}

async function* batches<Thing>(things: readonly Thing[]): Batches<Thing> {
  yield await Promise.resolve(things);
}

/** What every engine behind the port must do. */
export function searchContract(engine: string, start: () => Promise<Started>): void {
  describe(`search index: ${engine}`, () => {
    let started: Started;
    beforeAll(async () => {
      started = await start();
    });

    const LEEDS = { latitude: 53.8, longitude: -1.55 };
    const MANCHESTER = { latitude: 53.48, longitude: -2.24 };

    const documentOf = (
      who: number,
      name: string,
      changed: Partial<SearchDocument<Shown>> = {},
      where = who,
    ): SearchDocument<Shown> => ({
      practitionerId: started.practitionerIds[who]!,
      locationId: started.locationIds[where]!,
      jurisdiction: 'england',
      timeZone: 'Europe/London',
      ...LEEDS,
      name,
      words: '',
      concerns: ['jaw'],
      profession: 'doctor',
      consultant: 'doctor',
      credentials: ['registration'],
      checksComplete: true,
      access: [],
      languages: ['en'],
      gender: null,
      feeMinor: 5000,
      currency: 'GBP',
      earliestSlotAt: Temporal.Instant.from(`2026-12-0${who + 1}T09:00Z`),
      free: [{ date: `2026-12-0${who + 1}`, part: 'morning' }],
      shown: { name },
      ...changed,
    });
    const put = (...documents: SearchDocument<Shown>[]) =>
      started.index.put([...new Set(documents.map(({ practitionerId }) => practitionerId))], documents);
    const find = (question: Partial<SearchQuestion> = {}) =>
      started.index.find({ order: 'soonest', offset: 0, limit: 10, ...question });
    const names = async (question: Partial<SearchQuestion> = {}) =>
      (await find(question)).hits.map(({ shown }) => shown.name);

    beforeEach(() => started.index.replaceAll(batches([])));

    it('finds everybody when nothing is asked, soonest first, who is never free last', async () => {
      await put(
        documentOf(2, 'Third'),
        documentOf(0, 'First'),
        documentOf(1, 'Second'),
        documentOf(3, 'Never', { earliestSlotAt: null, free: [] }),
      );
      expect(await names()).toEqual(['First', 'Second', 'Third', 'Never']);
    });

    it('hands back what was put in, by page, with the number of all', async () => {
      await put(documentOf(0, 'First'), documentOf(1, 'Second'), documentOf(2, 'Third'));
      const { hits, total } = await find({ offset: 1, limit: 1 });
      expect(total).toBe(3);
      expect(hits).toEqual([
        {
          practitionerId: started.practitionerIds[1],
          locationId: started.locationIds[1],
          distanceKm: null,
          shown: { name: 'Second' },
        },
      ]);
    });

    it('needs every word, begun or whole, without minding accents and capitals', async () => {
      await put(documentOf(0, 'Małgorzata Wróbel Leeds'), documentOf(1, 'Zoë Wróbel York'));
      expect(await names({ words: 'wrobel' })).toHaveLength(2);
      expect(await names({ words: 'MALGORZATA wrób' })).toEqual(['Małgorzata Wróbel Leeds']);
      expect(await names({ words: 'MALG wrób' })).toEqual(
        started.beginnings === 'of every word' ? ['Małgorzata Wróbel Leeds'] : [],
      );
      expect(await names({ words: 'zoe leeds' })).toEqual([]);
    });

    it('forgives a slip of the finger', async () => {
      await put(documentOf(0, 'Eleanor Pemberton'), documentOf(1, 'Ada Osei'));
      expect(await names({ words: 'elanor pembertn' })).toEqual(['Eleanor Pemberton']);
    });

    it('takes what is typed for words, whatever signs are in it', async () => {
      await put(documentOf(0, "Aoife O'Neill"));
      for (const words of [`o'neill`, 'aoife & !(', `'; --`, ':*', '\\', '%'])
        expect([words, (await find({ words })).total]).toEqual([words, 1]);
    });

    it('measures from a place, keeps to the distance, and shows one place of each person: the nearest', async () => {
      await put(
        documentOf(0, 'Both, far', MANCHESTER, 0),
        documentOf(0, 'Both, near', {}, 4),
        documentOf(1, 'Far', MANCHESTER),
      );
      const near = { ...LEEDS, withinKm: 100 };
      expect(await names({ near, order: 'nearest' })).toEqual(['Both, near', 'Far']);
      const { hits, total } = await find({ near: { ...LEEDS, withinKm: 10 }, order: 'nearest' });
      expect(total).toBe(1);
      expect(hits[0]!.distanceKm).toBeCloseTo(0, 5);
      const [, far] = (await find({ near, order: 'nearest' })).hits;
      expect(far!.distanceKm).toBeGreaterThan(56);
      expect(far!.distanceKm).toBeLessThan(60);
    });

    it('narrows by everything that can be chosen', async () => {
      await put(
        documentOf(0, 'Doctor', { concerns: ['jaw', 'chin'], languages: ['en', 'pl'], gender: 'woman' }),
        documentOf(1, 'Dentist', { profession: 'dentist', feeMinor: 9000 }),
        documentOf(2, 'Nurse', { profession: 'nurse_prescriber', concerns: ['chin'] }),
      );
      expect(await names({ concerns: ['chin'] })).toEqual(['Doctor', 'Nurse']);
      expect(await names({ concerns: ['chin', 'jaw'] })).toEqual(['Doctor']);
      expect(await names({ professions: ['dentist', 'nurse_prescriber'] })).toEqual(['Dentist', 'Nurse']);
      expect(await names({ languages: ['pl'] })).toEqual(['Doctor']);
      expect(await names({ genders: ['woman'] })).toEqual(['Doctor']);
      expect(await names({ feeMaxMinor: 5000 })).toEqual(['Doctor', 'Nurse']);
    });

    it('looks for free days on the calendar of each zone', async () => {
      const texas = { timeZone: 'America/Chicago', free: [{ date: '2026-12-01', part: 'evening' as const }] };
      await put(documentOf(0, 'London'), documentOf(1, 'Texas', texas));
      const on = (timeZone: string, from: string, to = from) => ({ timeZone, from, to });
      expect(await names({ free: [on('Europe/London', '2026-12-01')] })).toEqual(['London']);
      expect(
        await names({ free: [on('Europe/London', '2026-12-02'), on('America/Chicago', '2026-12-01')] }),
      ).toEqual(['Texas']);
      expect(await names({ free: [on('America/Chicago', '2026-11-28', '2026-12-03')] })).toEqual(['Texas']);
      expect(await names({ free: [] })).toEqual([]);
    });

    it('counts people beside each further choice, each person once', async () => {
      await put(
        documentOf(0, 'Doctor', { concerns: ['jaw', 'chin'] }, 0),
        documentOf(0, 'Doctor', { concerns: ['jaw', 'chin'] }, 4),
        documentOf(1, 'Dentist', { profession: 'dentist', languages: ['en', 'cy'], gender: 'man' }),
      );
      expect((await find({ professions: ['doctor'] })).counts).toEqual({
        concern: { jaw: 1, chin: 1 },
        profession: { doctor: 1, dentist: 1 },
        language: { en: 1 },
        gender: {},
        consultant: { doctor: 1 },
        credential: { registration: 1 },
        access: {},
      });
      expect((await find({ concerns: ['jaw'] })).counts.language).toEqual({ en: 2, cy: 1 });
    });

    it('replaces all documents of a person, forgets who has none left, and everybody when all are replaced', async () => {
      await put(documentOf(0, 'Old'), documentOf(1, 'Other'), documentOf(2, 'Third'));
      await put(documentOf(0, 'New', {}, 4));
      expect(await names()).toEqual(['New', 'Other', 'Third']);
      await started.index.put([started.practitionerIds[1]!], []);
      expect(await names()).toEqual(['New', 'Third']);
      await started.index.replaceAll(batches([documentOf(2, 'Third'), documentOf(4, 'Fifth')]));
      expect(await names()).toEqual(['Third', 'Fifth']);
    });
  });
}
