import { redirect, type RequestEvent } from '@sveltejs/kit';
import { paths } from '../../paths.ts';
import { readTerms } from '../domain/accounts/agree-to-terms.ts';
import { findViewer } from '../domain/accounts/sessions.ts';
import type { Admission } from '../domain/accounts/sign-in.ts';
import { actorOf, hasSecondFactor, type Viewer } from '../domain/accounts/viewer.ts';
import { caresForSomebody } from '../domain/booking/carer-reads.ts';
import { Refusal } from '../domain/shared/refusal.ts';
import type { Config } from '../platform/config.ts';
import type { Db } from '../platform/db.ts';
import { problemResponse } from './json.ts';
import { forgetHalfSignIn, keepHalfSignIn, keepSession } from './session.ts';

/** Lets in who has proved who they are, or leads them to the second step. */
export async function letIn(
  event: RequestEvent,
  admission: Admission,
  next: string | undefined,
): Promise<never> {
  if ('halfToken' in admission) {
    keepHalfSignIn(event, admission.halfToken);
    redirect(303, paths.secondStep(next));
  }
  redirect(303, await wayIn(event, admission.sessionToken, next));
}

/**
 * Gives the browser its session, and answers where to go on: first of all to a second factor, where one is missing, then to
 * terms that have changed.
 */
export async function wayIn(
  event: RequestEvent,
  sessionToken: string,
  next: string | undefined,
): Promise<string> {
  const { db } = event.locals.app;
  keepSession(event, sessionToken);
  forgetHalfSignIn(event);
  const viewer = await findViewer(db, sessionToken);
  const landing = next ?? (await landingOf(db, viewer));
  if (viewer === null) return landing;
  const { isDue } = await readTerms(db, actorOf(viewer));
  const onward = isDue ? paths.agreeToTerms(landing) : landing;
  return lacksSecondFactor(viewer) ? paths.secondFactor(onward) : onward;
}

/** Professionals have one, or are asked for it. */
export function lacksSecondFactor(viewer: Viewer): boolean {
  return viewer.isProfessional && !hasSecondFactor(viewer);
}

/**
 * The answer to a professional without a second factor where one is required: nothing but the pages of the account opens.
 * Null lets the request go on.
 */
export function stopWithoutSecondFactor(
  event: RequestEvent,
  viewer: Viewer | null,
  config: Config,
): Response | null {
  if (config.secondFactor !== 'required' || viewer === null || !lacksSecondFactor(viewer)) return null;
  if (event.route.id?.startsWith('/(account)/account/') || event.route.id === null) return null;
  if (event.route.id.startsWith('/api/') || event.request.method !== 'GET')
    return problemResponse(new Refusal('second_factor_needed'));
  const { pathname, search } = event.url;
  redirect(303, paths.secondFactor(pathname + search));
}

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
