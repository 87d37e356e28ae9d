import { redirect, type RequestEvent } from '@sveltejs/kit';
import type { z } from 'zod';
import { paths } from '#lib/paths.ts';
import {
  addDevice,
  askForNumber,
  confirmOwnNumber,
  readShortChoices,
  removeDevice,
  removeNumber,
} from '#lib/server/domain/notifications/short/choose-short.ts';
import {
  codeForm,
  deviceForm,
  numberForm,
  subscriptionForm,
} from '#lib/server/domain/notifications/short/input.ts';
import { deviceOf } from '#lib/server/http/device.ts';
import { formAction } from '#lib/server/http/form.ts';
import { requireViewer, shown } from '#lib/server/http/guards.ts';
import { openTexts } from '#lib/server/platform/texts.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  requireViewer(event);
  const { app, actor } = event.locals;
  return {
    choices: await shown(() => readShortChoices(app.db, actor)),
    hasTexts: app.config.texts !== null,
    pushKey: app.config.push?.publicKey ?? null,
  };
};

/** Runs one command of the viewer's, and comes back to the page. */
function chosen<Schema extends z.ZodType>(
  event: RequestEvent,
  schema: Schema,
  command: (locals: RequestEvent['locals'], input: z.output<Schema>) => Promise<void>,
) {
  return formAction(event, schema, async (input) => {
    requireViewer(event);
    await command(event.locals, input);
    redirect(303, paths.shortMessages());
  });
}

export const actions: Actions = {
  number: (event) =>
    chosen(event, numberForm, async ({ app, actor, viewer }, { number }) => {
      await app.limits.take('textByAddress', event.getClientAddress());
      await app.limits.take('textByAccount', viewer!.accountId);
      // Whose number it is shows only afterwards: however many accounts ask, its telephone rings no more often.
      await app.limits.take('textByNumber', number);
      await askForNumber(app.db, actor, openTexts(app.config.texts), number);
    }),
  confirm: (event) =>
    chosen(event, codeForm, async ({ app, actor, viewer }, { code }) => {
      await app.limits.take('textCodeByAccount', viewer!.accountId);
      await confirmOwnNumber(app.db, actor, code);
    }),
  forget: (event) =>
    formAction(event, codeForm.partial(), async () => {
      requireViewer(event);
      await removeNumber(event.locals.app.db, event.locals.actor);
      redirect(303, paths.shortMessages());
    }),
  subscribe: (event) =>
    chosen(event, subscriptionForm, ({ app, actor }, subscription) =>
      addDevice(app.db, actor, { ...subscription, device: deviceOf(event) }),
    ),
  remove: (event) =>
    chosen(event, deviceForm, ({ app, actor }, { device }) => removeDevice(app.db, actor, device)),
};
