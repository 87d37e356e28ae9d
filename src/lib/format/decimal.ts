/**
 * A number as people type it, with a point or a comma before the decimals; null where it is none. At most `decimals`
 * of them, so that a comma between thousands is not taken for the beginning of any.
 */
export function decimalOf(typed: string, decimals = 2): number | null {
  const [digits, whole = '', part = ''] = /^(\d{0,4})(?:[.,](\d+))?$/.exec(typed.trim()) ?? [];
  if (digits === undefined || digits === '' || part.length > decimals) return null;
  return Number(`${whole || '0'}.${part || '0'}`);
}
