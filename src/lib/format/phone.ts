/** A link that calls a number, however it is written: "tel:+442079460123". */
export function callTo(phone: string): string {
  return `tel:${phone.replace('(0)', '').replaceAll(/[^\d+*#]/g, '')}`;
}
