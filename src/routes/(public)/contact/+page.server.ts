import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals }) => ({
  email: locals.app.config.contactEmail,
  signedIn: locals.viewer !== null,
});
