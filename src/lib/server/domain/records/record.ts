import type { DeviationKind } from '../care/treatment.ts';

/** A practitioner as a record names them. */
export type Person = {
  readonly id: string;
  readonly name: string;
  readonly profession: string;
  /** The register and number of the place where they acted; null where no register proves the profession. */
  readonly register: string | null;
  readonly number: string | null;
};

/** Where something took place. */
export type Place = {
  readonly clinicId: string;
  readonly clinicName: string;
  readonly clinicPhone: string;
  readonly address: string;
  readonly jurisdiction: string;
  readonly timeZone: string;
};

export type RecordPatient = {
  readonly id: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly name: string;
  readonly dateOfBirth: string;
  /** As the clinic wrote it down; empty where nobody did. */
  readonly address: string;
  readonly isDemo: boolean;
};

export type RecordVisit = Place & {
  readonly id: string;
  readonly kind: 'consultation' | 'treatment' | 'follow_up';
  readonly state: string;
  readonly startsAt: Temporal.Instant;
  readonly startedAt: Temporal.Instant | null;
  readonly endedAt: Temporal.Instant | null;
  readonly practitioner: Person;
};

export type RecordConsultation = Place & {
  readonly id: string;
  readonly appointmentId: string;
  readonly healthAnswersId: string | null;
  readonly prescriber: Person;
  readonly signedAt: Temporal.Instant;
  readonly outcome: string;
  readonly identityDocument: string;
  readonly seenAlone: boolean;
  readonly chaperone: string;
  readonly regions: string[];
  readonly history: string;
  readonly examination: string;
  readonly baseline: string;
  readonly movementToKeep: string;
  readonly desiredResult: string;
  readonly alternatives: string;
  readonly plan: string;
  readonly questions: { question: string; answer: string }[];
  readonly findings: { code: string; severity: string; note: string }[];
  readonly risks: { code: string; acknowledged: boolean }[];
  readonly addenda: { kind: string; text: string; writtenAt: string }[];
};

export type RecordPrescription = Place & {
  readonly id: string;
  readonly consultationId: string;
  readonly state: 'active' | 'used' | 'cancelled';
  readonly isExpired: boolean;
  readonly issuedAt: Temporal.Instant;
  readonly expiresAt: Temporal.Instant;
  readonly endedAt: Temporal.Instant | null;
  readonly endReason: string;
  readonly productCode: string;
  readonly productName: string;
  readonly unitSystem: string;
  readonly doseUnits: number;
  readonly topUpUnits: number;
  readonly regions: string[];
  readonly directions: string;
  readonly prescriber: Person;
  readonly injector: Person;
  readonly code: string;
  /** The cancelled one before it, of the same consultation; and the one written after this was cancelled. */
  readonly replacesIssuedAt: Temporal.Instant | null;
  readonly replacedIssuedAt: Temporal.Instant | null;
  readonly consent: {
    readonly id: string;
    readonly state: 'given' | 'withdrawn';
    readonly textVersion: string;
    readonly items: string[];
    /** What was agreed to one by one, in the words that were read; empty where an older form was asked. */
    readonly said: { title: string; text: string; at: string }[];
    readonly interpreter: string;
    /** Signed on paper before a witness; null where the patient's own account agreed. */
    readonly paper: { witness: string; signedOn: string } | null;
    readonly givenAt: string;
    readonly confirmedAt: string | null;
    readonly withdrawnAt: string | null;
  } | null;
};

export type RecordTreatment = Place & {
  readonly id: string;
  readonly appointmentId: string;
  readonly prescriptionId: string | null;
  readonly injector: Person;
  readonly prescriber: Person | null;
  readonly startedAt: Temporal.Instant;
  readonly signedAt: Temporal.Instant;
  readonly endedAs: 'completed' | 'stopped';
  readonly isTopUp: boolean;
  readonly productCode: string | null;
  readonly productName: string;
  readonly unitSystem: string | null;
  readonly batch: string;
  readonly batchExpiresOn: string;
  readonly diluentMl: number | null;
  readonly immediateReaction: string;
  readonly note: string;
  readonly aftercareVersion: string;
  readonly retreatmentDays: number | null;
  readonly outOfHoursName: string | null;
  readonly outOfHoursPhone: string | null;
  readonly code: string | null;
  readonly codeEnded: boolean;
  /** Treatments of before the check at the start was kept have none. */
  readonly hasStartProof: boolean;
  readonly points: { region: string; side: string; x: number; y: number; units: number }[];
  readonly deviations: { kind: DeviationKind; reason: string }[];
};

export type RecordReview = {
  readonly id: string;
  readonly appointmentId: string;
  readonly writtenAt: Temporal.Instant;
  readonly findings: string;
  readonly symmetrical: boolean | null;
  readonly movementKept: string;
  readonly adverseEvent: string;
};

/** A message about something that did not feel right, and who answered it. Which photo went with it, for who may see that. */
export type RecordUrgent = Place & {
  readonly id: string;
  readonly appointmentId: string;
  readonly sentAt: Temporal.Instant;
  readonly message: string;
  readonly answeredAt: Temporal.Instant | null;
  readonly answeredBy: string;
  readonly photoId: string | null;
};

/** The pictures that go with a record, by the id of each. */
export type RecordPhotos = ReadonlyMap<string, Uint8Array>;

export type RecordAnswers = {
  readonly id: string;
  readonly version: number;
  readonly answers: unknown;
  readonly lastTreatedElsewhereOn: string | null;
  readonly answeredAt: Temporal.Instant;
};

/** Everything of one patient's record that a reader may read. */
export type ClinicalRecord = {
  readonly patient: RecordPatient;
  readonly visits: readonly RecordVisit[];
  readonly answers: readonly RecordAnswers[];
  readonly consultations: readonly RecordConsultation[];
  readonly prescriptions: readonly RecordPrescription[];
  readonly treatments: readonly RecordTreatment[];
  readonly reviews: readonly RecordReview[];
  readonly urgent: readonly RecordUrgent[];
};

/** Whose eyes: all of it, or what one practitioner has held, prescribed or given. */
export type Scope = {
  readonly patientId: string;
  readonly practitionerId: string | null;
  /** Nothing of later than this. */
  readonly until?: Temporal.Instant;
};

/** Units of a treatment by region, in the order in which they were first given. */
export function unitsByRegion(points: RecordTreatment['points']): { region: string; units: number }[] {
  const sums = new Map<string, number>();
  for (const { region, units } of points) sums.set(region, (sums.get(region) ?? 0) + units);
  return [...sums].map(([region, units]) => ({ region, units }));
}

export function totalUnits(points: RecordTreatment['points']): number {
  return points.reduce((sum, { units }) => sum + units, 0);
}
