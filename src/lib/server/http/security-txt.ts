import { paths } from '#lib/paths.ts';

/** For so many days what stands there holds; it is made anew each time it is read. */
const HOLDS_DAYS = 180;

/** Where somebody who found a weakness turns (RFC 9116): the address of the house, where it has named one, and our page. */
export function securityTxt(
  { contactEmail, publicUrl }: { contactEmail: string | null; publicUrl: URL },
  now: Temporal.Instant,
): string {
  const expires = now.add({ hours: HOLDS_DAYS * 24 }).round('second');
  return [
    ...(contactEmail === null ? [] : [`Contact: mailto:${contactEmail}`]),
    `Contact: ${new URL(paths.contact(), publicUrl).href}`,
    `Expires: ${expires}`,
    'Preferred-Languages: en',
    `Canonical: ${new URL(paths.securityTxt(), publicUrl).href}`,
    '',
  ].join('\n');
}
