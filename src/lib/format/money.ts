/** An amount in minor units (pence, cents) as people write it: "£120", "£89.50". */
export function money(minorUnits: number, currency: string, locale = 'en-GB'): string {
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    trailingZeroDisplay: 'stripIfInteger',
  });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(minorUnits / 10 ** digits);
}
