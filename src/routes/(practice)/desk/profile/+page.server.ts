import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { asTyped, readOwnProfile } from '#lib/server/domain/directory/own-profile.ts';
import { withdrawChange } from '#lib/server/domain/practitioners/ask-for-change.ts';
import { saveWords } from '#lib/server/domain/practitioners/edit-profile.ts';
import { changeForm, wordsForm } from '#lib/server/domain/practitioners/input.ts';
import { isRefusal } from '#lib/server/domain/shared/refusal.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requirePractitioner } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requirePractitioner(event);
  const { app, actor } = event.locals;
  try {
    const profile = await readOwnProfile(app.db, actor);
    return { profile, done: event.url.searchParams.get('done') };
  } catch (problem) {
    // Who is not approved yet answers the questions of an application.
    if (isRefusal(problem, 'not_found')) redirect(303, paths.applications());
    throw problem;
  }
};

export const actions: Actions = {
  save: (event) => {
    requirePractitioner(event);
    const { app, actor } = event.locals;
    return formAction(event, wordsForm, async (words) => {
      await saveWords(app.db, actor, words);
      redirect(303, paths.deskProfile(undefined, { done: 'saved' }));
    });
  },
  preview: (event) => {
    requirePractitioner(event);
    return formAction(event, wordsForm, (words) => Promise.resolve({ previewed: asTyped(words) }));
  },
  withdraw: (event) => {
    requirePractitioner(event);
    const { app, actor } = event.locals;
    return formAction(event, changeForm, async (input) => {
      await withdrawChange(app.db, actor, input);
      redirect(303, paths.deskProfile(undefined, { done: 'withdrawn' }));
    });
  },
};
