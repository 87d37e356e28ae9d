import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { paths } from '#lib/paths.ts';
import { arrive } from '#lib/server/domain/booking/arrive.ts';
import { cancelAppointment } from '#lib/server/domain/booking/cancel-appointment.ts';
import { leaveUnseen } from '#lib/server/domain/booking/leave-unseen.ts';
import { markNoShow } from '#lib/server/domain/booking/mark-no-show.ts';
import { decideHealthChange } from '#lib/server/domain/care/decide-health-change.ts';
import { healthDecisionForm, noShowForm } from '#lib/server/domain/care/input.ts';
import { readJointTime } from '#lib/server/domain/care/joint-time.ts';
import { keepJointTime } from '#lib/server/domain/care/keep-joint-time.ts';
import { letJointTimeGo } from '#lib/server/domain/care/let-joint-time-go.ts';
import { startVisit } from '#lib/server/domain/care/start-visit.ts';
import { readVisit } from '#lib/server/domain/care/visit-reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePractitioner, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePractitioner(event);
  const { app, actor } = event.locals;
  const visit = await shown(() => readVisit(app.db, actor, event.params.id));
  const isOwnConsultation = visit.isMine && visit.kind === 'consultation';
  return { visit, joint: isOwnConsultation ? await readJointTime(app.db, actor, visit.id) : null };
};

const nothing = z.object({});

export const actions: Actions = {
  start: (event) =>
    formAction(event, z.object({ kind: z.enum(['consultation', 'follow_up']) }), async ({ kind }) => {
      requirePractitioner(event);
      const appointmentId = event.params.id;
      const { app, actor } = event.locals;
      await startVisit(app.db, actor, { appointmentId });
      redirect(
        303,
        kind === 'follow_up' ? paths.deskReviewVisit(appointmentId) : paths.deskConsultation(appointmentId),
      );
    }),
  arrive: (event) =>
    formAction(event, nothing, async () => {
      requirePractitioner(event);
      await arrive(event.locals.app.db, event.locals.actor, { appointmentId: event.params.id });
      redirect(303, paths.deskAppointment(event.params.id));
    }),
  noShow: (event) =>
    formAction(event, noShowForm, async ({ by }) => {
      requirePractitioner(event);
      const appointmentId = event.params.id;
      const { app, actor } = event.locals;
      if (by === 'illness') await cancelAppointment(app.db, actor, { appointmentId, reasonCode: 'illness' });
      else await markNoShow(app.db, actor, { appointmentId, by });
      redirect(303, paths.desk());
    }),
  leftUnseen: (event) =>
    formAction(event, nothing, async () => {
      requirePractitioner(event);
      await leaveUnseen(event.locals.app.db, event.locals.actor, { appointmentId: event.params.id });
      redirect(303, paths.desk());
    }),
  decide: (event) =>
    formAction(event, healthDecisionForm, async (input) => {
      requirePractitioner(event);
      await decideHealthChange(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.deskAppointment(event.params.id));
    }),
  keep: (event) =>
    formAction(event, nothing, async () => {
      requirePractitioner(event);
      const { app, actor } = event.locals;
      await keepJointTime(app.db, actor, { appointmentId: event.params.id });
      redirect(303, paths.deskAppointment(event.params.id));
    }),
  letGo: (event) =>
    formAction(event, nothing, async () => {
      requirePractitioner(event);
      const { app, actor } = event.locals;
      await letJointTimeGo(app.db, actor, { appointmentId: event.params.id });
      redirect(303, paths.deskAppointment(event.params.id));
    }),
};
