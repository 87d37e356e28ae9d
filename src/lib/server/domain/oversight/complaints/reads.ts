import type { Db, Trx } from '#lib/server/platform/db.ts';
import { recordAudits } from '../../audit/record-audit.ts';
import { bodiesFor } from '../../credentials/regulators.ts';
import { factsOf, type Jurisdiction } from '../../policy/codes.ts';
import { policyOf } from '../../policy/reads.ts';
import { accountOf, type Actor } from '../../shared/actor.ts';
import { formatDate, formatDateTime } from '../../shared/dates.ts';
import { Refusal } from '../../shared/refusal.ts';
import { transact } from '../../shared/transact.ts';
import { requireStaff } from '../access.ts';
import {
  FINDINGS,
  hasEnded,
  MAY,
  SEVERITIES,
  STATE_WORDS,
  STEP_WORDS,
  urgencyOf,
  type StepKind,
} from './complaint.ts';
import type { About } from './input.ts';
import * as rows from './queries.ts';

/** Staff read one clock, whoever and wherever they are. */
const STAFF_ZONE = 'Europe/London';

const VISITS: Readonly<Record<string, string>> = {
  consultation: 'Consultation',
  treatment: 'Treatment',
  follow_up: 'Review visit',
};

/** What each step is to those who are not reviewers: what these say among themselves stays there. */
const OPEN_WORDS: readonly StepKind[] = ['answered', 'closed'];

type Step = Awaited<ReturnType<typeof rows.findSteps>>[number];

function accountIn(actor: Actor): string {
  const accountId = accountOf(actor);
  if (accountId === null) throw new Refusal('sign_in_needed');
  return accountId;
}

/** Whom somebody is about to complain about, how long the clinic has, and who else there is. */
export async function readComplaintForm(db: Db, actor: Actor, about: About) {
  const accountId = accountIn(actor);
  const visit =
    about.appointment === undefined ? undefined : await rows.findOwnVisit(db, accountId, about.appointment);
  if (about.appointment !== undefined && visit === undefined) throw new Refusal('not_found');
  const places = await rows.findPlacesOf(db, visit ?? { slug: about.practitioner ?? '' });
  const [first] = places;
  if (first === undefined) throw new Refusal('not_found');
  const at = places.find(({ locationId }) => locationId === visit?.locationId) ?? first;
  return {
    name: at.name,
    appointmentId: about.appointment ?? null,
    visit: visit === undefined ? null : visitWords(visit.kind, visit.during.start, visit.timeZone),
    /** Whether the law there lets what patients say be public: the other road, beside this one. */
    mayReview: visit?.mayReview ?? false,
    places:
      visit === undefined ? places.map(({ locationId, place }) => ({ value: locationId, label: place })) : [],
    acknowledgeDays: at.acknowledgeDays,
    answerDays: at.answerDays,
    jurisdiction: at.jurisdiction,
    bodies: await bodies(db, at),
  };
}

async function bodies(db: Db, at: { register: string | null; jurisdiction: string; today: string }) {
  const policy = await policyOf(db, at.jurisdiction as Jurisdiction, Temporal.PlainDate.from(at.today));
  return bodiesFor(at.register, at.jurisdiction, policy.complaint_url);
}

function visitWords(kind: string, start: Temporal.Instant | null, timeZone: string): string {
  return `${VISITS[kind] ?? 'Visit'} on ${formatDate(start!, timeZone)}`;
}

/** The complaints of an account, and whom it could complain about. */
export async function readMyComplaints(db: Db, actor: Actor) {
  const accountId = accountIn(actor);
  return transact(db, actor, async (trx) => ({
    complaints: (await rows.findComplaints(trx, { madeBy: accountId })).map((row) => ({
      id: row.id,
      about: row.practitionerName,
      made: formatDate(row.madeAt, row.timeZone),
      state: STATE_WORDS[row.state],
    })),
    people: await rows.findSeenBy(trx, accountId),
  }));
}

/** One complaint as who made it follows it: every step so far, what comes next, and where else to turn. */
export async function readMyComplaint(db: Db, actor: Actor, complaintId: string) {
  const accountId = accountIn(actor);
  const { row, steps } = await transact(db, actor, async (trx) => {
    const [found] = await rows.findComplaints(trx, { id: complaintId });
    if (found?.madeBy !== accountId) throw new Refusal('not_found');
    return { row: found, steps: await rows.findSteps(trx, complaintId) };
  });
  const today = row.now.toZonedDateTimeISO(row.timeZone).toPlainDate().toString();
  return {
    ...shared(row),
    steps: openSteps(steps, row.timeZone),
    next: nextOf(row),
    isSafety: row.severity === 'high',
    mayTakeFurther: MAY.takeFurther.includes(row.state),
    maySettle: MAY.settle.includes(row.state),
    mayWithdraw: MAY.withdraw.includes(row.state),
    bodies: await bodies(db, { ...row, today }),
  };
}

