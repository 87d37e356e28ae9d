import { list } from '#lib/format/words.ts';
import { answerTimesIn, emergencyNumbersEverywhere } from '#lib/server/domain/care/my-care.ts';
import type { PageServerLoad } from './$types';

/** Everybody may read it; who says where they are sees that place's numbers alone. */
/** Nothing on it needs a script. */
export const csr = false;

export const load: PageServerLoad = async ({ locals, url }) => {
  const everywhere = await emergencyNumbersEverywhere(locals.app.db);
  const asked = everywhere.filter(({ codes }) => codes.includes(url.searchParams.get('in') ?? ''));
  return {
    signedIn: locals.viewer?.patientId != null,
    answered: await answerTimesIn(locals.app.db, url.searchParams.get('in')),
    numbers: (asked.length > 0 ? asked : everywhere).map(({ names, emergency, advice }) => ({
      where: list(names),
      emergency,
      advice,
    })),
  };
};
