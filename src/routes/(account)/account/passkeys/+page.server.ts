import type { RegistrationResponseJSON } from '@simplewebauthn/server';
import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { readFactors } from '#lib/server/domain/accounts/change-factors.ts';
import {
  nextInput,
  nextOf,
  passkeyInput,
  removePasskeyInput,
  renamePasskeyInput,
} from '#lib/server/domain/accounts/input.ts';
import { addPasskey, removePasskey, renamePasskey } from '#lib/server/domain/accounts/passkeys.ts';
import { formatDate } from '#lib/server/domain/shared/dates.ts';
import { readCredential } from '#lib/server/http/credential.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireViewer } from '#lib/server/http/guards.ts';
import { requireProof } from '#lib/server/http/proof.ts';
import { relyingParty } from '#lib/server/http/relying-party.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const viewer = requireViewer(event);
  const { passkeys } = await readFactors(event.locals.app.db, viewer);
  return {
    next: nextOf(event.url.searchParams.get('next')) ?? '',
    passkeys: passkeys.map(({ id, name, createdAt, lastUsedAt }) => ({
      id,
      name,
      since: formatDate(createdAt, 'UTC'),
      used: lastUsedAt && formatDate(lastUsedAt, 'UTC'),
    })),
  };
};

export const actions: Actions = {
  prove: (event) =>
    formAction(event, nextInput, async ({ next }, typed) => {
      await requireProof(event, requireViewer(event), 'account', typed);
      redirect(303, paths.passkeys(next));
    }),
  add: (event) =>
    formAction(event, passkeyInput, async ({ name, credentialToken, next }, typed) => {
      const viewer = requireViewer(event);
      const { db, limits } = event.locals.app;
      await requireProof(event, viewer, 'account', typed);
      await limits.take('secondFactorByAccount', viewer.accountId);
      const response = readCredential(credentialToken) as unknown as RegistrationResponseJSON;
      const codes = await addPasskey(db, viewer, relyingParty(event), { name, response });
      if (codes === null) redirect(303, paths.passkeys(next));
      return { codes };
    }),
  rename: (event) =>
    formAction(event, renamePasskeyInput, async ({ id, rename }) => {
      await renamePasskey(event.locals.app.db, requireViewer(event), { id, name: rename });
      redirect(303, paths.passkeys());
    }),
  remove: (event) =>
    formAction(event, removePasskeyInput, async ({ id }, typed) => {
      const viewer = requireViewer(event);
      await requireProof(event, viewer, 'account', typed);
      await removePasskey(event.locals.app.db, viewer, id);
      redirect(303, paths.passkeys());
    }),
};