function shared(row: rows.ComplaintRow) {
  return {
    id: row.id,
    about: row.practitionerName,
    clinicName: row.clinicName,
    jurisdiction: row.jurisdiction,
    visit: row.visitKind === null ? null : visitWords(row.visitKind, row.visitDuring!.start, row.timeZone),
    addressedTo: row.addressedTo === 'clinic' ? 'The clinic' : 'Steadyhand',
    made: formatDateTime(row.madeAt, row.timeZone),
    words: row.words,
    wish: row.wish,
    state: row.state,
    stateText: STATE_WORDS[row.state],
    hasEnded: hasEnded(row.state),
  };
}

/** The steps as everybody reads them who may see the complaint. Proposals never come here: row security keeps them. */
function openSteps(steps: readonly Step[], timeZone: string) {
  return steps
    .filter(({ kind }) => kind !== 'proposed' && kind !== 'returned')
    .map(({ kind, finding, words, takenAt }) => ({
      title: finding === null ? STEP_WORDS[kind] : `${STEP_WORDS[kind]}: ${FINDINGS[finding].toLowerCase()}`,
      at: formatDateTime(takenAt, timeZone),
      words: OPEN_WORDS.includes(kind) ? words : '',
    }));
}

/** The last day that counts. */
function lastDay(by: Temporal.Instant, { timeZone }: rows.ComplaintRow): string {
  return formatDate(by.subtract({ seconds: 1 }), timeZone);
}

/** What comes next, and until when; null once it has ended. */
function nextOf(row: rows.ComplaintRow): { title: string; why: string } | null {
  switch (row.state) {
    case 'made':
      return {
        title: 'The clinic acknowledges it',
        why: `By ${lastDay(row.acknowledgeBy, row)}. If it does not, Steadyhand takes it on by itself.`,
      };
    case 'acknowledged':
      return {
        title: 'The clinic answers',
        why: `By ${lastDay(row.answerBy, row)}. If it does not, Steadyhand takes it on by itself.`,
      };
    case 'answered':
      return {
        title: 'Your move',
        why: 'If the answer is enough, say so. If it is not, take it to Steadyhand.',
      };
    case 'with_steadyhand':
      return { title: 'Steadyhand decides', why: 'We write to you with what we found, and why.' };
    case 'closed':
    case 'settled':
    case 'withdrawn':
      return null;
  }
}

/** Complaints on the clinic's side: those about the actor, and those that the actor answers for a clinic. */
export async function readDeskComplaints(db: Db, actor: Actor) {
  const accountId = accountIn(actor);
  return transact(db, actor, async (trx) => {
    const found = await rows.findComplaints(trx, { ofClinicFor: accountId });
    await auditReads(trx, found);
    const desks = await rows.findDesks(trx, accountId);
    return {
      complaints: found.map((row) => ({
        id: row.id,
        about: row.practitionerName,
        by: row.makerName,
        made: formatDate(row.madeAt, row.timeZone),
        state: STATE_WORDS[row.state],
        hasEnded: hasEnded(row.state),
        due: dueOf(row),
        isYourMove: row.mayAnswer && (row.state === 'made' || row.state === 'acknowledged'),
      })),
      desks,
    };
  });
}

function dueOf(row: rows.ComplaintRow): string | null {
  if (row.state === 'made') return `Acknowledge by ${lastDay(row.acknowledgeBy, row)}`;
  return row.state === 'acknowledged' ? `Answer by ${lastDay(row.answerBy, row)}` : null;
}

/** One complaint as the clinic and whom it is about read it. */
export async function readDeskComplaint(db: Db, actor: Actor, complaintId: string) {
  const accountId = accountIn(actor);
  return transact(db, actor, async (trx) => {
    const [row] = (await rows.findComplaints(trx, { ofClinicFor: accountId })).filter(
      ({ id }) => id === complaintId,
    );
    if (row === undefined) throw new Refusal('not_found');
    await auditReads(trx, [row]);
    return {
      ...shared(row),
      by: row.makerName,
      steps: openSteps(await rows.findSteps(trx, complaintId), row.timeZone),
      due: dueOf(row),
      answersForClinic: row.mayAnswer,
      mayAcknowledge: row.mayAnswer && MAY.acknowledge.includes(row.state),
      mayAnswer: row.mayAnswer && MAY.answer.includes(row.state),
    };
  });
}

