/** How a register says that somebody stands. `unreadable`: the number is there, the rest of its row made no sense. */
export const REGISTER_STATUSES = {
  registered: 'Registered',
  suspended: 'Suspended',
  lapsed: 'Lapsed',
  removed: 'Removed',
  deactivated: 'Deactivated',
  unreadable: 'Not readable',
} as const;
export type RegisterStatus = keyof typeof REGISTER_STATUSES;

export interface PersonName {
  familyName: string;
  givenNames: string;
}

/** What a register publishes about one of its numbers: facts that anybody can read there. */
export interface RegisterEntry extends PersonName {
  /** As `registers` writes it. */
  number: string;
  /** Former and professional names. */
  otherNames: PersonName[];
  status: RegisterStatus;
  /** Conditions, undertakings and warnings in the register's words; empty where there are none. */
  conditions: string;
  /** Whether a right to prescribe is annotated; null where the register does not say it. */
  mayPrescribe: boolean | null;
  /** ISO dates. */
  registeredOn: string | null;
  endsOn: string | null;
}
