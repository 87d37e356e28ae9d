import { verifyPrescription } from '#lib/server/domain/records/verify-prescription.ts';
import { shown } from '#lib/server/http/guards.ts';
import type { PageServerLoad } from './$types';

/** Reads, and changes nothing. Each code that is asked for counts as a try. */
export const load: PageServerLoad = async (event) => {
  event.setHeaders({ 'x-robots-tag': 'noindex', 'referrer-policy': 'same-origin' });
  const typed = (event.url.searchParams.get('code') ?? '').trim().slice(0, 60);
  if (typed === '') return { typed, asked: false, found: null };
  const { app } = event.locals;
  return shown(async () => {
    await app.limits.take('verifyByAddress', event.getClientAddress());
    return { typed, asked: true, found: await verifyPrescription(app.db, typed) };
  });
};
