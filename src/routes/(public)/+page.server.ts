import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals }) => ({
  canonical: new URL('/', locals.app.config.publicUrl).href,
});
