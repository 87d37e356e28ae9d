import type { Db } from '#lib/server/platform/db.ts';
import type { Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { lockOwnVisit } from './access.ts';
import type { HealthAnswers } from './health-questions.ts';
import { insertHealthAnswers } from './queries.ts';

/** The health answers, taken at the desk with the patient present; the signature shows who wrote them down. */
export async function takeHealthAnswers(
  db: Db,
  actor: Actor,
  input: { appointmentId: string; answers: HealthAnswers; lastTreatedElsewhereOn: string | null },
): Promise<void> {
  const { appointmentId, answers, lastTreatedElsewhereOn } = input;
  await transact(db, actor, async (trx) => {
    const visit = await lockOwnVisit(trx, actor, appointmentId, 'consultation');
    if (visit.state !== 'started') throw new Refusal('visit_not_begun');
    await insertHealthAnswers(trx, { patientId: visit.patientId, answers, lastTreatedElsewhereOn });
  });
}
