import { redirect } from '@sveltejs/kit';
import { randomUUID } from 'node:crypto';
import { paths } from '#lib/paths.ts';
import { bookForm, bookQuery } from '#lib/server/domain/booking/input.ts';
import { readOffer } from '#lib/server/domain/booking/reads.ts';
import { readChecks } from '#lib/server/domain/directory/checks.ts';
import { formAction } from '#lib/server/http/form.ts';
import { shownUnderSlug } from '#lib/server/http/former-slug.ts';
import { keepForVisitor, wasUnderAge } from '#lib/server/http/visitor.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = (event) => {
  event.setHeaders({ 'cache-control': 'no-store' });
  const { data: query } = bookQuery.safeParse(Object.fromEntries(event.url.searchParams));
  return shownUnderSlug(event, async () => {
    if (query === undefined) {
      // A link that lost its time on the way, in a message say: all free times are on the profile, where there is one.
      await readChecks(event.locals.app.db, event.params.slug);
      redirect(303, paths.practitioner(event.params.slug));
    }
    const wanted = { practitioner: event.params.slug, location: query.location, start: query.start };
    return {
      ...(await readOffer(event.locals.app.db, event.locals.actor, wanted)),
      underAge: wasUnderAge(event),
      requestKey: randomUUID(),
    };
  });
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, bookForm, async ({ location, start, dateOfBirth, requestKey }) => {
      const hold = await keepForVisitor(event, {
        practitioner: event.params.slug,
        location,
        start,
        dateOfBirth,
        requestKey,
        insteadOfOthers: true,
      });
      redirect(303, paths.booking(hold.id, 'you'));
    }),
};
