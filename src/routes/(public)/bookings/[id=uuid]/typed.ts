import type { RequestEvent } from '@sveltejs/kit';
import { z } from 'zod';
import { paths } from '#lib/paths.ts';
import { extendHold } from '#lib/server/domain/booking/extend-hold.ts';
import { saveDraft } from '#lib/server/domain/booking/save-draft.ts';
import { formAction } from '#lib/server/http/form.ts';
import { visitorOf } from '#lib/server/http/visitor.ts';

type Typed = Parameters<typeof saveDraft>[2]['typed'];
type BookingEvent = RequestEvent<{ id: string }>;

const anything = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

/** Keeps what a question page was answered with. */
export async function keepTyped(event: BookingEvent, typed: Typed): Promise<void> {
  await saveDraft(event.locals.app.db, event.locals.actor, { ...(await ownHold(event)), typed });
}

/** Where to go on: to the next question, or back to the answers for who came from there to change one. */
export function onward(event: BookingEvent, next: 'concerns' | 'help' | 'account'): string {
  return paths.booking(event.params.id, event.url.searchParams.has('change') ? 'check' : next);
}

/** "Keep it ten minutes more", on every question page; the page comes back with all that was typed in it. */
export function extend(event: BookingEvent) {
  return formAction(event, anything, async (values) => {
    await extendHold(event.locals.app.db, event.locals.actor, await ownHold(event));
    return { extended: true as const, values };
  });
}

export async function ownHold(event: BookingEvent) {
  return { appointmentId: event.params.id, partyId: await visitorOf(event) };
}
