import type { Letter } from '../../shared/letter.ts';

/** What is told about entries that somebody changed or deleted in their own calendar: when they are, and nothing else (P4). */
export function putBackLetter(
  entries: readonly { when: string; why: 'changed' | 'removed' }[],
  link: string,
): Letter {
  const isOne = entries.length === 1;
  return {
    subject: isOne
      ? 'An appointment in your calendar was put back'
      : 'Appointments in your calendar were put back',
    opening: [
      isOne
        ? 'an appointment was changed or deleted in a calendar that you connected. It can be moved or cancelled on Steadyhand only, so it was put back as it is.'
        : 'appointments were changed or deleted in a calendar that you connected. They can be moved or cancelled on Steadyhand only, so they were put back as they are.',
    ],
    facts: entries.map(({ when, why }) => ({
      name: why === 'removed' ? 'Was deleted' : 'Was changed',
      value: when,
    })),
    more: ['Did you want to move or cancel one? Open it at your desk: whoever comes is told at once.'],
    action: { text: 'Your calendars', href: link },
  };
}
