import { redirect } from '@sveltejs/kit';
import { randomUUID } from 'node:crypto';
import { paths } from '#lib/paths.ts';
import { bookForm, bookQuery } from '#lib/server/domain/booking/input.ts';
import { readOffer } from '#lib/server/domain/booking/reads.ts';
import { formAction } from '#lib/server/http/form.ts';
import { shownUnderSlug } from '#lib/server/http/former-slug.ts';
import { queryInput } from '#lib/server/http/json.ts';
import { keepForVisitor, wasUnderAge } from '#lib/server/http/visitor.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = (event) => {
  event.setHeaders({ 'cache-control': 'no-store' });
  return shownUnderSlug(event, async () => {
    const { location, start } = queryInput(event, bookQuery);
    const wanted = { practitioner: event.params.slug, location, start };
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
