import { CONCERNS } from '../booking/appointment.ts';

/** How a region came out, against what was wished for it. */
export const RESULTS = {
  as_wished: 'As was wished',
  too_little: 'Too little',
  too_much: 'Too much',
  uneven: 'Uneven',
  not_judged: 'Not judged',
} as const;
export type Result = keyof typeof RESULTS;
export const RESULT_CODES = Object.keys(RESULTS) as Result[];

/** The results of a review visit by region; what was not judged is left out. */
export type Results = Readonly<Partial<Record<string, Result>>>;

/** Each judged region with its result in words, in the order of the regions. */
export function resultsInWords(results: unknown): { region: string; result: string }[] {
  const found = (results ?? {}) as Results;
  return CONCERNS.flatMap((region) => {
    const result = found[region];
    return result === undefined ? [] : [{ region, result: RESULTS[result] }];
  });
}

/** What is written up at a review visit. */
export type ReviewVisitInput = {
  readonly appointmentId: string;
  readonly findings: string;
  readonly symmetrical: boolean | null;
  readonly movementKept: string;
  readonly adverseEvent: string;
  /** How each region came out against what was wished. */
  readonly outcomes: Results;
};
