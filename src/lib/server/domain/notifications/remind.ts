import type { Db, Trx } from '#lib/server/platform/db.ts';
import { system } from '../shared/actor.ts';
import { formatDay, localDate } from '../shared/dates.ts';
import { transact } from '../shared/transact.ts';
import { writeAppointmentLetters, type AppointmentLetter } from './appointment-letter.ts';
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
  // The worker was away until now, and now it may be night.
  const byDay = afterTheNight(found.now, found.timeZone);
  if (!isBefore(byDay, found.usefulUntil)) return finishReminder(trx, due, 'too_late');
  if (isBefore(found.now, byDay)) return putOffReminder(trx, due, byDay);
  const isWritten = await writeAppointmentLetters(trx, publicUrl, reminder(found), {
    key: `reminder:${due.appointmentId}:${due.startsAt.toString()}:${due.step}`,
    appointmentId: due.appointmentId,
    payload: {},
    isForCarers: true,
  });
  await finishReminder(trx, due, isWritten ? 'written' : 'no_address');
}

function reminder({ startsAt, step, timeZone, now }: LockedReminder): AppointmentLetter {
  return {
    subject: `Your appointment ${dayInWords(startsAt, timeZone, now)}`,
    lines: ({ visit, when, zone, who, where, phone, isForCarer, hasAccount, ...links }) => [
      `this is a reminder of your ${visit} with ${who}:`,
      `${when} (${zone})\n${where}\nTelephone: ${phone}`,
      'Please bring photo identification and a list of your medicines.',
      ...(isForCarer ? [`Change or cancel it here:\n${links.myCare}`] : []),
      ...(hasAccount && !isForCarer
        ? [
            `Will you come? One press tells the clinic${step === 'last' ? ', and so does another when you are late' : ''}:\n${links.visitPage}`,
            `Choose another time:\n${links.move}`,
            `Cancel it:\n${links.cancel}`,
            'Opening a link changes nothing: what you choose on its page does.',
          ]
        : []),
    ],
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

function isBefore(one: Temporal.Instant, other: Temporal.Instant): boolean {
  return Temporal.Instant.compare(one, other) < 0;
}
