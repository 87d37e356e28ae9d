import type { Config } from './config.ts';
import { sign, SIGNATURE, TIMESTAMP } from './signed.ts';

/** A text message on its way to a telephone. */
export interface OutgoingText {
  /** The same for every try: a gateway that has seen it sends nothing again. */
  id: string;
  to: string;
  text: string;
}

/** `refused`: the gateway will not send it, however often it is asked. Everything else that goes wrong is thrown. */
export type TextOutcome = { kind: 'sent' } | { kind: 'refused'; reason: string };

/** Hands text messages to a gateway. */
export interface TextGateway {
  send(text: OutgoingText, now: Temporal.Instant): Promise<TextOutcome>;
}

const MILLISECONDS = 10_000;

/** The gateway of the configuration, by the contract of docs/messages.md; null without one. */
export function openTexts(config: Config['texts']): TextGateway | null {
  if (config === null) return null;
  const { url, secret } = config;
  return {
    async send(text, now) {
      const body = JSON.stringify(text);
      const second = Math.floor(now.epochMilliseconds / 1000);
      const answer = await fetch(url, {
        method: 'POST',
        redirect: 'error',
        signal: AbortSignal.timeout(MILLISECONDS),
        headers: {
          'content-type': 'application/json',
          'idempotency-key': text.id,
          [TIMESTAMP]: String(second),
          [SIGNATURE]: sign(secret, second, body),
        },
        body,
      });
      await answer.body?.cancel();
      if (answer.ok) return { kind: 'sent' };
      // Too many at once, or not now: later. What else a gateway says no to stays so.
      if (answer.status >= 500 || [408, 409, 425, 429].includes(answer.status))
        throw new Error(`the gateway of texts answered ${answer.status}`);
      return { kind: 'refused', reason: `the gateway answered ${answer.status}` };
    },
  };
}
