import { error, redirect, type RequestEvent } from '@sveltejs/kit';
import { paths } from '../../paths.ts';
import type { Viewer } from '../domain/accounts/viewer.ts';
import { isRefusal } from '../domain/shared/refusal.ts';

/** The signed-in viewer; others are sent to sign in and come back afterwards. */
export function requireViewer(event: RequestEvent): Viewer {
  if (event.locals.viewer === null) redirect(303, paths.signIn(event.url.pathname + event.url.search));
  return event.locals.viewer;
}

/** A viewer with a patient record. */
export function requirePatient(event: RequestEvent): Viewer & { patientId: string } {
  const viewer = requireViewer(event);
  return viewer.patientId === null ? notFound() : { ...viewer, patientId: viewer.patientId };
}

/** A viewer who is a practitioner; for anybody else the page does not exist. */
export function requirePractitioner(event: RequestEvent): Viewer & { practitionerId: string } {
  const viewer = requireViewer(event);
  return viewer.practitionerId === null ? notFound() : { ...viewer, practitionerId: viewer.practitionerId };
}

/** A member of a clinic's desk; for anybody else the page does not exist. */
export function requireClinicMember(event: RequestEvent): Viewer {
  const viewer = requireViewer(event);
  return viewer.receptionClinicIds.length === 0 ? notFound() : viewer;
}

/** A practitioner, or a member of a clinic's desk; for anybody else the page does not exist. */
export function requirePractice(event: RequestEvent): Viewer {
  const viewer = requireViewer(event);
  return viewer.practitionerId === null && viewer.receptionClinicIds.length === 0 ? notFound() : viewer;
}

/** Whom complaints may be about, or who answers them for a clinic; for anybody else the page does not exist. */
export function requireComplaintReader(event: RequestEvent): Viewer {
  const viewer = requireViewer(event);
  return viewer.practitionerId === null && !viewer.answersComplaints ? notFound() : viewer;
}

/** A member of staff in one of these roles; for anybody else the page does not exist. */
export function requireStaff(event: RequestEvent, ...roles: ('reviewer' | 'operator')[]): Viewer {
  const viewer = requireViewer(event);
  return roles.some((role) => viewer.staffRoles.includes(role)) ? viewer : notFound();
}

/** What you may not see does not exist. */
export function notFound(): never {
  error(404, { message: 'We could not find that page.', code: 'not_found' });
}

/** Runs what a page shows; a refusal becomes its error page. */
export async function shown<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (problem) {
    if (!isRefusal(problem)) throw problem;
    error(problem.status, { message: problem.message, code: problem.code });
  }
}
