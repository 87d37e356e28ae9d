import type { Severity } from './contraindications.ts';

/** What a consultation may come to. */
export const OUTCOMES = ['suitable', 'not_suitable', 'defer', 'refer'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  suitable: 'Suitable',
  not_suitable: 'Not suitable',
  defer: 'Not now',
  refer: 'Referred to somebody else',
};

/** How the face is before anything: what a droop or a dry eye of afterwards is compared with. */
export const BROW_HEIGHTS = ['level', 'right_higher', 'left_higher'] as const;
export type BrowHeight = (typeof BROW_HEIGHTS)[number];
export const LID_POSITIONS = ['normal', 'right_low', 'left_low', 'both_low'] as const;
export type LidPosition = (typeof LID_POSITIONS)[number];

export const BROW_WORDS: Readonly<Record<BrowHeight, string>> = {
  level: 'Both alike',
  right_higher: 'The right one higher',
  left_higher: 'The left one higher',
};
export const LID_WORDS: Readonly<Record<LidPosition, string>> = {
  normal: 'As usual',
  right_low: 'The right one low',
  left_low: 'The left one low',
  both_low: 'Both low',
};

/** What was seen in one region of the face. */
export type FaceFinding = { readonly strength: string; readonly stronger: string; readonly note: string };

/** All that a prescriber writes at a consultation. Every part may be empty while it is a draft. */
export type ConsultationDraft = {
  readonly healthAnswersId: string | null;
  readonly identitySeen: boolean;
  readonly identityDocument: string;
  readonly ageSeen: boolean;
  readonly seenAlone: boolean;
  readonly chaperone: string;
  readonly capacity: '' | 'has_capacity' | 'in_doubt';
  readonly ownChoice: boolean;
  /** Who carried the words over, and what the patient said back in their own; empty where it was not needed. */
  readonly interpreter: string;
  readonly teachBack: string;
  readonly bodyImageScreen: '' | 'negative' | 'positive';
  readonly concerns: readonly string[];
  readonly regions: readonly string[];
  readonly history: string;
  readonly examination: string;
  readonly face: Readonly<Record<string, FaceFinding>>;
  readonly baseline: string;
  readonly browHeight: BrowHeight | '';
  readonly lidPosition: LidPosition | '';
  readonly dryEye: 'no' | 'yes' | '';
  readonly movementToKeep: string;
  readonly desiredResult: string;
  readonly alternatives: string;
  readonly plan: string;
  readonly outcome: Outcome | null;
  readonly questions: readonly { readonly question: string; readonly answer: string }[];
  readonly findings: readonly {
    readonly code: string;
    readonly severity: Severity;
    readonly present: boolean;
    readonly note: string;
  }[];
  readonly risksTold: readonly string[];
  readonly risksAcknowledged: readonly string[];
};
