import { redirect, type RequestEvent } from '@sveltejs/kit';
import { z } from 'zod';
import { paths } from '#lib/paths.ts';
import { choices } from '#lib/server/domain/oversight/vetting.ts';
import { refusalForm, replyReturnForm, returnForm } from '#lib/server/domain/reviews/input.ts';
import {
  proposeRefusal,
  publishReply,
  publishReview,
  refuseReview,
  returnReply,
  returnReview,
} from '#lib/server/domain/reviews/moderate-review.ts';
import { readStaffReview } from '#lib/server/domain/reviews/reads.ts';
import { REFUSAL_REASONS, REPLY_RETURN_REASONS, RETURN_REASONS } from '#lib/server/domain/reviews/review.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireStaff, shown } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad, RouteParams } from './$types';

export const load: PageServerLoad = async (event) => {
  requireStaff(event, 'reviewer');
  const { app, actor } = event.locals;
  return {
    review: await shown(() => readStaffReview(app.db, actor, event.params.id)),
    returnReasons: choices(RETURN_REASONS),
    replyReasons: choices(REPLY_RETURN_REASONS),
    refusalReasons: choices(REFUSAL_REASONS),
  };
};

/** A step of a reviewer: what was entered goes to one command, and the page is shown again. */
const step =
  <Schema extends z.ZodType<object>>(
    schema: Schema,
    take: (
      db: App.Locals['app']['db'],
      actor: App.Locals['actor'],
      input: z.output<Schema> & { reviewId: string },
    ) => Promise<void>,
  ) =>
  (event: RequestEvent<RouteParams>) => {
    requireStaff(event, 'reviewer');
    return formAction(event, schema, async (input) => {
      const reviewId = event.params.id;
      await take(event.locals.app.db, event.locals.actor, { ...input, reviewId });
      redirect(303, paths.staffReview(reviewId));
    });
  };

const nothing = z.object({});

export const actions: Actions = {
  publish: step(nothing, publishReview),
  return: step(returnForm, returnReview),
  propose: step(refusalForm, proposeRefusal),
  refuse: step(refusalForm, refuseReview),
  publishReply: step(nothing, publishReply),
  returnReply: step(replyReturnForm, returnReply),
};
