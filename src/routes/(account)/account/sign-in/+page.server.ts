import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { signInInput } from '#lib/server/domain/accounts/input.ts';
import { findViewer } from '#lib/server/domain/accounts/sessions.ts';
import { signIn } from '#lib/server/domain/accounts/sign-in.ts';
import { caresForSomebody } from '#lib/server/domain/booking/carer-reads.ts';
import type { Viewer } from '#lib/server/domain/accounts/viewer.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { formAction } from '#lib/server/http/form.ts';
import { keepSession } from '#lib/server/http/session.ts';
import type { Actions, PageServerLoad } from './$types';

/** Everybody you can be in the demo town; they exist in no other mode. */
const demoPeople = [
  ['patient', 'Hannah Whitlock, a patient at the start of the road'],
  ['prescriber', 'Dr Amara Okafor-Bell, a doctor in London'],
  ['esthetician', 'Maya Lindqvist, an esthetician under Dr Okafor-Bell’s supervision'],
  ['reception', 'Joe Adeyinka, at the desk where Dr Okafor-Bell works'],
  ['applicant', 'Niamh Corrigan, who wants to be listed'],
  ['texas.prescriber', 'Rafael Ybarra Montemayor, a nurse practitioner in El Paso'],
  ['reviewer.one', 'Ines Prior, who checks practitioners'],
  ['reviewer.two', 'Tomos Vaughan, the second person who decides'],
  ['operator', 'Bea Thorne, who keeps Steadyhand running'],
] as const;

export const load: PageServerLoad = ({ url, locals }) => ({
  next: url.searchParams.get('next') ?? '',
  demo:
    locals.app.config.mode === 'demo'
      ? {
          password: 'steadyhand demo town',
          people: demoPeople.map(([name, who]) => ({ email: `${name}@demo.steadyhand.example`, who })),
        }
      : null,
});

export const actions: Actions = {
  default: (event) =>
    formAction(event, signInInput, async ({ email, password, next }) => {
      const { db, limits } = event.locals.app;
      await limits.take('signInByAddress', event.getClientAddress());
      await limits.take('signInByAccount', `${email} ${event.getClientAddress()}`);
      const { sessionToken } = await signIn(db, { email, password });
      keepSession(event, sessionToken);
      redirect(303, next ?? (await landingOf(db, await findViewer(db, sessionToken))));
    }),
};

/** Everybody begins where their day does; who has no part here yet begins at the front. */
async function landingOf(db: Db, viewer: Viewer | null): Promise<string> {
  if (viewer === null) return paths.home();
  if (viewer.practitionerId !== null) return paths.desk();
  if (viewer.receptionClinicIds.length > 0) return paths.reception();
  if (viewer.staffRoles.includes('reviewer')) return paths.vettingQueue();
  if (viewer.staffRoles.includes('operator')) return paths.operator();
  if (viewer.patientId !== null) return paths.myCare();
  return (await caresForSomebody(db, viewer.accountId)) ? paths.carer() : paths.home();
}
