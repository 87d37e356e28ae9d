import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { extend } from '../typed.ts';
import type { Actions, PageServerLoad } from './$types';

/** Who is signed in with a confirmed address has nothing to do here. */
export const load: PageServerLoad = ({ locals, params }) => {
  if (locals.viewer?.emailVerified) redirect(303, paths.booking(params.id, 'check'));
};

export const actions: Actions = { extend };
