import { beforeEach, describe, expect, it } from 'vitest';
import { ask, holdings, labels, put as putUntilHeld } from './ask.ts';
import { batches, documentOf, type Document, type Started } from './world.ts';

/** What is written is found, and what is taken back is not. */
export function changes(current: () => Started): void {
  describe('changes', () => {
    const labelled = (who: number, label: string, changed: Partial<Document> = {}, where = who) =>
      documentOf(current(), who, { shown: { label }, ...changed }, where);
    const idsOf = (documents: readonly Document[]) => [
      ...new Set(documents.map(({ practitionerId }) => practitionerId)),
    ];
    const put = (...documents: Document[]) => putUntilHeld(current(), idsOf(documents), documents);
    beforeEach(() => current().index.replaceAll(batches([labelled(0, 'First'), labelled(1, 'Second')])));

    it('adds a person', async () => {
      await put(labelled(2, 'Third'));
      expect(await labels(current())).toEqual(['First', 'Second', 'Third']);
    });

    it('changes everything of a person', async () => {
      await put(labelled(1, 'Changed', { languages: ['pl'], name: 'Somebody Else' }));
      expect(await labels(current(), { languages: ['pl'], words: 'somebody' })).toEqual(['Changed']);
      expect((await ask(current(), { languages: ['en'] })).total).toBe(1);
    });

    it('forgets the place where somebody works no more', async () => {
      await put(labelled(0, 'Old place'), labelled(0, 'New place', {}, 3));
      await put(labelled(0, 'New place', {}, 3));
      expect((await holdings(current())).map(({ locationId }) => locationId).toSorted()).toEqual(
        [current().locationIds[1]!, current().locationIds[3]!].toSorted(),
      );
    });

    it('forgets who has no document any more', async () => {
      await putUntilHeld(current(), [current().practitionerIds[0]!], []);
      expect(await labels(current())).toEqual(['Second']);
    });

    it('does nothing for nobody', async () => {
      await current().index.put([], []);
      expect(await labels(current())).toEqual(['First', 'Second']);
    });

    it('is the same when written twice', async () => {
      await put(labelled(2, 'Third'));
      await put(labelled(2, 'Third'));
      expect(await labels(current())).toEqual(['First', 'Second', 'Third']);
    });

    it('holds one of many changes of a person written at once, whole, and all of other people', async () => {
      const write = (document: Document) => current().index.put(idsOf([document]), [document]);
      const change = (at: number) =>
        write(labelled(1, `Change ${at}`, { name: `Number${at}`, feeMinor: at }));
      const add = (at: number) => write(labelled(at + 2, `Also ${at}`));
      await Promise.all(Array.from({ length: 6 }, (_, at) => [change(at), add(at)]).flat());
      // A busy engine may need some seconds more.
      await expect.poll(async () => (await ask(current())).total, { timeout: 30_000 }).toBe(8);
      const [changed, ...others] = (await labels(current())).filter((label) => label.startsWith('Change'));
      expect(others).toEqual([]);
      const at = Number(changed!.slice('Change '.length));
      expect(await labels(current(), { words: `number${at}`, feeMinMinor: at, feeMaxMinor: at })).toEqual([
        changed,
      ]);
    });

    it('replaces everybody, and answers as before until it is done', async () => {
      const { index } = current();
      const seen: string[][] = [];
      await index.replaceAll(
        (async function* () {
          yield [labelled(4, 'New')];
          seen.push(await labels(current()));
          yield [labelled(5, 'Also new')];
          seen.push(await labels(current()));
        })(),
      );
      expect(seen).toEqual([
        ['First', 'Second'],
        ['First', 'Second'],
      ]);
      expect(await labels(current())).toEqual(['New', 'Also new']);
    });

    it('is empty when replaced by nothing', async () => {
      await current().index.replaceAll(batches([]));
      expect(await ask(current())).toMatchObject({ hits: [], total: 0 });
      expect(await holdings(current())).toEqual([]);
    });

    it('knows what it holds, by a fingerprint that changes with any of it', async () => {
      const [first] = await holdings(current());
      expect(await holdings(current())).toHaveLength(2);
      await put(labelled(0, 'First'));
      expect((await holdings(current()))[0]).toEqual(first);
      const changed: Partial<Document>[] = [
        { shown: { label: 'Other' } },
        { name: 'Other' },
        { words: 'other' },
        { feeMinor: 1 },
        { latitude: 1 },
        { checksComplete: false },
        { earliestSlotAt: null },
        { free: [] },
        { access: ['parking'] },
        { consultant: null },
      ];
      const prints = new Set([first!.fingerprint]);
      for (const change of changed) {
        await put(documentOf(current(), 0, { shown: { label: 'First' }, ...change }));
        const now = await holdings(current());
        prints.add(now.find(({ practitionerId }) => practitionerId === first!.practitionerId)!.fingerprint);
      }
      expect(prints.size).toBe(changed.length + 1);
    });

    it('hands back what a result shows as it came', async () => {
      const shown = {
        label: 'It’s "quoted" \\ <b>&amp;</b> – 李伟 \u0001',
        more: { list: [1, null, true], text: '' },
      };
      await put(documentOf(current(), 0, { shown }));
      const { hits } = await ask(current());
      expect(hits[0]).toEqual({
        practitionerId: current().practitionerIds[0],
        locationId: current().locationIds[0],
        distanceKm: null,
        shown,
      });
    });
  });
}
