/** An id: anything else in its place is an address that does not exist. */
export function match(param: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(param);
}
