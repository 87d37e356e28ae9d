import { plural } from '#lib/format/words.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { linesOf } from '../credentials/application-reads.ts';
import { CREDENTIAL_KINDS } from '../credentials/kinds.ts';
import { checkRegisterNumber, registers, type RegisterCode } from '../credentials/registers.ts';
import type { CredentialKind } from '../policy/codes.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { formatCalendarDate, formatDateTime, formatDayTime } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { requireStaff } from './access.ts';
import * as rows from './page-queries.ts';
import {
  CASE_STATES,
  CHECK_METHODS,
  CHECK_FINDINGS,
  risksOf,
  whyNot,
  type CaseState,
  type CheckMethod,
  type CheckFinding,
} from './vetting.ts';

/** Staff read one clock, whoever and wherever they are. */
const STAFF_ZONE = 'Europe/London';
const LAPSING_WITHIN_DAYS = 60;
const PEOPLE_SHOWN = 25;
/** An applicant hears within 30 days (NCQA standards 2025), so a week before that it is due. */
const ANSWER_DUE_DAYS = 23;

/** The open cases: those whose answer is due, then those that ask for care, and of equals the oldest first. */
export async function readQueue(db: Db, actor: Actor) {
  const accountId = await requireStaff(db, actor, 'reviewer');
  const cases = (await rows.findOpenCases(db)).map((row) => ({
    id: row.id,
    name: row.name,
    profession: row.profession,
    place: row.place,
    state: CASE_STATES[row.state as CaseState],
    daysWaiting: daysBetween(row.submittedAt, row.now),
    isLate: daysBetween(row.submittedAt, row.now) >= ANSWER_DUE_DAYS,
    risks: risksOf({
      wasSuspended: row.wasSuspended,
      refusals: row.refusals,
      credentials: row.credentials.map(riskFacts),
    }),
    toCheck: row.credentials.filter(
      ({ daysLeft, lastResult }) => daysLeft > 0 && (lastResult === null || lastResult === 'unreachable'),
    ).length,
    isYourMove: whyNot(row.state === 'submitted' ? 'complete' : 'decide', row, accountId) === null,
  }));
  // Stable: among those of equal risk the oldest stays first. Whose answer is due waits for no risk.
  return cases.sort((a, b) => Number(b.isLate) - Number(a.isLate) || b.risks.length - a.risks.length);
}

function daysBetween(from: Temporal.Instant, to: Temporal.Instant): number {
  return Math.floor(to.since(from).total('hours') / 24);
}

/** One case: every claim beside its evidence, what approval would mean, what may be done now, and what happened so far. */
export async function readCase(db: Db, actor: Actor, caseId: string) {
  const accountId = await requireStaff(db, actor, 'reviewer');
  const row = await rows.findCase(db, caseId);
  if (row === undefined) throw new Refusal('not_found');
  // As the reviewer: row security shows files to nobody else.
  const credentials = await transact(db, actor, (trx) => rows.findCredentialsOfCase(trx, caseId));
  const required = await rows.findRequiredOfCase(db, caseId);
  const capabilities = await rows.findCapabilitiesOfCase(db, caseId);
  const history = await rows.findHistory(db, row.practitionerId);

  // Before the checks are complete: what they would come to if they were complete now.
  const evidence = credentials.filter(({ kind, isEvidence, result, daysLeft }) =>
    row.state === 'submitted'
      ? result === 'confirmed' && daysLeft > 0 && required.includes(kind)
      : isEvidence,
  );
  const confirmed = new Set(evidence.map(({ kind }) => kind));
  const longest = [...confirmed].map((kind) =>
    evidence
      .filter((one) => one.kind === kind)
      .reduce((end, { endsOn }) => (endsOn > end ? endsOn : end), ''),
  );
  return {
    id: row.id,
    state: row.state as CaseState,
    stateText: CASE_STATES[row.state as CaseState],
    practitioner: {
      id: row.practitionerId,
      slug: row.slug,
      name: row.name,
      familyName: row.familyName,
      profession: row.profession,
      isListed: row.isListed,
      isSuspended: row.standing === 'suspended',
      practisingSince: row.practisingSince,
      outOfHours: row.outOfHours,
      recordsCustodian: row.recordsCustodian,
      headline: row.headline,
      biography: row.biography,
      clinics: row.clinics,
      supervisors: row.supervisors,
    },
    jurisdiction: row.jurisdiction,
    place: row.place,
    submitted: formatDateTime(row.submittedAt, STAFF_ZONE),
    note: row.note,
    risks: risksOf({
      wasSuspended: row.wasSuspended,
      refusals: history.filter(({ what, caseId: about }) => what === 'not_approved' && about !== row.id)
        .length,
      credentials: credentials.map(riskFacts),
    }),
    credentials: credentials.map(shownCredential),
    approval: {
      missing: required
        .filter((kind) => !confirmed.has(kind))
        .map((kind) => CREDENTIAL_KINDS[kind as CredentialKind].name),
      capabilities: capabilities
        .filter(({ requiredCredential: needs }) => needs === null || confirmed.has(needs))
        .map(({ capability }) => capability),
      needsSupervisor: capabilities.every(({ capability }) => capability !== 'prescribe'),
      until: longest.length > 0 ? formatCalendarDate(longest.sort()[0]!) : null,
    },
    whyNot: {
      check: whyNot('check', row, accountId),
      complete: whyNot('complete', row, accountId) ?? uncheckedIn(credentials),
      decide: whyNot('decide', row, accountId),
    },
    history: history.map(({ at, ...event }) => ({ ...event, at: formatDateTime(at, STAFF_ZONE) })),
  };
}

