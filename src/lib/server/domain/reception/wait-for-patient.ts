import type { Db, Trx } from '#lib/server/platform/db.ts';
import { answerOnce, keepAnswer, once } from '../booking/answer-once.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { acceptIn, declineIn } from '../waitlist/answer-offer.ts';
import { askIn } from '../waitlist/ask-for-earlier.ts';
import type { WishInput } from '../waitlist/input.ts';
import { leaveIn } from '../waitlist/leave-waitlist.ts';
import { lockOfferAt, readWaitingAt } from '../waitlist/reads.ts';
import { auditReads, requireDesk, requirePerson, requireVisit, type Desk } from './access.ts';
import { checkPerson, type ForWhom } from './book-for-patient.ts';
import { findDeskPractices, insertPerson, type DeskPractice } from './queries.ts';

/**
 * Puts somebody on the waitlist, for an earlier time of a visit at this desk's clinics or for a consultation with somebody
 * who works there: the patient's own command, asked for by telephone. A new person is entered with the wish, and the clinic
 * whose desk it was is the only one that knows of them.
 */
export async function askForPatient(
  db: Db,
  actor: Actor,
  { person, requestKey, ...wish }: { person: ForWhom; requestKey?: string } & WishInput,
): Promise<{ id: string; patientId: string }> {
  const request = once(accountOf(actor), requestKey, 'wait_for', { person, wish });
  return answerOnce(db, request, () =>
    transact(db, actor, async (trx) => {
      const desk = await requireDesk(trx, actor);
      const practice = await practiceOf(trx, desk, wish);
      await checkPerson(trx, desk, practice, person);
      const patientId =
        'patientId' in person ? person.patientId : await insertPerson(trx, person.newPerson, desk.accountId);
      const id = await askIn(trx, patientId, wish, practice.clinicId);
      await auditReads(trx, 'waitlist.asked_at_desk', desk, [patientId]);
      const answer = { id, patientId };
      await keepAnswer(trx, request, answer);
      return answer;
    }),
  );
}

/** Where the visit is, or where the practitioner works: at this desk's clinics, or it does not exist. */
async function practiceOf(
  trx: Trx,
  desk: Desk,
  { appointment, practitioner }: WishInput,
): Promise<DeskPractice> {
  const practices = await findDeskPractices(trx, desk.clinicIds);
  const visit = appointment === undefined ? undefined : await requireVisit(trx, desk, appointment);
  const practice = practices.find(({ practitionerId, locationId, slug }) =>
    visit === undefined
      ? slug === practitioner
      : practitionerId === visit.practitionerId && locationId === visit.locationId,
  );
  if (practice === undefined) throw new Refusal('not_found');
  return practice;
}

/** The patient waits no longer, for something that this desk has to do with. */
export async function leaveForPatient(
  db: Db,
  actor: Actor,
  { patientId, entryId }: { patientId: string; entryId: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const desk = await requireDesk(trx, actor);
    await requirePerson(trx, desk, patientId);
    const entries = await readWaitingAt(trx, patientId, desk.clinicIds);
    if (!entries.some(({ id }) => id === entryId)) throw new Refusal('not_found');
    await leaveIn(trx, patientId, entryId);
    await auditReads(trx, 'waitlist.left_at_desk', desk, [patientId]);
  });
}

/** Takes a time that is kept at this desk's clinics, or lets it go, as the patient has just said on the telephone. */
export async function answerForPatient(
  db: Db,
  actor: Actor,
  { patientId, offerId, answer }: { patientId: string; offerId: string; answer: 'accept' | 'decline' },
): Promise<{ appointmentId: string | null }> {
  return transact(db, actor, async (trx) => {
    const desk = await requireDesk(trx, actor);
    await requirePerson(trx, desk, patientId);
    const offer = await lockOfferAt(trx, offerId, { patientId, clinicIds: desk.clinicIds });
    if (offer === undefined) throw new Refusal('not_found');
    await auditReads(trx, 'waitlist.answered_at_desk', desk, [patientId]);
    if (answer === 'accept') return { appointmentId: await acceptIn(trx, actor, offer) };
    await declineIn(trx, offer);
    return { appointmentId: null };
  });
}
