import { paths } from '#lib/paths.ts';
import type { ActionData } from './$types';

export const KINDS = [
  { value: 'consultation', label: 'Consultations' },
  { value: 'treatment', label: 'Treatments' },
  { value: 'follow_up', label: 'Review visits' },
];

/** The address of one of the page's actions for a place, and where to come back on the page. */
export function actionAt(location: string, action: string, anchor = ''): string {
  const address = paths.deskSchedule({ location }).replace('?', `?/${action}&`);
  return anchor === '' ? address : `${address}#${anchor}`;
}

type Typed = Readonly<Record<string, string | string[]>>;

/** What one of the page's forms came back with; each sends its own name along. */
export function problemOf(form: ActionData, name: string) {
  const typed = typedIn(form, name);
  return typed && form?.message !== undefined ? { message: form.message, errors: form.errors ?? {} } : null;
}

/** What was typed into one of the forms, if it came back. */
export function typedIn(form: ActionData, name: string): Typed | null {
  return form && form.values.form === name ? form.values : null;
}
