import type { Annotation, Profession } from '#lib/server/domain/policy/codes.ts';

/** What a row of a decision table can ask. Whoever injects for somebody else has the training that everybody needs. */
export const ACTS = [
  'consult in person',
  'consult by video',
  'prescribe',
  'inject',
  'have a nurse inject',
  'have a lay person inject',
] as const;
export type Act = (typeof ACTS)[number];

export const DELEGATES: Partial<Record<Act, { profession: Profession; annotations: Annotation[] }>> = {
  'have a nurse inject': { profession: 'registered_nurse', annotations: ['toxin_training'] },
  'have a lay person inject': { profession: 'esthetician', annotations: ['toxin_training'] },
};

/** One row of a decision table. */
export interface Decision {
  line: string;
  date: string;
  profession: Profession;
  annotations: Annotation[];
  act: Act;
  /** What the law alone says; where it is silent, our floor speaks for it. */
  law: boolean;
  /** What is allowed here: the stricter of law and floor. */
  here: boolean;
  source: string;
}
