import { readSafetyReport } from '#lib/server/domain/oversight/safety/report.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => ({
  report: await readSafetyReport(locals.app.db),
});
