import { dose } from '#lib/format/dose.ts';
import type { Db, Trx } from '#lib/server/platform/db.ts';
import { recordPatientAudits } from '../audit/record-audit.ts';
import { wordInWords } from '../booking/give-word.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { formatCalendarDate, formatDay, formatDayTime, formatTime, formatZone } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { parseInstant } from '#lib/server/platform/instants.ts';
import { CONTRAINDICATIONS, SEVERITY_WORDS } from './contraindications.ts';
import {
  findAnswersToDecide,
  findDesk,
  findGiven,
  findMyPatients,
  findNextVisit,
  findUrgent,
  findVisits,
  type Desk,
  type DeskVisit,
} from './desk-queries.ts';
import { evaluateGate, type GateFacts, type GateStep } from './gate.ts';
import { describeHealthAnswers, raisedBy } from './health-questions.ts';
import { readPresence } from './presence.ts';
import { findGateFacts } from './queries.ts';
import { wordsForPractitioner, type StepPeople, type StepWords } from './step-words.ts';
import { DEVIATION_WORDS, type DeviationKind } from './treatment.ts';

const VISIT_NAMES = {
  consultation: 'Consultation',
  treatment: 'Treatment',
  follow_up: 'Review visit',
} as const;
type VisitKind = keyof typeof VISIT_NAMES;

export const STATE_WORDS: Readonly<Record<string, string>> = {
  confirmed: 'Confirmed',
  paused: 'On hold',
  arrived: 'Here',
  started: 'Under way',
  completed: 'Done',
  stopped: 'Stopped',
  cancelled: 'Cancelled',
  no_show: 'Did not come',
  left_unseen: 'Left unseen',
};

const MAY_BEGIN = ['confirmed', 'arrived'];
/** As many as one page lists. */
const MOST_PATIENTS = 200;
const TO_COME = ['confirmed', 'paused', 'arrived'];

/** A step as the desk shows it. */
export type DeskStep = StepWords & Pick<GateStep, 'code' | 'state'>;

/** The desk of the practitioner who acts; for anybody else it does not exist (P1). */
export async function requireDesk(trx: Trx, actor: Actor): Promise<Desk> {
  const accountId = accountOf(actor);
  const desk = accountId === null ? undefined : await findDesk(trx, accountId);
  if (desk === undefined) throw new Refusal('not_found');
  return desk;
}

/** The steps of a treatment in this reader's words. Only the prescriber reads clinical reasons (G4). */
export function shownSteps(
  facts: GateFacts,
  people: StepPeople,
  { isPrescriber }: { isPrescriber: boolean },
): DeskStep[] {
  const withdrawn = facts.consent?.state === 'withdrawn';
  return evaluateGate(facts, 'start').map((step) => {
    const words = wordsForPractitioner(step, people, { isPrescriber, withdrawn });
    // The day on which a veiled step opens would tell what the veil hides.
    const isVeiled = words.why === 'Prescriber review needed.' && !isPrescriber;
    const opensAt = step.state === 'not_yet' && !isVeiled ? step.opensAt : null;
    return {
      ...words,
      ...(opensAt === null ? {} : { opens: formatDayTime(opensAt, facts.timeZone) }),
      code: step.code,
      state: step.state,
    };
  });
}

/** Today: who comes, what each still lacks, what needs an answer, and all that was given under this name. */
export async function readDesk(db: Db, actor: Actor) {
  return transact(db, actor, async (trx) => {
    const desk = await requireDesk(trx, actor);
    const visits = await findVisits(trx, desk.id, desk.today, desk.today);
    const facts = await factsOf(trx, visits);
    const urgent = await findUrgent(trx, desk.id);
    const given = await findGiven(trx, desk.id, desk.today);
    const toDecide = await findAnswersToDecide(trx, desk.id);
    await recordPatientsRead(trx, 'desk.read', desk, [...visits, ...urgent, ...given, ...toDecide]);
    return {
      name: desk.name,
      day: formatDay(desk.now, desk.timeZone),
      zone: formatZone(desk.timeZone),
      presence: await readPresence(trx, desk.id),
      /** Where nobody comes today: who comes next, without a name. */
      next: visits.length > 0 ? null : await nextVisit(trx, desk),
      visits: visits.map((visit) => ({
        ...shownVisit(visit),
        // The database judges again; here it only spares a press that would be refused.
        mayBegin: visit.kind !== 'treatment' && MAY_BEGIN.includes(visit.state) && isNear(visit, desk),
        missing: TO_COME.includes(visit.state) ? missingBefore(visit, facts.get(visit.id), desk) : [],
      })),
      urgent: urgent.map((contact) => ({
        id: contact.id,
        appointmentId: contact.appointmentId,
        patientName: contact.patientName,
        message: contact.message,
        photoId: contact.photoId,
        phone: contact.phone,
        sent: formatDayTime(contact.createdAt, contact.timeZone),
      })),
      toDecide: toDecide.map((change) => ({
        healthAnswersId: change.healthAnswersId,
        appointmentId: change.appointmentId,
        patientName: change.patientName,
        answered: formatDayTime(change.answeredAt, change.timeZone),
        changes: changedAnswers(change.before, change.answers),
      })),
      given: given.map((treatment) => ({
        appointmentId: treatment.appointmentId,
        patientName: treatment.patientName,
        by: treatment.isMine ? 'you' : treatment.injectorName,
        time: formatTime(treatment.startedAt, treatment.timeZone),
        productName: treatment.productName ?? 'Nothing written yet',
        dose: dose(treatment.units, treatment.unitSystem),
        stateText: STATE_WORDS[treatment.state] ?? treatment.state,
        deviations: treatment.deviations.map((kind) => DEVIATION_WORDS[kind as DeviationKind]),
      })),
    };
  });
}

