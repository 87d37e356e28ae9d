import { fail, redirect, type ActionFailure, type RequestEvent } from '@sveltejs/kit';
import { randomUUID } from 'node:crypto';
import { paths } from '#lib/paths.ts';
import { bookForPatient, checkNewPerson, takeWalkIn } from '#lib/server/domain/reception/book-for-patient.ts';
import { bookNewForm, findForm, newPersonForm, waitNewForm } from '#lib/server/domain/reception/input.ts';
import { findPeople } from '#lib/server/domain/reception/people.ts';
import { readTimes } from '#lib/server/domain/reception/reads.ts';
import { askForPatient } from '#lib/server/domain/reception/wait-for-patient.ts';
import { isRefusal } from '#lib/server/domain/shared/refusal.ts';
import { formAction, type FormProblem } from '#lib/server/http/form.ts';
import { requireClinicMember } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = (event) => {
  requireClinicMember(event);
  return { requestKey: randomUUID() };
};

type Found = Awaited<ReturnType<typeof findPeople>>;
type Values = FormProblem['values'];
/** Fields of the page with the times; the others are asked for before it. */
const OF_THE_LAST_STEP = new Set([
  ...['start', 'channel', 'practitioner', 'weekday', 'fromHour', 'untilHour', 'earliestDay', 'latestDay'],
]);
/** Nothing wrong so far: what was typed goes on to the next step. */
const noProblem = { message: '', errors: {}, details: {} };

// Everything is posted and carried along in the form: a date of birth is not for an address, and nobody is kept before
// there is a booking.
export const actions: Actions = {
  find: (event) =>
    formAction(event, findForm, async (input) => ({
      ...noProblem,
      values: { ...partsOfName(input.name), ...partsOfDate(input.dateOfBirth) },
      found: await find(event, input),
      times: null,
    })),

  person: async (event) => {
    const answer = await formAction(event, newPersonForm, async ({ person, needs }) => {
      requireClinicMember(event);
      await checkNewPerson(event.locals.app.db, event.locals.actor, person);
      const { dateOfBirth, ...typed } = person.newPerson;
      const values: Values = {
        ...typed,
        ...partsOfDate(dateOfBirth),
        need: needs,
        another: person.isAnother ? 'yes' : [],
      };
      return {
        ...noProblem,
        values,
        found: await findAgain(event, values),
        times: await timesFor(event, values),
      };
    });
    return 'times' in answer ? answer : comeBack(event, answer);
  },

  book: async (event) =>
    comeBack(
      event,
      await formAction(event, bookNewForm, async (input) => {
        requireClinicMember(event);
        const { id } = await bookForPatient(event.locals.app.db, event.locals.actor, input);
        redirect(303, paths.receptionVisit(id));
      }),
    ),

  wait: async (event) =>
    comeBack(
      event,
      await formAction(event, waitNewForm, async ({ person, wish, requestKey }) => {
        requireClinicMember(event);
        const { app, actor } = event.locals;
        const { patientId } = await askForPatient(app.db, actor, { ...wish, person, requestKey });
        redirect(303, paths.receptionWaitlist(patientId));
      }),
    ),

  walkIn: async (event) =>
    comeBack(
      event,
      await formAction(event, newPersonForm, async (input) => {
        requireClinicMember(event);
        const { id } = await takeWalkIn(event.locals.app.db, event.locals.actor, input);
        redirect(303, paths.receptionVisit(id));
      }),
    ),
};

async function find(event: RequestEvent, input: { dateOfBirth: string; name: string }): Promise<Found> {
  requireClinicMember(event);
  return findPeople(event.locals.app.db, event.locals.actor, input);
}

/** A form that came back shows again who was found; with a fault in the time alone, the times. */
async function comeBack(event: RequestEvent, answer: ActionFailure<FormProblem>) {
  const { values, errors } = answer.data;
  const isReady = Object.keys(errors).every((field) => OF_THE_LAST_STEP.has(field));
  return fail(answer.status, {
    ...answer.data,
    found: await findAgain(event, values),
    times: isReady ? await timesFor(event, values) : null,
  });
}

/** As long as what would help takes. */
function timesFor(event: RequestEvent, values: Values) {
  const from = event.url.searchParams.get('from');
  return readTimes(event.locals.app.db, event.locals.actor, from, [values.need ?? []].flat());
}

async function findAgain(event: RequestEvent, values: Values): Promise<Found | null> {
  const name = `${values.givenName as string} ${values.familyName as string}`;
  const asked = findForm.safeParse({ ...values, name });
  if (!asked.success) return null;
  try {
    return await find(event, asked.data);
  } catch (problem) {
    if (!isRefusal(problem)) throw problem;
    return null;
  }
}

/** The last word of a name is taken for the last name; it can be put right. */
function partsOfName(name: string): Values {
  const words = name.split(/\s+/);
  const familyName = words.length > 1 ? words.pop()! : '';
  return { givenName: words.join(' '), familyName };
}

function partsOfDate(date: string): Values {
  const [year = '', month = '', day = ''] = date.split('-');
  return { 'dateOfBirth-day': day, 'dateOfBirth-month': month, 'dateOfBirth-year': year };
}
