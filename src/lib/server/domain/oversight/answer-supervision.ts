import type { Db, Trx } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { formatCalendarDate } from '../shared/dates.ts';
import { recordEvent } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { acceptRow, declineRow, findSide, lockPractitioner, lockQuestion, type Side } from './queries.ts';
import { supervisionAccepted, writeAboutSupervision } from './supervision-letters.ts';

/** A year at most, then both think again. */
const LONGEST_DAYS = 366;

/**
 * The side that was asked says yes, until a day (G3). The prescriber may prescribe there now (`capability_missing`), is
 * insured for prescribing for others (`insurance_for_others`), and has a seat left by policy (`supervision_full`).
 */
export async function acceptSupervision(
  db: Db,
  actor: Actor,
  { supervisionId, until }: { supervisionId: string; until: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const { injector, prescriber, side } = await questionTo(trx, actor, supervisionId);
    if (!prescriber.mayPrescribe) throw new Refusal('capability_missing');
    if (!prescriber.isInsured) throw new Refusal('insurance_for_others');
    const today = Temporal.PlainDate.from(prescriber.today);
    if (until <= prescriber.today) throw new Refusal('date_past', { field: 'until' });
    if (until > today.add({ days: LONGEST_DAYS }).toString())
      throw new Refusal('supervision_too_long', { field: 'until' });

    // Those who accept at the same time take their seats one after the other.
    await lockPractitioner(trx, prescriber.id);
    const accountId = accountOf(actor)!;
    if (!(await acceptRow(trx, supervisionId, { side, accountId }, until)))
      throw new Refusal('supervision_full');
    const letter = supervisionAccepted({
      injector: injector.name,
      prescriber: prescriber.name,
      place: injector.place,
      until: formatCalendarDate(until),
    });
    const key = `supervision:${supervisionId}:accepted`;
    for (const to of [injector, prescriber])
      await writeAboutSupervision(trx, to, 'supervision_accepted', key, letter);
    await recordEvent(trx, {
      type: 'supervision.accepted',
      subjectType: 'practitioner',
      subjectId: injector.id,
      payload: {},
    });
    await note(trx, injector.id, supervisionId, 'supervision.accept');
  });
}

/** The side that was asked says no, or the one that asked takes the question back. */
export async function declineSupervision(
  db: Db,
  actor: Actor,
  { supervisionId }: { supervisionId: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const { injector } = await sidesOf(trx, actor, supervisionId);
    await declineRow(trx, supervisionId);
    await note(trx, injector.id, supervisionId, 'supervision.decline');
  });
}

type Sides = {
  injector: Side;
  prescriber: Side;
  askedBy: 'injector' | 'prescriber';
  side: 'injector' | 'prescriber';
};

/** An open question between two people of whom the actor is one; for anybody else it does not exist (P1). */
async function sidesOf(trx: Trx, actor: Actor, supervisionId: string): Promise<Sides> {
  const question = await lockQuestion(trx, supervisionId);
  if (question === undefined) throw new Refusal('not_found');
  const { injectorId, prescriberId, jurisdiction } = question;
  const injector = await findSide(trx, { practitionerId: injectorId }, jurisdiction);
  const prescriber = await findSide(trx, { practitionerId: prescriberId }, jurisdiction);
  const accountId = accountOf(actor);
  if (injector === undefined || prescriber === undefined) throw new Refusal('not_found');
  if (injector.accountId !== accountId && prescriber.accountId !== accountId) throw new Refusal('not_found');
  return {
    injector,
    prescriber,
    askedBy: question.injectorAcceptedBy === null ? 'prescriber' : 'injector',
    side: injector.accountId === accountId ? 'injector' : 'prescriber',
  };
}

async function questionTo(trx: Trx, actor: Actor, supervisionId: string): Promise<Sides> {
  const sides = await sidesOf(trx, actor, supervisionId);
  if (sides.side === sides.askedBy) throw new Refusal('not_now');
  return sides;
}

async function note(trx: Trx, injectorId: string, supervisionId: string, action: string): Promise<void> {
  await recordAudit(trx, {
    stream: { kind: 'practitioner', id: injectorId },
    action,
    subjectType: 'supervision',
    subjectId: supervisionId,
  });
}
