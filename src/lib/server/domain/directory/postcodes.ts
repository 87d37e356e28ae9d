/** A postcode, as far as a search needs it: nobody's doorstep. */
export interface PostcodeArea {
  country: 'GB' | 'US';
  /** The outward half, "SW4", or the first five digits of a ZIP code. */
  code: string;
}

const BRITISH = /^([A-Z]{1,2}\d[A-Z\d]?) ?(?:\d[A-Z]{2})?$/;
const AMERICAN = /^(\d{5})(?:-\d{4})?$/;

/** The area of what looks like a postcode, whole or half: "sw47ab", "SW4", "78704-1234". Whether there is one, the database knows. */
export function postcodeArea(text: string): PostcodeArea | null {
  const plain = text.trim().replaceAll(/\s+/g, ' ').toUpperCase();
  const [, outward] = BRITISH.exec(plain) ?? [];
  if (outward !== undefined) return { country: 'GB', code: outward };
  const [, digits] = AMERICAN.exec(plain) ?? [];
  return digits === undefined ? null : { country: 'US', code: digits };
}

export const POSTCODE_KIND = { GB: 'Postcode area', US: 'ZIP code' } as const;
