import { readMailbox } from '#lib/server/domain/notifications/mailbox.ts';
import { notFound } from '#lib/server/http/guards.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
  if (locals.app.config.mode === 'production') notFound();
  const address = url.searchParams.get('to') ?? undefined;
  return { address, letters: await readMailbox(locals.app.db, address) };
};
