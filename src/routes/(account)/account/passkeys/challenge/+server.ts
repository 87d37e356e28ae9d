import { z } from 'zod';
import { askForNewPasskey, askForPasskey } from '#lib/server/domain/accounts/passkeys.ts';
import { Refusal } from '#lib/server/domain/shared/refusal.ts';
import { jsonEndpoint, jsonInput } from '#lib/server/http/json.ts';
import { relyingParty } from '#lib/server/http/relying-party.ts';
import type { RequestHandler } from './$types';

/** What a passkey is to sign: for a new one, to prove who it is, or to sign in. */
export const POST: RequestHandler = (event) =>
  jsonEndpoint(async () => {
    const { purpose } = await jsonInput(event, z.object({ purpose: z.enum(['register', 'use']) }));
    const { app, viewer } = event.locals;
    const rp = relyingParty(event);
    await app.limits.take('passkeyByAddress', event.getClientAddress());
    if (purpose === 'use')
      return { status: 200, body: await askForPasskey(app.db, rp, viewer?.accountId ?? null) };
    if (viewer === null) throw new Refusal('sign_in_needed');
    return { status: 200, body: await askForNewPasskey(app.db, viewer, rp) };
  });
