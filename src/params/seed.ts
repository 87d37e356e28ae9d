/** Of an invented portrait: a whole number of a few digits. */
export function match(param: string): boolean {
  return /^\d{1,10}$/.test(param);
}
