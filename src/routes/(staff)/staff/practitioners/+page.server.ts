import { readPractitioners } from '#lib/server/domain/oversight/reads.ts';
import { requireStaff } from '#lib/server/http/guards.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const viewer = requireStaff(event, 'reviewer', 'operator');
  const name = event.url.searchParams.get('name')?.trim().slice(0, 100) ?? '';
  return {
    name,
    isReviewer: viewer.staffRoles.includes('reviewer'),
    people: await readPractitioners(event.locals.app.db, event.locals.actor, name),
  };
};
