import { fail, redirect, type ActionFailure, type RequestEvent } from '@sveltejs/kit';
import { z } from 'zod';
import { paths } from '#lib/paths.ts';
import {
  hoursForm,
  openingForm,
  roomForm,
  termsForm,
  typedHours,
  withdrawOpeningForm,
} from '#lib/server/domain/availability/input.ts';
import { readPreview } from '#lib/server/domain/availability/preview-hours.ts';
import { saveHours } from '#lib/server/domain/availability/save-hours.ts';
import { saveOpening, withdrawOpening } from '#lib/server/domain/availability/save-opening.ts';
import { saveRoom } from '#lib/server/domain/availability/save-room.ts';
import { saveTerms } from '#lib/server/domain/availability/save-terms.ts';
import { APPOINTMENT_KINDS } from '#lib/server/domain/availability/schedule.ts';
import { readSchedule } from '#lib/server/domain/availability/schedule-reads.ts';
import { formAction, formValues, type FormProblem } from '#lib/server/http/form.ts';
import { requireViewer, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

const placeAsked = (url: URL) => z.uuid().nullable().catch(null).parse(url.searchParams.get('location'));

export const load: PageServerLoad = async (event) => {
  requireViewer(event);
  const { app, actor } = event.locals;
  return {
    schedule: await shown(() => readSchedule(app.db, actor, placeAsked(event.url))),
    saved: event.url.searchParams.get('saved'),
    roomId: event.url.searchParams.get('room'),
  };
};

/** Parses a form, runs its command as the actor, and comes back to the place with a word that it is saved. */
const saving =
  <Schema extends z.ZodType>(
    schema: Schema,
    saved: string,
    save: (db: App.Locals['app']['db'], actor: App.Locals['actor'], input: z.output<Schema>) => Promise<void>,
  ) =>
  (event: RequestEvent) =>
    formAction(event, schema, async (input) => {
      requireViewer(event);
      const { app, actor } = event.locals;
      await save(app.db, actor, input);
      redirect(303, paths.deskSchedule({ location: placeAsked(event.url), saved }));
    });

/** A form of hours that came back, line by line. */
const withLines = ({ status, data }: ActionFailure<FormProblem>) =>
  fail(status, { ...data, lines: typedHours(data.values) });

export const actions: Actions = {
  hours: async (event) => {
    const result = await saving(hoursForm, 'hours', saveHours)(event);
    return result && withLines(result);
  },
  terms: saving(termsForm, 'terms', saveTerms),
  opening: saving(openingForm, 'opening', saveOpening),
  withdraw: saving(withdrawOpeningForm, 'opening', (db, actor, { opening }) =>
    withdrawOpening(db, actor, opening),
  ),
  room: saving(roomForm, 'room', saveRoom),

  /** What these hours would offer next week; nothing is saved. */
  preview: async (event) => {
    const copy = event.request.clone();
    const result = await formAction(event, hoursForm, async (input) => {
      requireViewer(event);
      const { app, actor } = event.locals;
      return readPreview(app.db, actor, input);
    });
    if ('status' in result) return withLines(result);
    const values = formValues(await copy.formData());
    return { values, lines: typedHours(values), preview: result };
  },

  /** A line more or a line less in the form of weekly hours; nothing is saved. */
  rows: async (event) => {
    requireViewer(event);
    const result = await formAction(event, z.looseObject({}), (_, typed) => Promise.resolve(withRows(typed)));
    return 'status' in result ? withLines(result) : result;
  },
};

function withRows(values: FormProblem['values']) {
  const { remove } = values;
  const kept = Object.fromEntries(
    Object.entries(values).filter(([name]) => typeof remove !== 'string' || !name.endsWith(`-${remove}`)),
  );
  if (typeof values.add !== 'string') return { values: kept, lines: typedHours(kept), added: null };
  const added = String(Math.max(-1, ...typedHours(kept).map(({ number }) => Number(number))) + 1);
  const more = { ...kept, [`weekday-${added}`]: values.add, [`kinds-${added}`]: [...APPOINTMENT_KINDS] };
  return { values: more, lines: typedHours(more), added };
}