/** The open complaints for reviewers: about safety first, then those that nobody has read, of equals the oldest first. */
export async function readComplaintQueue(db: Db, actor: Actor) {
  const accountId = await requireStaff(db, actor, 'reviewer');
  return transact(db, actor, async (trx) => {
    const open = (await rows.findComplaints(trx, { open: true })).filter(({ mayReview }) => mayReview);
    await auditReads(trx, open);
    return open
      .sort(
        (a, b) =>
          urgencyOf(a.severity) - urgencyOf(b.severity) || Temporal.Instant.compare(a.madeAt, b.madeAt),
      )
      .map((row) => ({
        id: row.id,
        about: row.practitionerName,
        place: `${row.clinicName}, ${row.place}`,
        state: STATE_WORDS[row.state],
        isWithUs: row.state === 'with_steadyhand',
        days: Math.floor(row.now.since(row.madeAt).total('hours') / 24),
        severity: row.severity,
        severityText: row.severity === null ? 'Nobody has read it yet' : SEVERITIES[row.severity],
        assigned: row.assignedName,
        isYours: row.assignedTo === accountId,
      }));
  });
}

/** One complaint for a reviewer: everything said, what was frozen and whether it still is so, and what may be done. */
export async function readStaffComplaint(db: Db, actor: Actor, complaintId: string) {
  const accountId = await requireStaff(db, actor, 'reviewer');
  return transact(db, actor, async (trx) => {
    const [row] = await rows.findComplaints(trx, { id: complaintId });
    if (row === undefined || !row.mayReview) throw new Refusal('not_found');
    await auditReads(trx, [row]);
    const steps = await rows.findSteps(trx, complaintId);
    const last = steps.findLast(({ kind }) => kind === 'proposed' || kind === 'returned');
    const proposal = last?.kind === 'proposed' && !hasEnded(row.state) ? last : undefined;
    return {
      ...shared(row),
      by: row.makerName,
      practitionerId: row.practitionerId,
      place: factsOf(row.jurisdiction).name,
      severity: row.severity,
      severityText: row.severity === null ? null : SEVERITIES[row.severity],
      assigned: row.assignedName,
      isYours: row.assignedTo === accountId,
      steps: steps.map((step) => ({
        title: [
          STEP_WORDS[step.kind],
          ...(step.finding === null ? [] : [FINDINGS[step.finding].toLowerCase()]),
          ...(step.kind === 'triaged' ? [step.severity!] : []),
        ].join(': '),
        by: step.byName,
        at: formatDateTime(step.takenAt, STAFF_ZONE),
        words: step.words,
      })),
      evidence: (await rows.findEvidence(trx, complaintId)).map(shownEvidence),
      mayDecide: MAY.decide.includes(row.state) && row.severity !== null,
      needsSecond: steps.some(({ severity }) => severity === 'high'),
      proposal:
        proposal === undefined
          ? null
          : {
              finding: proposal.finding!,
              findingText: FINDINGS[proposal.finding!],
              words: proposal.words,
              by: proposal.byName,
              isYours: proposal.takenBy === accountId,
            },
    };
  });
}

const KINDS: Readonly<Record<string, string>> = {
  appointment: 'Appointment',
  visit_word: 'Word about coming',
  appointment_appeal: 'Objection to a note',
  urgent_contact: 'Urgent message',
  consultation_record: 'Consultation record',
  consultation_addendum: 'Note added to a consultation',
  prescription: 'Prescription',
  consent: 'Consent',
  treatment_record: 'Treatment record',
  deviation: 'Deviation',
  follow_up_record: 'Review visit record',
};
const SINCE = {
  same: 'As it was then',
  changed: 'Changed since then',
  gone: 'No longer there',
  new: 'Written since then',
};

function shownEvidence({
  kind,
  ref,
  snapshot,
  sha256,
  since,
}: Awaited<ReturnType<typeof rows.findEvidence>>[number]) {
  return {
    key: `${kind} ${ref}`,
    kind: KINDS[kind] ?? kind,
    since,
    sinceText: SINCE[since],
    hash: sha256?.toString('hex') ?? null,
    facts: Object.entries(snapshot ?? {})
      .filter(([, value]) => value !== null && value !== '')
      .map(([name, value]) => ({
        term: name.replaceAll('_', ' '),
        detail: typeof value === 'string' ? value : JSON.stringify(value),
      })),
  };
}

/** One line for each complaint that was shown to somebody else, in the stream of whose it is (P2). */
function auditReads(trx: Trx, found: readonly rows.ComplaintRow[]): Promise<void> {
  return recordAudits(
    trx,
    found.map(({ id, patientId, practitionerId }) => ({
      stream:
        patientId === null
          ? ({ kind: 'practitioner', id: practitionerId } as const)
          : ({ kind: 'patient', id: patientId } as const),
      action: 'complaint.read',
      subjectType: 'complaint',
      subjectId: id,
    })),
  );
}
