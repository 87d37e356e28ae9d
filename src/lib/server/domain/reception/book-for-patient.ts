import type { Db, Trx } from '#lib/server/platform/db.ts';
import { claimSlot, type ClaimedSlot } from '../availability/claim.ts';
import { answerOnce, keepAnswer, once } from '../booking/answer-once.ts';
import { asksForTwice } from '../booking/appointment.ts';
import { bookConsultation } from '../booking/book-consultation.ts';
import { setState } from '../booking/queries.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { ageOn } from '../shared/dates.ts';
import { recordEvent } from '../shared/record-event.ts';
import { isRefusal, Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { auditReads, requireDesk, requirePerson, type Desk } from './access.ts';
import { lookAlikes } from './people.ts';
import { findDeskPractices, insertPerson, type DeskPractice, type NewPerson } from './queries.ts';
import { findFreeNow } from './free-now.ts';

/** Somebody whom the clinic knows, or somebody new. `isAnother`: told apart from who is here under a like name. */
export type ForWhom = { patientId: string } | { newPerson: NewPerson; isAnother: boolean };

export interface DeskBooking {
  id: string;
  patientId: string;
}

/** Asks everything of a new person that can be asked before there is a time. Nothing is kept. */
export async function checkNewPerson(db: Db, actor: Actor, person: ForWhom): Promise<void> {
  await transact(db, actor, async (trx) => {
    const desk = await requireDesk(trx, actor);
    const [practice] = await findDeskPractices(trx, desk.clinicIds);
    if (practice === undefined) throw new Refusal('not_found');
    await checkPerson(trx, desk, practice, person);
  });
}

/**
 * Books a consultation for somebody on the telephone or at the desk: the same times, the same claim, the same guards as
 * online. Who is under age is refused before anything is kept. A new person and the booking are one transaction.
 */
export async function bookForPatient(
  db: Db,
  actor: Actor,
  input: {
    person: ForWhom;
    practitionerId: string;
    locationId: string;
    start: Temporal.Instant;
    channel: 'telephone' | 'desk';
    needs: string[];
    requestKey?: string;
  },
): Promise<DeskBooking> {
  const { requestKey, ...asked } = input;
  const request = once(accountOf(actor), requestKey, 'book_for', asked);
  return answerOnce(db, request, () =>
    transact(db, actor, async (trx) => {
      const desk = await requireDesk(trx, actor);
      const practice = (await findDeskPractices(trx, desk.clinicIds)).find(
        ({ practitionerId, locationId }) =>
          practitionerId === input.practitionerId && locationId === input.locationId,
      );
      if (practice === undefined) throw new Refusal('not_found');
      await checkPerson(trx, desk, practice, input.person);
      const { practitionerId, locationId, start } = input;
      const doubleLength = asksForTwice(input.needs);
      const kind = 'consultation';
      const claimed = await claimSlot(trx, { practitionerId, locationId, start, kind, doubleLength });
      const booked = await book(trx, desk, practice, claimed, input);
      await keepAnswer(trx, request, booked);
      return booked;
    }),
  );
}

/**
 * Somebody stands at the desk: the first practitioner who is free now, within the hours, for the usual length. Booked
 * for the next whole minute and marked as arrived.
 */
export async function takeWalkIn(
  db: Db,
  actor: Actor,
  input: { person: ForWhom; needs: string[]; requestKey?: string },
): Promise<DeskBooking & { practitionerName: string }> {
  const { requestKey, ...asked } = input;
  const request = once(accountOf(actor), requestKey, 'walk_in', asked);
  return answerOnce(db, request, () =>
    transact(db, actor, async (trx) => {
      const desk = await requireDesk(trx, actor);
      const free = (await findFreeNow(trx, desk, input.needs)).filter(({ isNow }) => isNow);
      for (const { practice, start } of free) {
        await checkPerson(trx, desk, practice, input.person);
        const claimed = await claimNow(trx, practice, start, input.needs);
        if (claimed === null) continue;
        const booked = await book(trx, desk, practice, claimed, { ...input, channel: 'walk_in' });
        await setState(trx, booked.id, { state: 'arrived' });
        await recordEvent(trx, {
          type: 'appointment.arrived',
          subjectType: 'appointment',
          subjectId: booked.id,
          clinicId: claimed.clinicId,
          payload: {},
        });
        const answer = { ...booked, practitionerName: practice.practitionerName };
        await keepAnswer(trx, request, answer);
        return answer;
      }
      throw new Refusal('nobody_free');
    }),
  );
}

/** Null when somebody else was faster, or the day's limit is reached. */
async function claimNow(
  trx: Trx,
  practice: DeskPractice,
  start: Temporal.Instant,
  needs: string[],
): Promise<ClaimedSlot | null> {
  const { practitionerId, locationId } = practice;
  try {
    return await claimSlot(trx, {
      practitionerId,
      locationId,
      start,
      kind: 'consultation',
      isWalkIn: true,
      doubleLength: asksForTwice(needs),
    });
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
}

/** Old enough by the law of the place, known here or really new: asked before anything is written. */
export async function checkPerson(
  trx: Trx,
  desk: Desk,
  practice: DeskPractice,
  person: ForWhom,
): Promise<void> {
  if ('patientId' in person) {
    const { dateOfBirth } = await requirePerson(trx, desk, person.patientId);
    return requireAdult(dateOfBirth, practice);
  }
  requireAdult(person.newPerson.dateOfBirth, practice);
  if (person.isAnother) return;
  const alike = (await lookAlikes(trx, desk, person.newPerson)).filter(({ isAlike }) => isAlike);
  if (alike.length > 0) throw new Refusal('likely_known', { field: 'another' });
}

/** Of age today, there. */
export function requireAdult(dateOfBirth: string, { today, leastAge }: DeskPractice): void {
  if (dateOfBirth > today) throw new Refusal('invalid_input', { field: 'dateOfBirth' });
  if (ageOn(dateOfBirth, today) < leastAge) throw new Refusal('under_age', { field: 'dateOfBirth' });
}

async function book(
  trx: Trx,
  desk: Desk,
  practice: DeskPractice,
  claimed: ClaimedSlot,
  { person, channel, needs }: { person: ForWhom; channel: 'telephone' | 'desk' | 'walk_in'; needs: string[] },
): Promise<DeskBooking> {
  const patientId =
    'patientId' in person ? person.patientId : await insertPerson(trx, person.newPerson, desk.accountId);
  const { practitionerId, locationId } = practice;
  const bookedBy = desk.accountId;
  const wanted = { practitionerId, locationId, patientId, needs, channel, bookedBy };
  const id = await bookConsultation(trx, claimed, wanted);
  await auditReads(trx, 'appointment.booked_at_desk', desk, [patientId]);
  return { id, patientId };
}
