import type { Actor } from '../shared/actor.ts';

/** The signed-in person of a request, as far as pages and guards need to know. One account may wear several hats. */
export type Viewer = {
  readonly accountId: string;
  readonly displayName: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly patientId: string | null;
  readonly practitionerId: string | null;
  readonly staffRoles: readonly ('reviewer' | 'operator')[];
  /** Clinics at whose desk this account works today. */
  readonly receptionClinicIds: readonly string[];
  /** Whether complaints to one of them are this account's to answer. */
  readonly answersComplaints: boolean;
  /** Whether people's care or this house is in their hands: then a password alone is not enough. */
  readonly isProfessional: boolean;
  /** What is asked for beside the password. */
  readonly hasApp: boolean;
  readonly hasPasskey: boolean;
  /** What pages call this session. */
  readonly sessionRef: string;
  /** How long ago they last proved, in this session, who they are. */
  readonly provedSecondsAgo: number;
};

/** Whether signing in takes a second step. */
export function hasSecondFactor({ hasApp, hasPasskey }: Pick<Viewer, 'hasApp' | 'hasPasskey'>): boolean {
  return hasApp || hasPasskey;
}

/** The viewer as the actor of commands. */
export function actorOf(viewer: Viewer): Actor {
  return { kind: 'account', accountId: viewer.accountId };
}
