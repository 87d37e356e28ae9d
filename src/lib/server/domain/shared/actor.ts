/** Who acts: a signed-in account, an anonymous visitor who keeps a time, or the system itself (worker, seed). */
export type Actor =
  | { readonly kind: 'account'; readonly accountId: string }
  | { readonly kind: 'visitor'; readonly partyId: string | null }
  | { readonly kind: 'system' };

export const system: Actor = { kind: 'system' };

/** The account behind an actor, or null: what `current_actor()` answers in SQL. */
export function accountOf(actor: Actor): string | null {
  return actor.kind === 'account' ? actor.accountId : null;
}
