import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { paths } from '#lib/paths.ts';
import { readLetterPage } from '#lib/server/domain/notifications/mailbox.ts';
import { contactAt } from '#lib/server/domain/shared/letter.ts';
import { notFound } from '#lib/server/http/guards.ts';
import type { RequestHandler } from './$types';

/** A letter of the demo as a mail program shows it: a page with styles of its own, and nothing that runs or is fetched. */
export const GET: RequestHandler = async ({ locals, url }) => {
  if (locals.app.config.mode === 'production') notFound();
  const id = z.uuid().safeParse(url.searchParams.get('id'));
  if (!id.success) redirect(303, paths.mailbox());
  const html = await readLetterPage(locals.app.db, id.data, contactAt(locals.app.config));
  if (html === undefined) notFound();
  return new Response(html, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; sandbox allow-top-navigation",
      'cache-control': 'no-store',
    },
  });
};
