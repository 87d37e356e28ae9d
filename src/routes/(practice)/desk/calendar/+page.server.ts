import { redirect } from '@sveltejs/kit';
import { randomUUID } from 'node:crypto';
import { paths } from '#lib/paths.ts';
import { changeRoom } from '#lib/server/domain/booking/change-room.ts';
import { diaryQuery, moveForm, roomForm } from '#lib/server/domain/booking/diary-input.ts';
import { readDiary, readDiaryMove } from '#lib/server/domain/booking/diary.ts';
import { moveAppointment } from '#lib/server/domain/booking/move-appointment.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireViewer, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

const asked = (url: URL) => {
  const ask = (name: string) => url.searchParams.get(name);
  return diaryQuery.parse({
    view: ask('view'),
    day: ask('day'),
    who: ask('who'),
    visit: ask('visit'),
    on: ask('on'),
    moved: ask('moved'),
    from: ask('from'),
  });
};

export const load: PageServerLoad = async (event) => {
  const viewer = requireViewer(event);
  const { app, actor } = event.locals;
  const { view, day, who, visit, on, moved, from } = asked(event.url);
  return {
    diary: await shown(() => readDiary(app.db, actor, { view, day, practitionerId: who })),
    move: visit && (await shown(() => readDiaryMove(app.db, actor, visit, on))),
    moved: moved && from && { ...(await shown(() => readDiaryMove(app.db, actor, moved, null))), from },
    isPractitioner: viewer.practitionerId !== null,
    requestKey: randomUUID(),
  };
};

export const actions: Actions = {
  move: (event) =>
    formAction(event, moveForm, async ({ from, ...input }) => {
      requireViewer(event);
      const { app, actor } = event.locals;
      await moveAppointment(app.db, actor, input);
      const { view, day, who } = asked(event.url);
      redirect(303, paths.deskCalendar({ view, day, who, moved: input.appointmentId, from }));
    }),

  room: (event) =>
    formAction(event, roomForm, async ({ visit, room }) => {
      requireViewer(event);
      const { app, actor } = event.locals;
      await changeRoom(app.db, actor, { appointmentId: visit, roomId: room });
      const { view, day, who } = asked(event.url);
      redirect(303, paths.deskCalendar({ view, day, who, visit }));
    }),
};
