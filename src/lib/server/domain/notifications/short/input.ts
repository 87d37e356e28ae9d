import { z } from 'zod';
import { atMost } from '../../shared/words.ts';

/** A telephone number as people write it, with its country. */
export const numberForm = z.object({
  number: z
    .string({ error: 'Enter your number' })
    .trim()
    .check(atMost(40, 'That number is too long'))
    .transform((typed) => typed.replace(/[\s().-]/g, '').replace(/^00/, '+'))
    .pipe(
      z.string().regex(/^\+[1-9]\d{7,14}$/, 'Enter the number with its country, for example +44 7700 900123'),
    ),
});

export const codeForm = z.object({
  code: z
    .string({ error: 'Enter the code' })
    .transform((typed) => typed.replace(/\s/g, ''))
    .pipe(z.string().regex(/^\d{6}$/, 'The code has six digits')),
});

/** What a browser says of itself when it may be notified. */
export const subscriptionForm = z.object({
  // As browsers write addresses; of letters that take four bytes an index would take no two thousand.
  endpoint: z
    .string()
    .check(atMost(2_000))
    .regex(/^[!-~]+$/),
  p256dh: z.string().regex(/^[\w-]{80,100}=*$/),
  auth: z.string().regex(/^[\w-]{20,30}=*$/),
});

export const deviceForm = z.object({ device: z.uuid() });

/** What a gateway of texts reports; docs/messages.md has the contract. */
export const gatewayReport = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('delivery'),
    id: z.uuid(),
    status: z.enum(['delivered', 'failed']),
    reason: z.string().check(atMost(500)).default(''),
  }),
  z.object({
    type: z.literal('reply'),
    from: z.string().check(atMost(40)),
    text: z.string().check(atMost(2_000)),
  }),
]);
export type GatewayReport = z.output<typeof gatewayReport>;
