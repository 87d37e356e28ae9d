import { money } from './money.ts';

// What is promised of the fee of a consultation: the same on a profile, before somebody books, and in the letter.

export const FEE_IS_THE_SAME = 'It is the same, whether you go on or decide on nothing.';

/** "£50" */
export function feeInWords(minorUnits: number, currency: string, locale?: string): string {
  return minorUnits === 0 ? 'Nothing' : money(minorUnits, currency, locale);
}

/** Who is paid and when, and so what there is to get back; nothing of a consultation that is free of charge. */
export function feeIsPaid(minorUnits: number, clinicName: string): string {
  if (minorUnits === 0) return '';
  return `You pay ${clinicName} at the visit. Nothing is taken when you book, so there is nothing to get back if you cancel.`;
}

/** Both, as one reads them together. */
export function feePromise(minorUnits: number, clinicName: string): string {
  return [FEE_IS_THE_SAME, feeIsPaid(minorUnits, clinicName)].filter(Boolean).join(' ');
}
