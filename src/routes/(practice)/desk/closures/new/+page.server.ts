import { redirect } from '@sveltejs/kit';
import { randomUUID } from 'node:crypto';
import { paths } from '#lib/paths.ts';
import { closeTime } from '#lib/server/domain/booking/close-time.ts';
import { closeForm, closureQuery, emergencyQuery } from '#lib/server/domain/booking/closure-input.ts';
import {
  previewClosure,
  readClosures,
  readRestOfToday,
  readTimeOff,
} from '#lib/server/domain/booking/closure-reads.ts';
import { isRefusal } from '#lib/server/domain/shared/refusal.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireViewer, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad, PageServerLoadEvent } from './$types';

export const load: PageServerLoad = async (event) => {
  requireViewer(event);
  const { app, actor } = event.locals;
  const { choices, today, zone } = await shown(() => readClosures(app.db, actor));
  const asked: Readonly<Record<string, string>> = {
    fromDay: today,
    ...Object.fromEntries(event.url.searchParams),
  };
  return {
    choices,
    zone,
    asked,
    ...(await shown(() => review(event, asked))),
    requestKey: randomUUID(),
  };
};

/** What the address asks for: nothing yet, a time with somebody or nobody in it, or something that is no time. */
async function review(
  { locals: { app, actor } }: PageServerLoadEvent,
  asked: Readonly<Record<string, string>>,
) {
  const nothing = { preview: null, kind: 'leave', isEmergency: false, errors: {} as Record<string, string> };
  if (asked.emergency) {
    const { success, data } = emergencyQuery.safeParse(asked);
    if (!success) return { ...nothing, errors: { who: 'Choose whose time' } };
    const { who } = data;
    const time = await readRestOfToday(app.db, actor, who);
    const preview = await previewClosure(app.db, actor, { ...who, ...time });
    return { ...nothing, preview, kind: 'emergency', isEmergency: true };
  }
  if (asked.who === undefined || asked.change) return nothing;
  const parsed = closureQuery.safeParse(asked);
  if (!parsed.success) {
    const errors = parsed.error.issues.map(({ path, message }) => [String(path[0]), message]);
    return { ...nothing, errors: Object.fromEntries(errors) as Record<string, string> };
  }
  const { who, kind, ...days } = parsed.data;
  try {
    const time = await readTimeOff(app.db, actor, who, days);
    return { ...nothing, preview: await previewClosure(app.db, actor, { ...who, ...time }), kind };
  } catch (error) {
    if (!isRefusal(error, 'invalid_input')) throw error;
    return { ...nothing, errors: { toDay: 'The end comes after the beginning, and within a year' } };
  }
}

export const actions: Actions = {
  default: (event) =>
    formAction(event, closeForm, async (input) => {
      requireViewer(event);
      await closeTime(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.closures());
    }),
};
