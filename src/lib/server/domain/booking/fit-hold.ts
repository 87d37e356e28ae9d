import type { Db, Trx } from '#lib/server/platform/db.ts';
import type { InstantRange } from '#lib/server/platform/instants.ts';
import { loadCalendars, nearestSlots } from '../availability/calendar.ts';
import { claimSlot, type Alternative } from '../availability/claim.ts';
import type { Actor } from '../shared/actor.ts';
import { formatDayTime } from '../shared/dates.ts';
import { isRefusal, Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { lockOwnHold, type HoldOf } from './access.ts';
import { asksForTwice } from './appointment.ts';
import { findDraft, moveRow, type LockedAppointment } from './queries.ts';

/**
 * Makes a kept time as long as the visitor's needs ask for: with an interpreter everything is said twice. At its own
 * start, or at another one. Refused with the nearest times that are long enough; then everything stays as it was.
 */
export async function fitHold(
  db: Db,
  actor: Actor,
  input: HoldOf & { start?: Temporal.Instant },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const hold = await lockOwnHold(trx, actor, input);
    if (hold.state !== 'held') throw new Refusal('hold_ended');
    const draft = await findDraft(trx, hold.id);
    await fitIn(trx, hold, draft?.needs ?? [], input.start);
  });
}

/** The same in the caller's transaction, for these needs. Answers when the visit is then. */
export async function fitIn(
  trx: Trx,
  hold: LockedAppointment,
  needs: readonly string[],
  start = hold.during.start!,
): Promise<InstantRange> {
  const doubleLength = asksForTwice(needs);
  if (doubleLength === hold.isDouble && start.equals(hold.during.start!)) return hold.during;
  try {
    const claimed = await claimSlot(trx, { ...slotOf(hold), start, doubleLength });
    await moveRow(trx, hold.id, claimed);
    return claimed.during;
  } catch (error) {
    const isGone = isRefusal(error, 'slot_taken') || isRefusal(error, 'slot_not_offered');
    if (!isGone || !doubleLength) throw error;
    throw new Refusal('visit_too_long', { details: { alternatives: await nearestLong(trx, hold, start) } });
  }
}

function slotOf({ practitionerId, locationId, blockId }: LockedAppointment) {
  const insteadOfBlockIds = blockId === null ? [] : [blockId];
  return { practitionerId, locationId, kind: 'consultation' as const, insteadOfBlockIds };
}

async function nearestLong(
  trx: Trx,
  hold: LockedAppointment,
  start: Temporal.Instant,
): Promise<Alternative[]> {
  const { practitionerId, locationId, insteadOfBlockIds } = slotOf(hold);
  const practice = { practitionerIds: [practitionerId], locationId };
  const asked = { insteadOfBlockIds, doubleLength: true };
  const [calendar] = await loadCalendars(trx, practice, 'consultation', {}, asked);
  const slots = calendar === undefined ? [] : nearestSlots(calendar, {}, start, 3);
  return slots.map((slot) => ({
    location: slot.locationId,
    start: slot.start.toString(),
    end: slot.end.toString(),
    text: formatDayTime(slot.start, slot.timeZone),
  }));
}
