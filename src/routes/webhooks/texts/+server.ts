import { gatewayReport } from '#lib/server/domain/notifications/short/input.ts';
import { takeReport } from '#lib/server/domain/notifications/short/take-report.ts';
import { Refusal } from '#lib/server/domain/shared/refusal.ts';
import { readBytes } from '#lib/server/http/body.ts';
import { jsonEndpoint } from '#lib/server/http/json.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import { isSigned, SIGNATURE, TIMESTAMP } from '#lib/server/platform/signed.ts';
import type { RequestHandler } from './$types';

const MOST_BYTES = 16 * 1024;

/** What the gateway of texts reports. Known by its signature alone; without a gateway there is no such place. */
export const POST: RequestHandler = ({ request, locals: { app } }) =>
  jsonEndpoint(async () => {
    if (app.config.texts === null) throw new Refusal('not_found');
    const body = (await readBytes(request, MOST_BYTES)).toString('utf8');
    const signed = {
      timestamp: request.headers.get(TIMESTAMP),
      signature: request.headers.get(SIGNATURE),
      body,
    };
    if (!isSigned(app.config.texts.secret, signed, await appNow(app.db))) throw new Refusal('wrong_origin');
    const report = gatewayReport.safeParse(parsed(body));
    if (!report.success) throw new Refusal('malformed');
    await takeReport(app.db, report.data);
    return { status: 200, body: { noted: true } };
  });

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw new Refusal('malformed');
  }
}
