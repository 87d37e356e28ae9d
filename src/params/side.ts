/** One of the two pictures of a case. */
export function match(param: string): param is 'before' | 'after' {
  return param === 'before' || param === 'after';
}
