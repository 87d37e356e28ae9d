import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import { z } from 'zod';
import { nextOf } from '#lib/server/domain/accounts/input.ts';
import { signInWithPasskey } from '#lib/server/domain/accounts/passkeys.ts';
import { wayIn } from '#lib/server/http/admit.ts';
import { credentialResponse } from '#lib/server/http/credential.ts';
import { deviceOf } from '#lib/server/http/device.ts';
import { jsonEndpoint, jsonInput } from '#lib/server/http/json.ts';
import { relyingParty } from '#lib/server/http/relying-party.ts';
import type { RequestHandler } from './$types';

const input = z.object({ credential: credentialResponse, next: z.string().optional() });

/** Signs in with a passkey, and says where to go on. */
export const POST: RequestHandler = (event) =>
  jsonEndpoint(async () => {
    const { credential, next } = await jsonInput(event, input);
    const { db, limits } = event.locals.app;
    await limits.take('signInByAddress', event.getClientAddress());
    const { sessionToken } = await signInWithPasskey(
      db,
      relyingParty(event),
      credential as unknown as AuthenticationResponseJSON,
      deviceOf(event),
    );
    return { status: 200, body: { next: await wayIn(event, sessionToken, nextOf(next ?? null)) } };
  });
