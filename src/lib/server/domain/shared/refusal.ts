import { refusals, type RefusalCode } from './refusals.ts';

/**
 * An expected "no". Thrown by commands and reads; translated once per surface
 * (`http/form.ts`, `http/json.ts`). `field` names the input it belongs to;
 * `details` holds what the answer may show (never personal or clinical data).
 */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly field: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: RefusalCode, about: { field?: string; details?: Record<string, unknown> } = {}) {
    super(refusals[code].text);
    this.name = 'Refusal';
    this.code = code;
    this.field = about.field;
    this.details = about.details ?? {};
  }

  /** HTTP status of this refusal. */
  get status(): number {
    return refusals[this.code].status;
  }
}

/** True for an expected "no", optionally of one given code. */
export function isRefusal(error: unknown, code?: RefusalCode): error is Refusal {
  return error instanceof Refusal && (code === undefined || error.code === code);
}

export type { RefusalCode };
