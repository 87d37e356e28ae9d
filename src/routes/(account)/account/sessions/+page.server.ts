import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { readFactors } from '#lib/server/domain/accounts/change-factors.ts';
import { endSessionInput, stopOwnInput } from '#lib/server/domain/accounts/input.ts';
import { readOwnRecoveries } from '#lib/server/domain/accounts/recovery-reads.ts';
import { stopOwnRecoveries } from '#lib/server/domain/accounts/recovery.ts';
import { endAllSessions, endOtherSessions, listSessions } from '#lib/server/domain/accounts/sessions.ts';
import { formatDateTime } from '#lib/server/domain/shared/dates.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireViewer } from '#lib/server/http/guards.ts';
import { requireProof } from '#lib/server/http/proof.ts';
import { forgetSession } from '#lib/server/http/session.ts';
import type { Actions, PageServerLoad } from './$types';

const WITH = {
  app: 'Password and a code from your app',
  recovery: 'Password and a recovery code',
  passkey: 'Passkey',
} as const;

const CHANGED: ReadonlyMap<string, string> = new Map([
  ['password', 'Your password is changed. Everywhere else you are signed out.'],
  ['email', 'This is your address now.'],
  ['stopped', 'It is stopped. Nobody is let in, and your account is as it was.'],
]);

export const load: PageServerLoad = async (event) => {
  const viewer = requireViewer(event);
  const { db } = event.locals.app;
  const [sessions, factors, recoveries] = await Promise.all([
    listSessions(db, viewer),
    readFactors(db, viewer),
    readOwnRecoveries(db, event.locals.actor),
  ]);
  return {
    changed: CHANGED.get(event.url.searchParams.get('changed') ?? ''),
    recoveries,
    displayName: viewer.displayName,
    email: viewer.email,
    hasApp: factors.appSince !== null,
    passkeys: factors.passkeys.length,
    codesLeft: factors.codesLeft,
    limits: viewer.isProfessional
      ? 'You are signed out after 30 minutes without use, and after 12 hours in any case.'
      : 'You are signed out after 7 days without use, and after 30 days in any case.',
    sessions: sessions.map((session) => ({
      ref: session.ref,
      isThis: session.isThis,
      device: session.device || 'A device that gave no name',
      with: session.factor === null ? 'Password' : WITH[session.factor],
      began: `${formatDateTime(session.createdAt, 'UTC')} UTC`,
      lastSeen: `${formatDateTime(session.lastSeenAt, 'UTC')} UTC`,
    })),
  };
};

export const actions: Actions = {
  end: (event) =>
    formAction(event, endSessionInput, async ({ ref }) => {
      await endOtherSessions(event.locals.app.db, requireViewer(event), ref);
      redirect(303, paths.sessions());
    }),
  stop: (event) =>
    formAction(event, stopOwnInput, async (_, typed) => {
      const viewer = requireViewer(event);
      await requireProof(event, viewer, 'account', typed);
      await stopOwnRecoveries(event.locals.app.db, event.locals.actor);
      redirect(303, `${paths.sessions()}?changed=stopped`);
    }),
  everywhere: async (event) => {
    const { accountId } = requireViewer(event);
    await endAllSessions(event.locals.app.db, accountId);
    forgetSession(event);
    redirect(303, paths.signIn());
  },
};