/** Practitioners by name, for a reviewer or operator who looks for one. */
export async function readPractitioners(db: Db, actor: Actor, name: string) {
  await requireStaff(db, actor, 'reviewer', 'operator');
  return name === '' ? [] : rows.findPractitioners(db, name, PEOPLE_SHOWN);
}

/** Whom a suspension would be about, and how many appointments it would end. */
export async function readForSuspension(db: Db, actor: Actor, practitionerId: string) {
  await requireStaff(db, actor, 'reviewer', 'operator');
  const found = await rows.findForSuspension(db, practitionerId);
  if (found === undefined) throw new Refusal('not_found');
  const { name, standing, accountId, upcoming } = found;
  return { name, upcoming, isSuspended: standing === 'suspended', isYou: accountId === accountOf(actor) };
}

/** What an operator looks at every morning. */
export async function readOperations(db: Db, actor: Actor) {
  await requireStaff(db, actor, 'operator');
  const counts = new Map((await rows.countByListing(db)).map(({ state, people }) => [state, people]));
  const lapsing = (await rows.findLapsingSoon(db, LAPSING_WITHIN_DAYS)).map((one) => ({
    ...one,
    until: formatDateTime(one.until, STAFF_ZONE),
  }));
  return {
    counts: Object.entries(LISTING_STATES).map(([state, text]) => ({ text, people: counts.get(state) ?? 0 })),
    lapsing: [7, 30, LAPSING_WITHIN_DAYS].map((days, index, limits) => ({
      days,
      people: lapsing.filter(
        ({ daysLeft }) => daysLeft <= days && daysLeft > (limits[index - 1] ?? -Infinity),
      ),
    })),
    suspended: (await rows.findSuspended(db)).map((one) => ({
      ...one,
      at: one.at && formatDateTime(one.at, STAFF_ZONE),
    })),
    reviewsOnHold: (await rows.findReviewsOnHold(db)).map(({ at, timeZone, ...visit }) => ({
      ...visit,
      at: formatDayTime(at, timeZone),
    })),
    jobs: (await rows.findJobSummary(db)).map((job) => ({
      ...job,
      oldestDueAt: job.oldestDueAt && formatDateTime(job.oldestDueAt, STAFF_ZONE),
    })),
  };
}

const LISTING_STATES = {
  listed: 'Listed',
  waiting: 'First checks under way',
  lapsed: 'Lapsed, or something is missing',
  suspended: 'Suspended',
  withdrawn: 'Withdrawn',
  not_applied: 'Not applied',
};

function riskFacts(credential: {
  register: string | null;
  number: string;
  daysLeft: number;
  lastResult?: string | null;
  result?: string | null;
  handsOn: boolean | null;
}) {
  return {
    isOnlineOnly: credential.handsOn === false,
    numberFits: numberFits(credential),
    daysLeft: credential.daysLeft,
    lastResult: (credential.lastResult ?? credential.result ?? null) as CheckFinding | null,
  };
}

/** The same question that `completeChecks` asks of the database, in words. */
function uncheckedIn(credentials: readonly rows.CredentialRow[]): string | null {
  const unchecked = credentials.filter(
    ({ daysLeft, result }) =>
      daysLeft > 0 && (result === null || result === 'unreachable' || result === 'unclear'),
  );
  if (unchecked.length === 0) return null;
  return `${plural(unchecked.length, 'credential')} still to be checked. Then a second reviewer decides.`;
}

function numberFits({ register, number }: { register: string | null; number: string }): boolean {
  return register === null || checkRegisterNumber(register as RegisterCode, number).ok;
}

function shownCredential(credential: rows.CredentialRow) {
  const register = credential.register === null ? null : registers[credential.register as RegisterCode];
  return {
    id: credential.id,
    kind: CREDENTIAL_KINDS[credential.kind as CredentialKind].name,
    title: credential.title,
    issuer: credential.issuer,
    register: register && {
      name: register.name,
      numberName: register.numberName,
      number: credential.number,
      fits: numberFits(credential),
      formatHint: register.formatHint,
      searchUrl: register.searchUrl,
    },
    lines: linesOf(credential, register),
    files: credential.files.map(({ bytes, ...file }) => ({
      ...file,
      size: `${Math.max(1, Math.round(bytes / 1024)).toLocaleString('en-GB')} kB`,
      isPicture: file.type !== 'application/pdf',
    })),
    isCurrent: credential.daysLeft > 0,
    daysLeft: credential.daysLeft,
    lastCheck: credential.checkedAt && {
      at: formatDateTime(credential.checkedAt, STAFF_ZONE),
      by: credential.checkedBy ?? 'Compared by Steadyhand',
      source: credential.source,
      sourceUrl: credential.sourceUrl,
      method: CHECK_METHODS[credential.method as CheckMethod],
      result: credential.result as CheckFinding,
      resultText: CHECK_FINDINGS[credential.result as CheckFinding],
      note: credential.note,
    },
  };
}
