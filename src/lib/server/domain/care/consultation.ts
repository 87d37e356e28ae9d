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
  readonly bodyImageScreen: '' | 'negative' | 'positive';
  readonly concerns: readonly string[];
  readonly regions: readonly string[];
  readonly history: string;
  readonly examination: string;
  readonly face: Readonly<Record<string, FaceFinding>>;
  readonly baseline: string;
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
