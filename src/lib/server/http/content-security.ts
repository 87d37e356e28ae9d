/** A content security policy under which the page may also fetch a map from one other origin. */
export function allowMapFrom(policy: string, origin: string): string {
  return policy.replaceAll(/\b(?:connect|img)-src 'self'/g, (directive) => `${directive} ${origin}`);
}
