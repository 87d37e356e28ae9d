import { dose, unitsOf } from '#lib/format/dose.ts';
import { regionNames } from '#lib/format/regions.ts';
import { OUTCOME_WORDS, type Outcome } from '../care/consultation.ts';
import { DEVIATION_WORDS } from '../care/treatment.ts';
import { formatDate, formatDateTime } from '../shared/dates.ts';
import { totalUnits, unitsByRegion, type ClinicalRecord } from './record.ts';
import { standingOf } from './words.ts';

/** One thing that happened, as a page shows it. */
export type TimelineEntry = {
  readonly id: string;
  readonly kind: 'consultation' | 'prescription' | 'treatment' | 'review' | 'urgent';
  readonly title: string;
  readonly when: string;
  readonly datetime: string;
  readonly who: string;
  readonly lines: readonly (readonly [term: string, detail: string])[];
  readonly regions: readonly string[];
  /** The photo that came with it, for who may see that. */
  readonly photoId: string | null;
  readonly papers: readonly { readonly name: TimelinePaper; readonly id: string; readonly label: string }[];
};
export type TimelinePaper =
  'prescription' | 'consent' | 'treatment-card' | 'aftercare' | 'start-check' | 'gp-letter';

const STANDS = { valid: 'Valid', used: 'Used', cancelled: 'Cancelled', expired: 'Expired' } as const;

/** Everything that happened, the latest first. `isPatient` adds the papers that are the patient's alone. */
export function timelineOf(record: ClinicalRecord, { isPatient }: { isPatient: boolean }): TimelineEntry[] {
  const entries: (TimelineEntry & { at: Temporal.Instant })[] = [
    ...record.consultations.map((one) => ({
      id: one.id,
      kind: 'consultation' as const,
      title: 'Consultation',
      at: one.signedAt,
      when: formatDate(one.signedAt, one.timeZone),
      datetime: one.signedAt.toString(),
      who: `${one.prescriber.name}, ${one.clinicName}`,
      lines: said([
        ['Outcome', OUTCOME_WORDS[one.outcome as Outcome] ?? one.outcome],
        ['Examination', one.examination],
        ['Movement to keep', one.movementToKeep],
        ['Plan', one.plan],
        ...one.addenda.map(({ text }): [string, string] => ['Added', text]),
      ]),
      regions: one.regions,
      photoId: null,
      papers: [],
    })),
    ...record.prescriptions.map((one) => ({
      id: one.id,
      kind: 'prescription' as const,
      title: 'Prescription',
      at: one.issuedAt,
      when: formatDate(one.issuedAt, one.timeZone),
      datetime: one.issuedAt.toString(),
      who: `${one.prescriber.name}, to be given by ${one.injector.name}`,
      lines: said([
        ['How it stands', [STANDS[standingOf(one)], one.endReason].filter(Boolean).join(': ')],
        ['Medicine', `${one.productName}, ${dose(one.doseUnits, one.unitSystem)}`],
        ['Where', regionNames(one.regions)],
        [
          'Consent',
          one.consent === null ? 'Not given' : one.consent.state === 'given' ? 'Given' : 'Taken back',
        ],
      ]),
      regions: [],
      photoId: null,
      papers: [
        { name: 'prescription' as const, id: one.id, label: 'Prescription' },
        { name: 'consent' as const, id: one.id, label: 'Consent form' },
      ],
    })),
    ...record.treatments.map((one) => ({
      id: one.id,
      kind: 'treatment' as const,
      title: one.isTopUp ? 'Top-up' : 'Treatment',
      at: one.startedAt,
      when: formatDate(one.startedAt, one.timeZone),
      datetime: one.startedAt.toString(),
      who: `${one.injector.name}, ${one.clinicName}`,
      lines: said([
        ['Medicine', `${one.productName}, ${dose(totalUnits(one.points), one.unitSystem)} in all`],
        ['Batch', one.batch],
        ...unitsByRegion(one.points).map(({ region, units }): [string, string] => [
          regionNames([region]),
          dose(units, one.unitSystem),
        ]),
        ['Reaction at once', one.immediateReaction],
        ['Ended', one.endedAs === 'stopped' ? 'Stopped before the end' : ''],
        ...one.deviations.map(({ kind, reason }): [string, string] => [DEVIATION_WORDS[kind], reason]),
      ]),
      regions: unitsByRegion(one.points).map(({ region }) => region),
      photoId: null,
      papers: [
        { name: 'treatment-card' as const, id: one.appointmentId, label: 'Treatment card' },
        { name: 'aftercare' as const, id: one.appointmentId, label: 'Aftercare sheet' },
        ...(one.hasStartProof
          ? [{ name: 'start-check' as const, id: one.appointmentId, label: 'Check at the start' }]
          : []),
        ...(isPatient
          ? [{ name: 'gp-letter' as const, id: one.appointmentId, label: 'Letter to your own doctor' }]
          : []),
      ],
    })),
    ...record.reviews.map((one) => {
      const visit = record.visits.find(({ id }) => id === one.appointmentId);
      return {
        id: one.id,
        kind: 'review' as const,
        title: 'Review visit',
        at: one.writtenAt,
        when: formatDate(one.writtenAt, visit?.timeZone ?? 'UTC'),
        datetime: one.writtenAt.toString(),
        who: visit === undefined ? '' : `${visit.practitioner.name}, ${visit.clinicName}`,
        lines: said([
          ['Findings', one.findings],
          ['Movement kept', one.movementKept],
          ['Unwanted effect', one.adverseEvent],
        ]),
        regions: [],
        photoId: null,
        papers: [],
      };
    }),
    ...record.urgent.map((one) => ({
      id: one.id,
      kind: 'urgent' as const,
      title: 'Urgent message',
      at: one.sentAt,
      when: formatDateTime(one.sentAt, one.timeZone),
      datetime: one.sentAt.toString(),
      who: `About the treatment at ${one.clinicName}`,
      lines: said([
        [isPatient ? 'You wrote' : 'The patient wrote', one.message],
        [
          'Answered',
          one.answeredAt === null
            ? 'Not yet'
            : `${formatDateTime(one.answeredAt, one.timeZone)}, by ${one.answeredBy}`,
        ],
      ]),
      regions: [],
      photoId: one.photoId,
      papers: [],
    })),
  ];
  return entries
    .toSorted((a, b) => Temporal.Instant.compare(b.at, a.at))
    .map(({ at: _at, ...entry }) => entry);
}

