import { signInInput } from '#lib/server/domain/accounts/input.ts';
import { signIn } from '#lib/server/domain/accounts/sign-in.ts';
import { letIn } from '#lib/server/http/admit.ts';
import { deviceOf } from '#lib/server/http/device.ts';
import { formAction } from '#lib/server/http/form.ts';
import { networkOf } from '#lib/server/http/limits.ts';
import { keptUntilNext } from '#lib/server/http/visitor.ts';
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

export const load: PageServerLoad = async (event) => {
  const next = event.url.searchParams.get('next') ?? '';
  return {
    next,
    kept: await keptUntilNext(event, next),
    demo:
      event.locals.app.config.mode === 'demo'
        ? {
            password: 'steadyhand demo town',
            people: demoPeople.map(([name, who]) => ({ email: `${name}@demo.steadyhand.example`, who })),
          }
        : null,
  };
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, signInInput, async ({ email, password, next }) => {
      const { db, limits } = event.locals.app;
      await limits.take('signInByAddress', event.getClientAddress());
      await limits.take('signInByAccount', `${email} ${networkOf(event.getClientAddress())}`);
      await limits.take('signInByAccountAnywhere', email);
      return letIn(event, await signIn(db, { email, password }, deviceOf(event)), next);
    }),
};
