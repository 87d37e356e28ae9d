import type { Annotation, CredentialKind, Profession } from './codes.ts';
import type { PolicyKey, PolicyValues } from './keys.ts';
import type { PolicyRow } from './row.ts';

/** A row as its rule maker's file states it; `rows.ts` says whose it is. */
export type Rule = Omit<PolicyRow, 'jurisdiction'>;

export type Evidence = Pick<PolicyRow, 'status' | 'source' | 'sourceDate'>;

/** The day on which sources without a date of their own were read, and on which assumptions were made. */
const READ_ON = '2026-11-23';

/** Read in the source itself. */
export const sourced = (source: string, sourceDate = READ_ON): Evidence => ({
  status: 'sourced',
  source,
  sourceDate,
});

/** Read in somebody's account of the source. */
export const secondary = (source: string, sourceDate = READ_ON): Evidence => ({
  status: 'secondary',
  source,
  sourceDate,
});

/** Read nowhere: a person must confirm it before it meets a patient. */
export const assumed = (source: string, sourceDate = READ_ON): Evidence => ({
  status: 'assumed',
  source,
  sourceDate,
});

/** `from` is the first day in force, `to` the first day no longer in force. */
export const rule = <Key extends PolicyKey>(
  key: Key,
  value: PolicyValues[Key],
  evidence: Evidence,
  inForce: { from?: string; to?: string } = {},
): Rule => ({
  key,
  value,
  ...evidence,
  effectiveFrom: inForce.from ?? null,
  effectiveTo: inForce.to ?? null,
  reviewedBy: null,
  reviewedAt: null,
});

export const roles = (annotation: Annotation | null, ...professions: Profession[]) =>
  professions.map((profession) => ({ profession, annotation }));
export const modes = (mode: 'in_person' | 'video', ...professions: Profession[]) =>
  professions.map((profession) => ({ profession, mode }));
export const registeredWith = (register: string, ...professions: Profession[]) =>
  professions.map((profession) => ({ profession, register }));
export const needs = (kinds: readonly CredentialKind[], ...professions: readonly Profession[]) =>
  professions.flatMap((profession) => kinds.map((kind) => ({ profession, kind })));
