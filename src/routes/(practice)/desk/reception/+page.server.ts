import { redirect, type RequestEvent } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { arrive } from '#lib/server/domain/booking/arrive.ts';
import { giveWord } from '#lib/server/domain/booking/give-word.ts';
import { leaveUnseen } from '#lib/server/domain/booking/leave-unseen.ts';
import { markNoShow } from '#lib/server/domain/booking/mark-no-show.ts';
import { dayForm } from '#lib/server/domain/reception/input.ts';
import { readDay } from '#lib/server/domain/reception/reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireClinicMember, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireClinicMember(event);
  const { app, actor } = event.locals;
  return { day: await shown(() => readDay(app.db, actor, event.url.searchParams.get('day'))) };
};

/** What is pressed in the list happens, and the same day is shown again. */
const onVisit = (command: typeof arrive) => (event: RequestEvent) =>
  formAction(event, dayForm, async (input) => {
    requireClinicMember(event);
    await command(event.locals.app.db, event.locals.actor, input);
    redirect(303, paths.reception({ day: event.url.searchParams.get('day') }));
  });

export const actions: Actions = {
  arrive: onVisit(arrive),
  leaveUnseen: onVisit(leaveUnseen),
  noShow: onVisit(markNoShow),
  willCome: onVisit((db, actor, visit) => giveWord(db, actor, { ...visit, word: 'will_come' })),
};
