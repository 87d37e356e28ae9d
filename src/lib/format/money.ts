/** By language and currency: to make one takes far longer than to use it. */
const formats = new Map<string, Intl.NumberFormat>();

/** An amount in minor units (pence, cents) as people write it: "£120", "£89.50". */
export function money(minorUnits: number, currency: string, locale = 'en-GB'): string {
  const key = `${locale} ${currency}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(locale, {
      style: 'currency',
      currency,
      trailingZeroDisplay: 'stripIfInteger',
    });
    formats.set(key, format);
  }
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(minorUnits / 10 ** digits);
}
