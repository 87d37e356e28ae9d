import fc from '../../harness/examples.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { signConsultation } from '#lib/server/domain/care/sign-consultation.ts';
import { asLastTime } from '#lib/server/domain/care/last-time.ts';
import { readConsultation, readLastDraft } from '#lib/server/domain/care/visit-reads.ts';
import { writeConsultation } from '#lib/server/domain/care/write-consultation.ts';
import { isRefusal } from '#lib/server/domain/shared/refusal.ts';
import { answerHealth } from '../../builders/care.ts';
import { patient } from '../../builders/people.ts';
import { begin } from '../../builders/visits.ts';
import { passTime } from '../../builders/act.ts';
import { as, draft, expectRefusal, openWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});

/** A consultation under way, nothing written yet. */
async function underWay() {
  await passTime(world.owner, { hours: 2 });
  const { prescriber, leeds } = world.town;
  const me = await patient(world.owner);
  const healthAnswersId = await answerHealth(world.owner, me);
  const { id } = await begin(world.owner, {
    kind: 'consultation',
    patient: me,
    who: prescriber,
    where: leeds,
  });
  const actor = as(prescriber);
  return {
    save: (plan: string, revision: number | null) =>
      writeConsultation(world.db, actor, {
        appointmentId: id,
        draft: draft({ plan, healthAnswersId }),
        revision,
      }),
    sign: (revision: number | null) =>
      signConsultation(world.db, actor, {
        appointmentId: id,
        draft: draft({ plan: 'Signed', healthAnswersId }),
        revision,
      }),
    read: () => readConsultation(world.db, actor, id),
  };
}

describe('a draft in two windows', () => {
  it('is never written over by a window that has not seen the newest save', async () => {
    const visit = await underWay();
    const first = await visit.save('From the first window', null);
    await expectRefusal(visit.save('From the second window', null), 'draft_changed');
    const second = await visit.save('From the second window, which has looked', first);
    expect(second).toBeGreaterThan(first);
    await expectRefusal(visit.save('From the first window again', first), 'draft_changed');
    expect((await visit.read()).draft.plan).toBe('From the second window, which has looked');
    await expectRefusal(visit.sign(first), 'draft_changed');
    expect((await visit.read()).isSigned).toBe(false);
    await visit.sign(second);
    expect(await visit.read()).toMatchObject({ isSigned: true, draft: { plan: 'Signed' } });
  });

  it('keeps the words beside the interpreter and how the face was before', async () => {
    const visit = await underWay();
    await visit.save('Soften', null);
    expect(await visit.read()).toMatchObject({
      draft: { browHeight: 'level', lidPosition: 'normal', dryEye: 'no' },
      before: { brows: 'Both alike', lids: 'As usual' },
    });
  });

  it('loses nothing that was shown as saved, in a hundred orders of two windows', async () => {
    const visit = await underWay();
    type Window = { revision: number | null; typed: string };
    const steps = fc.array(
      fc.record({ window: fc.constantFrom(0, 1), act: fc.constantFrom('save', 'look', 'lose') }),
      { minLength: 2, maxLength: 6 },
    );
    let nth = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (order) => {
        const now = (await visit.read()).revision;
        const windows: Window[] = [0, 1].map(() => ({ revision: now, typed: '' }));
        let shown = now === null ? null : (await visit.read()).draft.plan;
        let newest = now;
        for (const { window, act } of order) {
          const here = windows[window]!;
          if (act === 'look') {
            here.revision = (await visit.read()).revision;
            continue;
          }
          nth += 1;
          here.typed = `Plan ${nth}`;
          try {
            const saved = await visit.save(here.typed, here.revision);
            // Only who knew the newest save has saved.
            expect(here.revision).toBe(newest);
            newest = saved;
            shown = here.typed;
            // An answer that gets lost leaves the window where it was.
            if (act === 'save') here.revision = saved;
          } catch (error) {
            if (!isRefusal(error, 'draft_changed')) throw error;
            expect(here.revision).not.toBe(newest);
          }
          if (shown !== null) expect((await visit.read()).draft.plan).toBe(shown);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('somebody who comes again', () => {
  it('finds what was written last time beside today’s, and carries over what is confirmed', async () => {
    const { owner, db, town } = world;
    const me = await patient(owner);
    const actor = as(town.prescriber);
    const visit = async () => {
      await passTime(owner, { hours: 3 });
      return begin(owner, { kind: 'consultation', patient: me, who: town.prescriber, where: town.leeds });
    };
    const healthAnswersId = await answerHealth(owner, me);
    const first = await visit();
    expect((await readConsultation(db, actor, first.id)).last).toBeNull();
    const written = draft({ healthAnswersId, plan: 'Soften', desiredResult: '' });
    await signConsultation(db, actor, { appointmentId: first.id, draft: written });

    const second = await visit();
    const empty = draft({ plan: '', movementToKeep: 'More than last time', regions: [] });
    await writeConsultation(db, actor, { appointmentId: second.id, draft: empty });
    const { last } = await readConsultation(db, actor, second.id);
    const today = Object.fromEntries(last!.lines.map(({ name, today: is }) => [name, is]));
    expect(today).toMatchObject({
      plan: 'open',
      movementToKeep: 'different',
      regions: 'open',
      browHeight: 'same',
    });
    // Nothing was wished for last time, so there is nothing to confirm.
    expect(today).not.toHaveProperty('desiredResult');

    const carried = asLastTime(empty, await readLastDraft(db, actor, second.id), ['plan', 'regions']);
    expect(carried).toMatchObject({
      plan: 'Soften',
      regions: ['frown_lines'],
      movementToKeep: 'More than last time',
    });
    await expectRefusal(readLastDraft(db, as(town.otherPrescriber), second.id), 'not_found');
  });
});
