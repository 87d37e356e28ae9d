/** What of a profile was checked, and has a page to ask for a change on. */
export function match(value: string): value is 'name' | 'profession' | 'since' {
  return value === 'name' || value === 'profession' || value === 'since';
}
