import { fail, type ActionFailure, type RequestEvent } from '@sveltejs/kit';
import type { z } from 'zod';
import { isRefusal } from '../domain/shared/refusal.ts';
import { refusals, type RefusalCode } from '../domain/shared/refusals.ts';
import { readForm } from './body.ts';

/** What a form page gets back after a "no": the code, a message on top, one beside each field, and all that was typed. */
export type FormProblem = {
  readonly code: RefusalCode;
  readonly message: string;
  readonly errors: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, string | string[]>>;
  readonly details: Readonly<Record<string, unknown>>;
};

/** Fields that are never sent back. */
const SECRET = /password|token/i;

/**
 * Runs a form action: reads the form, checks it against `schema`, hands the parsed input to `run`.
 * Bad input and refusals come back as `fail(status, FormProblem)`; nothing typed is lost. Keys ending in `[]` or sent
 * more than once become arrays, under their name without `[]`; `run` may look at them as they were typed. A page that takes a file says how large a body it reads.
 */
export async function formAction<Schema extends z.ZodType, Result>(
  event: RequestEvent,
  schema: Schema,
  run: (input: z.output<Schema>, typed: FormProblem['values']) => Promise<Result>,
  options: { mostBytes?: number } = {},
): Promise<Result | ActionFailure<FormProblem>> {
  let values: FormProblem['values'] = {};
  try {
    const form = await readForm(event.request, options.mostBytes);
    values = formValues(form);
    const parsed = schema.safeParse({ ...values, ...filesOf(form) });
    if (!parsed.success) {
      const errors: Record<string, string> = {};
      for (const issue of parsed.error.issues) errors[String(issue.path[0] ?? 'form')] ??= issue.message;
      return fail(422, problem('invalid_input', values, errors));
    }
    return await run(parsed.data, values);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    // As JSON says it (problemResponse): this may be sent again in a moment.
    if (error.status === 503 || error.status === 429) event.setHeaders({ 'retry-after': '2' });
    const errors = error.field === undefined ? {} : { [error.field]: error.message };
    return fail(error.status, problem(error.code, values, errors, error.details));
  }
}

function problem(
  code: RefusalCode,
  values: FormProblem['values'],
  errors: FormProblem['errors'],
  details: FormProblem['details'] = {},
): FormProblem {
  const shown = Object.fromEntries(Object.entries(values).filter(([name]) => !SECRET.test(name)));
  // Which guard of the database said no is for the log: it can tell what is there from what is not.
  const { guard: _, ...told } = details;
  return { code, message: refusals[code].text, errors, values: shown, details: told };
}

/** The files that were chosen. They are never sent back: a browser keeps no choice of a file. */
function filesOf(form: FormData): Record<string, File> {
  const chosen = [...form].flatMap(([name, value]) =>
    typeof value !== 'string' && value.size > 0 ? [[name, value] as const] : [],
  );
  return Object.fromEntries(chosen);
}

/** Form fields by name; files are not among them. A line ends in one character, not in two as browsers send it: so it counts as one. */
export function formValues(form: FormData | URLSearchParams): Record<string, string | string[]> {
  // In one walk: to look for each name among all of them would take minutes of a body full of names.
  const typed = new Map<string, string[]>();
  for (const [key, value] of form) {
    const texts = typed.get(key) ?? [];
    if (texts.length === 0) typed.set(key, texts);
    if (typeof value === 'string') texts.push(value.replaceAll('\r\n', '\n'));
  }
  const values: Record<string, string | string[]> = {};
  for (const [key, texts] of typed) {
    const isList = key.endsWith('[]');
    const name = isList ? key.slice(0, -2) : key;
    // It would become what all of this inherits from.
    if (name === '__proto__') continue;
    values[name] = isList || texts.length > 1 ? texts : (texts[0] ?? '');
  }
  return values;
}
