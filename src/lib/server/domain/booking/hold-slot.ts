import { createHash } from 'node:crypto';
import type { Db, Trx } from '#lib/server/platform/db.ts';
import { claimSlot } from '../availability/claim.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { ageOn } from '../shared/dates.ts';
import { recordEvent } from '../shared/record-event.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { answerOnce, keptAnswer, once, type Once } from './answer-once.ts';
import { asksForTwice } from './appointment.ts';
import { caresForSomebody } from './carer-reads.ts';
import { partyOf } from './party.ts';
import { countHoldsOfAddress, findBookable, insertHold, letGoHolds, updateDraft } from './queries.ts';
import { inTurn } from './turns.ts';

const HOLDS_PER_VISITOR = 3;
/** A university or a mobile network can stand behind one address. */
const HOLDS_PER_ADDRESS = 200;
export const MOST_EXTENSIONS = 2;

export interface HoldInput {
  /** The slug. */
  practitioner: string;
  location: string;
  start: Temporal.Instant;
  /** Needed of everybody who is not a patient on record. */
  dateOfBirth?: string | null;
  /** With an interpreter, sign language or a longer visit it is twice as long. Unless given, as last time. */
  needs?: readonly string[];
  /** What the visitor's browser carries from now on. */
  visitorToken: string;
  /** The network address, or null where it says nothing about who asks. */
  address?: string | null;
  requestKey?: string;
  /** Ends this visitor's other holds with the same practitioner. */
  insteadOfOthers?: boolean;
}

/** A time kept for one visitor. Instants are ISO 8601 text: the answer is stored, and sent again as it is. */
export interface Hold {
  id: string;
  practitioner: string;
  location: string;
  start: string;
  end: string;
  expiresAt: string;
  extensionsLeft: number;
}

/**
 * Keeps a consultation slot for ten minutes of database time. Age comes first: nothing at all is stored for somebody
 * under age. The slot comes second, so that of a thousand who want it, those too late have written nothing.
 */
export async function holdSlot(db: Db, actor: Actor, input: HoldInput): Promise<Hold> {
  const { visitorToken, requestKey, practitioner, location, start, dateOfBirth, needs } = input;
  const request = once(visitorToken, requestKey, 'hold', {
    practitioner,
    location,
    start,
    dateOfBirth,
    needs,
  });
  const hold = await inTurn(db, () =>
    answerOnce(db, request, () => transact(db, actor, (trx) => takeAndKeep(trx, actor, input, request))),
  );
  if (hold === undefined) throw new Refusal('unavailable');
  return hold;
}

async function takeAndKeep(trx: Trx, actor: Actor, input: HoldInput, request: Once | null): Promise<Hold> {
  const bookable = await findBookable(trx, input.practitioner, input.location, accountOf(actor));
  if (bookable === undefined) throw new Refusal('not_found');
  const { practitionerId, today, leastAge } = bookable;
  const isForOther = await isForSomebodyElse(trx, actor, bookable.patientDateOfBirth, input.dateOfBirth);
  const patientId = isForOther ? null : bookable.patientId;
  const dateOfBirth = isForOther ? input.dateOfBirth : (bookable.patientDateOfBirth ?? input.dateOfBirth);
  if (!dateOfBirth || dateOfBirth > today) throw new Refusal('invalid_input', { field: 'dateOfBirth' });
  if (ageOn(dateOfBirth, today) < leastAge) throw new Refusal('under_age');

  const { location: locationId, start, needs } = input;
  const doubleLength = asksForTwice(needs ?? []);
  const kind = 'consultation';
  const claimed = await claimSlot(trx, { practitionerId, locationId, start, kind, doubleLength });

  const partyId = await partyOf(trx, input.visitorToken);
  if (input.insteadOfOthers) await letGoHolds(trx, { partyId, practitionerId });
  const addressHash = await countedAddress(trx, input.address ?? null);
  const { id, expiresAt, others } = await insertHold(trx, claimed, {
    practitionerId,
    locationId,
    partyId,
    patientId,
    dateOfBirth,
    addressHash,
  });
  if (needs !== undefined) await updateDraft(trx, id, { needs: [...needs] });
  if (others >= HOLDS_PER_VISITOR) throw new Refusal('too_many_holds');

  const hold: Hold = {
    id,
    practitioner: input.practitioner,
    location: locationId,
    start: start.toString(),
    end: claimed.during.end!.toString(),
    expiresAt: expiresAt.toString(),
    extensionsLeft: MOST_EXTENSIONS,
  };
  await recordEvent(
    trx,
    {
      type: 'appointment.held',
      subjectType: 'appointment',
      subjectId: id,
      clinicId: claimed.clinicId,
      payload: {},
    },
    keptAnswer(request, hold),
  );
  return hold;
}

/** A carer who is a patient too keeps a time for somebody else by giving another date of birth. */
async function isForSomebodyElse(
  trx: Trx,
  actor: Actor,
  own: string | null,
  typed: string | null | undefined,
): Promise<boolean> {
  const accountId = accountOf(actor);
  if (accountId === null || own === null || !typed || typed === own) return false;
  return caresForSomebody(trx, accountId);
}

async function countedAddress(trx: Trx, address: string | null): Promise<Buffer | null> {
  if (address === null) return null;
  const hash = createHash('sha256').update(address).digest();
  if ((await countHoldsOfAddress(trx, hash)) >= HOLDS_PER_ADDRESS) throw new Refusal('too_many_requests');
  return hash;
}
