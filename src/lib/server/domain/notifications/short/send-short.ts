import type { Db } from '#lib/server/platform/db.ts';
import type { PushSender } from '#lib/server/platform/push.ts';
import { FetchProblem } from '#lib/server/platform/safe-fetch.ts';
import type { TextGateway } from '#lib/server/platform/texts.ts';
import { endSubscription, findUnsentShort, markShortFailed, markShortSent } from './queries.ts';

/** The ways that short messages go; null where the house has none of that kind. */
export interface ShortWays {
  texts: TextGateway | null;
  push: PushSender | null;
}

/**
 * Sends one short message, if it has not left and is still wanted. What can never arrive is noted and tried no more; what may
 * later is thrown, and the job comes again. A gateway knows a message by its id: twice sent is once received.
 */
export async function sendShort(db: Db, ways: ShortWays, shortId: string): Promise<void> {
  const short = await findUnsentShort(db, shortId);
  if (short === undefined) return;
  const failed = (why: string) => markShortFailed(db, shortId, why);
  if (short.channel === 'text') {
    if (ways.texts === null) return failed('there is no gateway of texts');
    const text = `Steadyhand: ${short.body} The details are in your e-mail. STOP ends these texts.`;
    const outcome = await ways.texts.send({ id: short.id, to: short.number!, text }, short.now);
    return outcome.kind === 'sent' ? markShortSent(db, shortId) : failed(outcome.reason);
  }
  if (ways.push === null) return failed('notifications are off');
  if (short.endpoint === null) return failed('the browser is gone');
  const target = { endpoint: short.endpoint, p256dh: short.p256dh!, auth: short.auth! };
  try {
    const outcome = await ways.push.send(target, { words: short.body, url: short.url });
    if (outcome.kind === 'sent') return await markShortSent(db, shortId);
    if (outcome.kind === 'gone') await endSubscription(db, short.subscriptionId!);
    return await failed(outcome.kind === 'gone' ? 'the browser is gone' : outcome.reason);
  } catch (problem) {
    // Its address leads inside: nothing is ever sent there.
    if (!(problem instanceof FetchProblem) || problem.failure !== 'address') throw problem;
    await endSubscription(db, short.subscriptionId!);
    return failed('its address is none that we use');
  }
}
