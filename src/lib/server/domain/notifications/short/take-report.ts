import type { Db } from '#lib/server/platform/db.ts';
import { system } from '../../shared/actor.ts';
import { transact } from '../../shared/transact.ts';
import type { GatewayReport } from './input.ts';
import { noteDelivery, setTextsOf } from './queries.ts';

const STOP = /^\s*(stop|stopall|unsubscribe|cancel|end|quit)\W*$/i;
const START = /^\s*(start|unstop|yes)\W*$/i;

/**
 * What a gateway reports: whether a text arrived, or what somebody answered. STOP ends texts to that number, START begins
 * them again; other answers are nobody's to read here, and are let be.
 */
export async function takeReport(db: Db, report: GatewayReport): Promise<void> {
  await transact(db, system, async (trx) => {
    if (report.type === 'delivery') {
      await noteDelivery(trx, report.id, report.status === 'delivered', report.reason);
      return;
    }
    if (STOP.test(report.text)) await setTextsOf(trx, report.from, true);
    else if (START.test(report.text)) await setTextsOf(trx, report.from, false);
  });
}
