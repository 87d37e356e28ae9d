import { z } from 'zod';
import { Refusal } from '../domain/shared/refusal.ts';
import { atMost } from '../domain/shared/words.ts';

const bytes = z
  .string()
  .check(atMost(1_400))
  .regex(/^[\w-]+$/);

/** What a browser sends of a passkey, before anybody has looked into it. */
export const credentialResponse = z.object({
  id: bytes,
  rawId: bytes,
  type: z.literal('public-key'),
  authenticatorAttachment: z.string().check(atMost(40)).nullish(),
  clientExtensionResults: z.record(z.string(), z.unknown()).default({}),
  response: z.record(z.string(), z.unknown()),
});

/** A passkey's answer out of a field of a form; whether it is right is the domain's to say. */
export function readCredential(field: string): z.output<typeof credentialResponse> {
  let value: unknown;
  try {
    value = JSON.parse(field);
  } catch {
    throw new Refusal('passkey_failed');
  }
  const parsed = credentialResponse.safeParse(value);
  if (!parsed.success) throw new Refusal('passkey_failed');
  return parsed.data;
}
