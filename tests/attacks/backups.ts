/** Guards whose attacks are stopped by another one once they are gone, and why both stay. */
export const BACKED_UP: Record<string, string> = {};

/** Guards of the same tables that no attack aims at, by reason. */
export const NOT_ATTACKED: Record<string, readonly string[]> = {};
