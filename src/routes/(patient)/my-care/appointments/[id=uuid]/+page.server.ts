import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { paths } from '#lib/paths.ts';
import { appealMark } from '#lib/server/domain/booking/appeal-mark.ts';
import { appealForm, lateForm } from '#lib/server/domain/booking/day-input.ts';
import { giveWord } from '#lib/server/domain/booking/give-word.ts';
import { readJointTime } from '#lib/server/domain/care/joint-time.ts';
import { keepJointTime } from '#lib/server/domain/care/keep-joint-time.ts';
import { letJointTimeGo } from '#lib/server/domain/care/let-joint-time-go.ts';
import { readMyVisit } from '#lib/server/domain/care/my-care.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePatient, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePatient(event);
  const { app, actor } = event.locals;
  return {
    visit: await shown(() => readMyVisit(app.db, actor, event.params.id)),
    joint: await shown(() => readJointTime(app.db, actor, event.params.id)),
  };
};

const nothing = z.object({});

export const actions: Actions = {
  willCome: (event) =>
    formAction(event, nothing, async () => {
      requirePatient(event);
      const { app, actor } = event.locals;
      await giveWord(app.db, actor, { appointmentId: event.params.id, word: 'will_come' });
      redirect(303, paths.myAppointment(event.params.id));
    }),
  late: (event) =>
    formAction(event, lateForm, async ({ minutes }) => {
      requirePatient(event);
      const { app, actor } = event.locals;
      await giveWord(app.db, actor, { appointmentId: event.params.id, word: 'late', minutes });
      redirect(303, paths.myAppointment(event.params.id));
    }),
  appeal: (event) =>
    formAction(event, appealForm, async ({ words }) => {
      requirePatient(event);
      const appointmentId = event.params.id;
      await appealMark(event.locals.app.db, event.locals.actor, { appointmentId, words });
      redirect(303, paths.myAppointment(appointmentId));
    }),
  keep: (event) =>
    formAction(event, nothing, async () => {
      requirePatient(event);
      const { app, actor } = event.locals;
      await keepJointTime(app.db, actor, { appointmentId: event.params.id });
      redirect(303, paths.myAppointment(event.params.id));
    }),
  letGo: (event) =>
    formAction(event, nothing, async () => {
      requirePatient(event);
      const { app, actor } = event.locals;
      await letJointTimeGo(app.db, actor, { appointmentId: event.params.id });
      redirect(303, paths.myAppointment(event.params.id));
    }),
};
