import { RED_FLAGS } from '#lib/format/red-flags.ts';
import { facts, heading, list, notice, soft, text, type Paper } from '#lib/server/platform/paper/paper.ts';
import type { Policy } from '../../policy/evaluate.ts';
import { formatDate } from '../../shared/dates.ts';
import type { RecordPatient, RecordTreatment } from '../record.ts';
import { paperOf, type Making } from './frame.ts';

/** What to do after a treatment, what must not wait, and whom to call where it was given. */
export function aftercarePaper(
  patient: RecordPatient,
  treatment: RecordTreatment,
  making: Making & { policy: Policy },
): Paper {
  const { policy } = making;
  const { timeZone, startedAt } = treatment;
  const reviewFrom = formatDate(startedAt.add({ hours: 14 * 24 }), timeZone);
  return paperOf(treatment, making, {
    title: 'After your treatment',
    subtitle: `${patient.name}, treated on ${formatDate(startedAt, timeZone)} by ${treatment.injector.name}`,
    blocks: [
      notice(
        `Call ${policy.emergency_number} now if you have`,
        `${RED_FLAGS.map((flag) => `• ${flag}`).join('\n')}\nThese can begin hours or weeks later. Say that you have had botulinum toxin, and when.`,
      ),
      heading('Whom to call'),
      facts([
        ['Emergency', policy.emergency_number],
        ['Urgent advice', policy.urgent_advice_number],
        ['Your clinic', `${treatment.clinicName}, ${treatment.clinicPhone}`],
        ['Out of hours', [treatment.outOfHoursName, treatment.outOfHoursPhone].filter(Boolean).join(', ')],
      ]),
      heading('Today'),
      list([
        'Stay upright for four hours. Do not rub or press where it was given.',
        'No hard exercise, sauna, facial or alcohol until tomorrow.',
        'Leave small bumps and redness alone; they go within hours. A cool cloth helps.',
        'Wear make-up again once the skin is closed, after a few hours.',
      ]),
      heading('The next days'),
      list([
        'It begins to work after two to five days, and shows fully after about two weeks.',
        'A bruise, a headache or a tight feeling is common, and passes.',
        'One side may work earlier than the other. Wait for the two weeks before you judge.',
        'If an eyelid or brow droops, or your smile looks uneven, call your clinic. It passes, and they want to see it.',
      ]),
      heading('The weeks after'),
      text(
        `Come to the review visit about two weeks later, from ${reviewFrom}: you look at it together. It wears off in three to four months. You may leave it at that; nothing gets worse because you stop.`,
      ),
      ...nextTime(treatment),
      text(
        'Before anybody treats you again, tell them of this treatment, also for another reason such as migraine. Tell them if you are or may be pregnant, or have a new illness or medicine.',
      ),
      soft(
        `Side effects can also be reported by yourself: ${policy.adverse_event_url}. Sheet version ${treatment.aftercareVersion || '1'}.`,
      ),
    ],
  });
}

function nextTime(treatment: RecordTreatment) {
  const earliest = nextEarliest(treatment);
  return earliest === null ? [] : [text(`Not again before ${earliest}, here or anywhere else.`)];
}

/** The first day on which the same may be given again; null where the product has no interval that we know. */
export function nextEarliest({ startedAt, timeZone, retreatmentDays }: RecordTreatment): string | null {
  return retreatmentDays === null
    ? null
    : formatDate(startedAt.add({ hours: retreatmentDays * 24 }), timeZone);
}
