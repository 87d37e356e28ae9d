/**
 * Whether an address asks for an action that no page can have. SvelteKit looks an action up by its name among everything
 * that any object has, and fails of the name `default`: both would be errors of ours for an address of theirs.
 */
export function namesNoAction({ searchParams }: URL): boolean {
  const name = [...searchParams.keys()].find((key) => key.startsWith('/'))?.slice(1);
  return name !== undefined && (name === 'default' || name in Object.prototype);
}