function said(lines: [string, string][]): [string, string][] {
  return lines.filter(([, detail]) => detail.trim() !== '');
}

/** Units by region over the treatments of one system of units, and the days between them: what the charts draw. */
export type Course = {
  readonly unitSystem: string;
  readonly unitsName: string;
  readonly regions: readonly string[];
  readonly visits: readonly {
    readonly id: string;
    readonly when: string;
    readonly product: string;
    readonly daysSince: number | null;
    readonly units: readonly number[];
  }[];
};

/** One course per system of units, for units of different systems are never compared. The earliest treatment first. */
export function coursesOf({ treatments }: ClinicalRecord): Course[] {
  const inOrder = treatments.toReversed();
  const systems = Map.groupBy(inOrder, ({ unitSystem }) => unitSystem ?? '');
  return [...systems].map(([unitSystem, visits]) => {
    const regions = [...new Set(visits.flatMap(({ points }) => points.map(({ region }) => region)))];
    return {
      unitSystem,
      unitsName: unitsOf(unitSystem || null),
      regions,
      visits: visits.map((visit) => {
        const before = inOrder[inOrder.indexOf(visit) - 1];
        const sums = new Map(unitsByRegion(visit.points).map(({ region, units }) => [region, units]));
        return {
          id: visit.id,
          when: formatDate(visit.startedAt, visit.timeZone),
          product: visit.productName,
          daysSince:
            before === undefined
              ? null
              : Math.round(visit.startedAt.since(before.startedAt).total({ unit: 'hours' }) / 24),
          units: regions.map((region) => sums.get(region) ?? 0),
        };
      }),
    };
  });
}
