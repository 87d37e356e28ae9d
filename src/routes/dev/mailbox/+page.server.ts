import { readMailbox } from '#lib/server/domain/notifications/mailbox.ts';
import { contactAt } from '#lib/server/domain/shared/letter.ts';
import { notFound } from '#lib/server/http/guards.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
  if (locals.app.config.mode === 'production') notFound();
  const address = url.searchParams.get('to') ?? undefined;
  const { config, db } = locals.app;
  return { address, letters: await readMailbox(db, address, contactAt(config)) };
};
