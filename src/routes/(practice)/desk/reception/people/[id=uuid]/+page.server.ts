import { redirect } from '@sveltejs/kit';
import { randomUUID } from 'node:crypto';
import { paths } from '#lib/paths.ts';
import { readTopUpsAtDesk } from '#lib/server/domain/care/top-ups-at-desk.ts';
import { bookForPatient, takeWalkIn } from '#lib/server/domain/reception/book-for-patient.ts';
import { correctBirth } from '#lib/server/domain/reception/correct-birth.ts';
import { grantRecord } from '#lib/server/domain/reception/grant-record.ts';
import {
  BIRTH_KNOWN_BY,
  DEATH_TOLD_BY,
  birthForm,
  bookKnownForm,
  codeForm,
  deathForm,
  grantForm,
  ID_DOCUMENTS,
  proposeForm,
  walkInKnownForm,
} from '#lib/server/domain/reception/input.ts';
import { recordDeath, takeBackDeath } from '#lib/server/domain/reception/record-death.ts';
import { proposeMerge } from '#lib/server/domain/reception/propose-merge.ts';
import { readPerson, readTimes } from '#lib/server/domain/reception/reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireClinicMember, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireClinicMember(event);
  const { app, actor } = event.locals;
  const person = await shown(() => readPerson(app.db, actor, event.params.id));
  const from = event.url.searchParams.get('from');
  return {
    person,
    topUps: await shown(() => readTopUpsAtDesk(app.db, actor, event.params.id)),
    times: await shown(() => readTimes(app.db, actor, from, person.needs)),
    idDocuments: Object.entries(ID_DOCUMENTS).map(([value, label]) => ({ value, label })),
    birthKnownBy: Object.entries(BIRTH_KNOWN_BY).map(([value, label]) => ({ value, label })),
    deathToldBy: Object.entries(DEATH_TOLD_BY).map(([value, label]) => ({ value, label })),
    requestKey: randomUUID(),
  };
};

export const actions: Actions = {
  book: (event) =>
    formAction(event, bookKnownForm, async ({ start, need: needs, ...input }) => {
      requireClinicMember(event);
      const { app, actor } = event.locals;
      const person = { patientId: event.params.id };
      const { id } = await bookForPatient(app.db, actor, { ...input, ...start, needs, person });
      redirect(303, paths.receptionVisit(id));
    }),

  walkIn: (event) =>
    formAction(event, walkInKnownForm, async ({ need: needs, requestKey }) => {
      requireClinicMember(event);
      const { app, actor } = event.locals;
      const person = { patientId: event.params.id };
      const { id } = await takeWalkIn(app.db, actor, { person, needs, requestKey });
      redirect(303, paths.receptionVisit(id));
    }),

  grant: (event) =>
    formAction(event, grantForm, async (input) => {
      requireClinicMember(event);
      await grantRecord(event.locals.app.db, event.locals.actor, input);
      redirect(303, paths.receptionPerson(event.params.id));
    }),

  birth: (event) =>
    formAction(event, birthForm, async (input) => {
      requireClinicMember(event);
      const patientId = event.params.id;
      await correctBirth(event.locals.app.db, event.locals.actor, { ...input, patientId });
      redirect(303, paths.receptionPerson(patientId));
    }),

  died: (event) =>
    formAction(event, deathForm, async ({ toldBy }) => {
      requireClinicMember(event);
      const patientId = event.params.id;
      await recordDeath(event.locals.app.db, event.locals.actor, { patientId, toldBy });
      redirect(303, paths.receptionPerson(patientId));
    }),

  diedMistake: (event) =>
    formAction(event, codeForm, async () => {
      requireClinicMember(event);
      const patientId = event.params.id;
      await takeBackDeath(event.locals.app.db, event.locals.actor, { patientId });
      redirect(303, paths.receptionPerson(patientId));
    }),

  propose: (event) =>
    formAction(event, proposeForm, async ({ otherId }) => {
      requireClinicMember(event);
      await proposeMerge(event.locals.app.db, event.locals.actor, { patientId: event.params.id, otherId });
      redirect(303, paths.receptionEntries());
    }),
};
