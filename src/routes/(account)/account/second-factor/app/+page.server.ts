import { redirect } from '@sveltejs/kit';
import { renderSVG } from 'uqr';
import { paths } from '#lib/paths.ts';
import { confirmApp, readWaitingApp } from '#lib/server/domain/accounts/change-factors.ts';
import { codeInput, nextOf } from '#lib/server/domain/accounts/input.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireViewer } from '#lib/server/http/guards.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const viewer = requireViewer(event);
  const { config, db } = event.locals.app;
  const waiting = await readWaitingApp(db, config.sealingKeys, viewer);
  const next = nextOf(event.url.searchParams.get('next')) ?? '';
  // After the code was right the answer to it shows the recovery codes; everybody else begins on the page before.
  if (waiting === null) {
    if (event.request.method === 'GET') redirect(303, paths.secondFactor(next));
    return { next, setUp: null };
  }
  return {
    next,
    setUp: {
      square: `data:image/svg+xml;base64,${Buffer.from(renderSVG(waiting.link, { border: 2 })).toString('base64')}`,
      typed: waiting.typed,
      link: waiting.link,
    },
  };
};

export const actions: Actions = {
  default: (event) =>
    formAction(event, codeInput, async ({ code, next }) => {
      const viewer = requireViewer(event);
      const { config, db, limits } = event.locals.app;
      await limits.take('secondFactorByAccount', viewer.accountId);
      const codes = await confirmApp(db, config.sealingKeys, viewer, code);
      if (codes === null) redirect(303, paths.secondFactor(next));
      return { codes };
    }),
};
