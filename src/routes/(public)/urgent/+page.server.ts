import { emergencyNumbers } from '#lib/server/domain/care/my-care.ts';
import type { PageServerLoad } from './$types';

const PLACES = [
  ['england', 'England'],
  ['texas', 'Texas'],
] as const;

/** Everybody may read it; who says where they are sees that place's numbers alone. */
export const load: PageServerLoad = async ({ locals, url }) => {
  const asked = PLACES.filter(([code]) => code === url.searchParams.get('in'));
  const places = asked.length > 0 ? asked : PLACES;
  return {
    signedIn: locals.viewer?.patientId != null,
    numbers: await Promise.all(
      places.map(async ([code, where]) => ({ where, ...(await emergencyNumbers(locals.app.db, code)) })),
    ),
  };
};