async function nextVisit(trx: Trx, desk: Desk) {
  const next = await findNextVisit(trx, desk.id, desk.today);
  return next === undefined ? null : { id: next.id, when: formatDayTime(next.during.start!, next.timeZone) };
}

/** From one hour before its time until twelve hours after. */
function isNear({ during }: DeskVisit, { now }: Desk): boolean {
  const [from, until] = [during.start!.subtract({ hours: 1 }), during.end!.add({ hours: 12 })];
  return Temporal.Instant.compare(from, now) <= 0 && Temporal.Instant.compare(now, until) <= 0;
}

/** Everybody whom this practitioner sees, prescribes for or treats; those of a name, where one is looked for. */
export async function readMyPatients(
  db: Db,
  actor: Actor,
  { name = '', most = MOST_PATIENTS }: { name?: string; most?: number } = {},
) {
  return transact(db, actor, async (trx) => {
    const desk = await requireDesk(trx, actor);
    const { rows, total } = await findMyPatients(trx, desk.id, { name, most });
    await recordPatientsRead(
      trx,
      'list.read',
      desk,
      rows.map(({ id }) => ({ patientId: id })),
    );
    return {
      total,
      patients: rows.map(({ id, name, dateOfBirth, timeZone, last, next }) => ({
        id,
        name,
        born: formatCalendarDate(dateOfBirth),
        last: last && visitLink(last, timeZone),
        next: next && visitLink(next, timeZone),
      })),
    };
  });
}

/** What a patient answers otherwise than the consultation had it. */
export function changedAnswers(before: unknown, now: unknown) {
  const earlier = new Map(describeHealthAnswers(before).map(({ code, answer }) => [code, answer]));
  return describeHealthAnswers(now)
    .map((line) => ({ ...line, before: earlier.get(line.code) ?? 'Not answered' }))
    .filter(({ answer, before: said }) => answer !== said);
}

/** What answers raise, in one line each: weight, finding, and what was answered. */
export function raisedInWords(answers: unknown): string[] {
  return raisedBy(answers).map(({ finding, severity, question, answer }) => {
    const text = CONTRAINDICATIONS.find(({ code }) => code === finding)?.text ?? finding;
    return `${SEVERITY_WORDS[severity]}: ${text}. “${question}” ${answer}.`;
  });
}

/** The kind of a visit, and its name. A top-up is a treatment within what was kept back, and called by its own. */
export function kindOf(visit: { kind: string; topUpOfId?: string | null }): {
  kind: VisitKind;
  name: string;
} {
  const kind = visit.kind as VisitKind;
  return { kind, name: visit.topUpOfId ? 'Top-up' : VISIT_NAMES[kind] };
}

function shownVisit(visit: DeskVisit) {
  return {
    id: visit.id,
    ...kindOf(visit),
    state: visit.state,
    stateText: STATE_WORDS[visit.state] ?? visit.state,
    patientName: visit.patientName,
    word: TO_COME.includes(visit.state) ? wordInWords(visit) : '',
    start: visit.during.start!.toString(),
    startText: formatTime(visit.during.start!, visit.timeZone),
    end: visit.during.end!.toString(),
    endText: formatTime(visit.during.end!, visit.timeZone),
  };
}

/** Each treatment asks its gate; all of them in one query. */
function factsOf(trx: Trx, visits: readonly DeskVisit[]): Promise<Map<string, GateFacts>> {
  return findGateFacts(
    trx,
    visits.flatMap(({ id, prescriptionId, state }) =>
      prescriptionId !== null && TO_COME.includes(state) ? [{ prescriptionId, appointmentId: id }] : [],
    ),
  );
}

/** What a visit that is to come still lacks, and whose move that is. */
function missingBefore(visit: DeskVisit, facts: GateFacts | undefined, desk: Desk) {
  if (facts !== undefined) {
    const people = { prescriber: visit.prescriberName ?? '', injector: desk.name };
    return shownSteps(facts, people, { isPrescriber: visit.prescriberId === desk.id })
      .filter(({ state }) => state === 'not_yet')
      .map(({ title, why, whose }) => ({ title, why, whose }));
  }
  if (visit.kind !== 'consultation' || visit.hasHealthAnswers) return [];
  return [
    {
      title: 'Health answers',
      why: 'Not given yet. You can take them together at the visit.',
      whose: 'The patient’s',
    },
  ];
}

/** One line for each patient whose record somebody else has read (P2). */
async function recordPatientsRead(
  trx: Trx,
  action: string,
  desk: Desk,
  rows: readonly { patientId: string | null }[],
): Promise<void> {
  const patientIds = rows.flatMap(({ patientId }) => patientId ?? []);
  await recordPatientAudits(trx, patientIds, { action, subjectType: 'practitioner', subjectId: desk.id });
}

function visitLink({ id, kind, startsAt }: { id: string; kind: string; startsAt: string }, timeZone: string) {
  const date = formatDay(parseInstant(startsAt), timeZone);
  return { id, text: `${kindOf({ kind }).name}, ${date}` };
}
