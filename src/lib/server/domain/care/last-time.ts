import { regionNames } from '#lib/format/regions.ts';
import { BROW_WORDS, LID_WORDS, type ConsultationDraft } from './consultation.ts';

/**
 * What may be as it was at the last consultation, line by line. Who it is, health, examination, the talk about risks and
 * the outcome are never among them: they are done anew each time.
 */
export const SAME_LINES = [
  'desiredResult',
  'movementToKeep',
  'history',
  'browHeight',
  'lidPosition',
  'dryEye',
  'baseline',
  'alternatives',
  'regions',
  'plan',
] as const satisfies readonly (keyof ConsultationDraft)[];
export type SameLine = (typeof SAME_LINES)[number];

const LABELS: Readonly<Record<SameLine, string>> = {
  desiredResult: 'Desired result',
  movementToKeep: 'Movement to keep',
  history: 'More history',
  browHeight: 'Brows before anything',
  lidPosition: 'Upper lids before anything',
  dryEye: 'Dry eyes before anything',
  baseline: 'How it is before anything',
  alternatives: 'Alternatives talked about',
  regions: 'Regions in the plan',
  plan: 'Plan',
};

/** The draft with the lines that were confirmed to be as last time. */
export function asLastTime(
  draft: ConsultationDraft,
  last: ConsultationDraft,
  same: readonly SameLine[],
): ConsultationDraft {
  return { ...draft, ...Object.fromEntries(same.map((line) => [line, last[line]])) };
}

/** One line beside today's: what it was, and whether today it is open, the same or different. */
export type LastLine = {
  readonly name: SameLine;
  readonly label: string;
  readonly was: string;
  readonly today: 'open' | 'same' | 'different';
};

/** The lines that said something last time. */
export function linesBeside(draft: ConsultationDraft, last: ConsultationDraft): LastLine[] {
  return SAME_LINES.flatMap((name) => {
    const was = wordsFor(last, name);
    const now = wordsFor(draft, name);
    if (was === '') return [];
    return [
      { name, label: LABELS[name], was, today: now === '' ? 'open' : now === was ? 'same' : 'different' },
    ];
  });
}

function wordsFor(draft: ConsultationDraft, name: SameLine): string {
  if (name === 'regions') return draft.regions.length === 0 ? '' : regionNames(draft.regions);
  if (name === 'browHeight') return draft.browHeight && BROW_WORDS[draft.browHeight];
  if (name === 'lidPosition') return draft.lidPosition && LID_WORDS[draft.lidPosition];
  if (name === 'dryEye') return { yes: 'Yes', no: 'No', '': '' }[draft.dryEye];
  return draft[name].trim();
}
