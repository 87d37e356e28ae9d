import type { Db, Trx } from '#lib/server/platform/db.ts';
import { system } from '../shared/actor.ts';
import { formatDay, localDate } from '../shared/dates.ts';
import { transact } from '../shared/transact.ts';
import { whenAndWhere, writeAppointmentLetters, type AppointmentLetter } from './appointment-letter.ts';
import {
  findDueReminders,
  finishReminder,
  lockReminder,
  putOffReminder,
  type DueReminder,
  type LockedReminder,
} from './queries.ts';
import { afterTheNight } from './reminders.ts';

/** Letters of one run; what is due beyond that is written in the next. */
const MOST = 500;

/**
 * Writes the reminders that are due, each once. One that fails keeps no other back; it is tried again in the next run.
 */
export async function remindOfAppointments(db: Db, publicUrl: URL): Promise<void> {
  const failures: unknown[] = [];
  for (const due of await findDueReminders(db, MOST)) {
    try {
      await transact(db, system, (trx) => remind(trx, publicUrl, due));
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} reminders failed`);
}

async function remind(trx: Trx, publicUrl: URL, due: DueReminder): Promise<void> {
  const found = await lockReminder(trx, due);
  if (found === undefined) return;
  if (!found.isStanding) return finishReminder(trx, due, 'not_needed');
  // The worker was away until now, and now it may be night; or its reader wants quiet. The last one waits for nobody's quiet.
  const byDay = afterQuiet(found);
  if (!isBefore(byDay, found.usefulUntil)) return finishReminder(trx, due, 'too_late');
  if (isBefore(found.now, byDay)) return putOffReminder(trx, due, byDay);
  const outcome = await writeAppointmentLetters(trx, publicUrl, reminderLetter(found), {
    key: `reminder:${due.appointmentId}:${due.startsAt.toString()}:${due.step}`,
    appointmentId: due.appointmentId,
    payload: {},
    isForCarers: true,
  });
  await finishReminder(trx, due, outcome === 'not_wanted' ? 'not_needed' : outcome);
}

/** The words of a reminder, by how near the visit is. */
export function reminderLetter({
  startsAt,
  step,
  timeZone,
  now,
}: Pick<LockedReminder, 'startsAt' | 'step' | 'timeZone' | 'now'>): AppointmentLetter {
  return {
    kind: `reminder_${step}`,
    subject: `Your appointment ${dayInWords(startsAt, timeZone, now)}`,
    words: (told) => ({
      opening: [`this is a reminder of ${told.yourVisit} with ${told.who}.`],
      facts: whenAndWhere(told),
      more: ['Please bring photo identification and a list of your medicines.'],
      ...(told.isForCarer ? { action: { text: 'Change or cancel it', href: told.myCare } } : {}),
      ...(told.hasAccount && !told.isForCarer
        ? {
            action: {
              text:
                step === 'last' ? 'Say that you will come, or when you are late' : 'Say that you will come',
              href: told.visitPage,
            },
            after: ['Opening a link changes nothing: what you choose on its page does.'],
            links: [
              { text: 'Choose another time', href: told.move },
              { text: 'Cancel it', href: told.cancel },
            ],
          }
        : {}),
    }),
  };
}

/** The day of a visit as somebody says it who reads this now. */
function dayInWords(start: Temporal.Instant, timeZone: string, now: Temporal.Instant): string {
  const day = localDate(start, timeZone);
  const today = Temporal.PlainDate.from(localDate(now, timeZone));
  if (day === today.toString()) return 'today';
  if (day === today.add({ days: 1 }).toString()) return 'tomorrow';
  return `on ${formatDay(start, timeZone)}`;
}

function afterQuiet({ step, now, timeZone, quietUntil }: LockedReminder): Temporal.Instant {
  const byDay = afterTheNight(now, timeZone);
  return step === 'last' || quietUntil === null || isBefore(quietUntil, byDay) ? byDay : quietUntil;
}

function isBefore(one: Temporal.Instant, other: Temporal.Instant): boolean {
  return Temporal.Instant.compare(one, other) < 0;
}
