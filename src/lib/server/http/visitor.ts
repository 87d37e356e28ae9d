import type { RequestEvent } from '@sveltejs/kit';
import { holdSlot, type Hold, type HoldInput } from '../domain/booking/hold-slot.ts';
import { findVisitor, newVisitorToken } from '../domain/booking/party.ts';
import { readBooking } from '../domain/booking/reads.ts';
import { isRefusal, Refusal } from '../domain/shared/refusal.ts';
import { partyCookie, underAgeCookie } from './cookies.ts';
import { networkOf } from './limits.ts';

const TOKEN = /^[\w-]{43}$/;
const HALF_A_DAY = 12 * 60 * 60;
const DAY = 24 * 60 * 60;

/** The party whose holds this browser goes on with, signed in by now or not. */
export async function visitorOf(event: RequestEvent): Promise<string | null> {
  const { actor, app } = event.locals;
  if (actor.kind === 'visitor') return actor.partyId;
  return findVisitor(app.db, event.cookies.get(partyCookie(app.config).name));
}

/**
 * Keeps a slot for this browser, which is given a visitor's token to come back with. Who was under age gets no second
 * try with another date; only the browser remembers that, for a day.
 */
export async function keepForVisitor(
  event: RequestEvent,
  input: Omit<HoldInput, 'visitorToken' | 'address'>,
): Promise<Hold> {
  const { app, actor } = event.locals;
  const [party, underAge] = [partyCookie(app.config), underAgeCookie(app.config)];
  if (wasUnderAge(event)) throw new Refusal('under_age');

  const carried = event.cookies.get(party.name) ?? '';
  const visitorToken = TOKEN.test(carried) ? carried : newVisitorToken(input.requestKey);
  try {
    const hold = await holdSlot(app.db, actor, { ...input, visitorToken, address: addressOf(event) });
    event.cookies.set(party.name, visitorToken, { ...party.attributes, maxAge: HALF_A_DAY });
    return hold;
  } catch (error) {
    if (isRefusal(error, 'under_age'))
      event.cookies.set(underAge.name, '1', { ...underAge.attributes, maxAge: DAY });
    throw error;
  }
}

const BOOKING = /^\/bookings\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\//;

/** The booking that this browser goes on with at `next`, while its time is kept: until when, and the name that was typed. */
export async function keptUntilNext(
  event: RequestEvent,
  next: string,
): Promise<{ words: string; name: string } | null> {
  const appointmentId = BOOKING.exec(next)?.[1];
  if (appointmentId === undefined) return null;
  try {
    const { actor, app } = event.locals;
    const partyId = await visitorOf(event);
    const { hold, draft } = await readBooking(app.db, actor, { appointmentId, partyId });
    return hold && { words: hold.words, name: `${draft.givenName} ${draft.familyName}`.trim() };
  } catch (problem) {
    if (!isRefusal(problem, 'not_found')) throw problem;
    return null;
  }
}

/** Whether this browser's visitor was under age, today. */
export function wasUnderAge(event: RequestEvent): boolean {
  return event.cookies.get(underAgeCookie(event.locals.app.config).name) !== undefined;
}

/** The booking is the person's now: this browser alone opens it no more. */
export function forgetVisitor(event: RequestEvent): void {
  const { name, attributes } = partyCookie(event.locals.app.config);
  event.cookies.delete(name, attributes);
}

/** The key under which this request may be sent again. */
export function requestKeyOf(event: RequestEvent): string | undefined {
  const key = event.request.headers.get('idempotency-key') ?? undefined;
  if (key !== undefined && (key.length < 8 || key.length > 255)) {
    const errors = [{ field: 'Idempotency-Key', message: 'Use 8 to 255 characters' }];
    throw new Refusal('invalid_input', { details: { errors } });
  }
  return key;
}

/** Null on a loopback address: that is this machine, or a proxy that does not say for whom it asks. Of IPv6 its network. */
function addressOf(event: RequestEvent): string | null {
  const address = event.getClientAddress();
  return /^(127\.|::1$|::ffff:127\.)/.test(address) ? null : networkOf(address);
}
