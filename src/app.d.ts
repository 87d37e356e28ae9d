import type { App as Steadyhand } from '#lib/server/app.ts';
import type { Viewer } from '#lib/server/domain/accounts/viewer.ts';
import type { Actor } from '#lib/server/domain/shared/actor.ts';

declare global {
  namespace App {
    interface Locals {
      app: Steadyhand;
      viewer: Viewer | null;
      /** The viewer's account, or the anonymous visitor's booking party. */
      actor: Actor;
      /** The database could not be asked for this request. */
      isBusy?: true;
    }
    interface Error {
      message: string;
      /** What to quote when asking for help; the log has the rest. */
      errorId?: string;
      code?: string;
    }
  }
}

export {};
