import { appNow } from '#lib/server/platform/clock.ts';
import type { Db, Queryable } from '#lib/server/platform/db.ts';
import { capabilitiesFor } from '../policy/capabilities.ts';
import {
  ANNOTATIONS,
  JURISDICTION_FACTS,
  JURISDICTIONS,
  PROFESSION_NAMES,
  type CredentialKind,
  type Jurisdiction,
} from '../policy/codes.ts';
import type { Policy } from '../policy/evaluate.ts';
import { policyOf } from '../policy/reads.ts';
import { professionsOf } from '../policy/requirements.ts';
import { requireOwnApplication } from '../practitioners/access.ts';
import { languageName } from '../practitioners/languages.ts';
import { PROFESSION_MEANINGS } from '../practitioners/professions.ts';
import {
  findAnswers,
  findFees,
  findLocation,
  findOwnApplications,
  type OwnApplication,
} from '../practitioners/queries.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { formatCalendarDate, formatDate, localDate } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { fieldsOf } from './claim.ts';
import { CREDENTIAL_KINDS } from './kinds.ts';
import { findCases, findClaims, findSupervisors, type ClaimRow } from './queries.ts';
import { askedOf, lackOf, type Asked } from './requirements.ts';
import { isRegister, registers } from './registers.ts';

/** The question pages of an application, credentials apart. */
export type StepName = 'you' | 'profile' | 'location' | 'fees' | 'cover' | 'supervision';

export interface Step {
  name: StepName | 'credential';
  /** Of a credential. */
  kind: CredentialKind | null;
  title: string;
  /** Why it is asked for. */
  why: string;
  /** What is missing, in a sentence; null when nothing is. */
  missing: string | null;
  /** Whether reviewers begin without it. */
  canWait: boolean;
}

/** Where somebody can apply, and as what: data of policy, as of today. */
export async function readChoices(db: Db, jurisdiction: Jurisdiction | null) {
  const places = JURISDICTIONS.map((code) => ({ value: code, label: JURISDICTION_FACTS[code].name }));
  if (jurisdiction === null) return { places, professions: [] };
  const policy = await policyOf(db, jurisdiction, await today(db));
  return {
    places,
    professions: professionsOf(policy).map((code) => ({
      value: code,
      label: PROFESSION_NAMES[code],
      hint: PROFESSION_MEANINGS[code],
    })),
  };
}

/** The acting account's applications, the newest first. */
export async function readOwnApplications(db: Db, actor: Actor): Promise<{ id: string; place: string }[]> {
  const accountId = accountOf(actor);
  if (accountId === null) throw new Refusal('not_found');
  return (await findOwnApplications(db, accountId)).map(({ id, place }) => ({ id, place }));
}

/** Everything that the pages of an application show: what was answered, what is missing and why, what came of it. */
export function readApplication(db: Db, actor: Actor, applicationId: string) {
  // As the actor: row security shows files to nobody else.
  return transact(db, actor, (trx) => shownApplication(trx, actor, applicationId));
}
async function shownApplication(db: Queryable, actor: Actor, applicationId: string) {
  const application = await requireOwnApplication(db, actor, applicationId);
  const facts = await factsOf(db, application);
  const { policy, answers, location, fees, claims, asked, mayConsult } = facts;
  const cases = await findCases(db, application);
  const supervisors = await findSupervisors(db, application);
  const latest = cases[0];
  const steps = stepsOf(application, facts, supervisors);
  return {
    id: application.id,
    profession: PROFESSION_NAMES[application.profession],
    place: application.place,
    jurisdiction: application.jurisdiction,
    isOpen: application.isOpen,
    wasApproved: application.wasApproved,
    canChangeProfession: cases.length === 0,
    steps,
    canSubmit: !application.isOpen && steps.every(({ missing, canWait }) => missing === null || canWait),
    slug: answers.slug,
    isListed: latest?.isListed ?? false,
    listedUntil: latest?.listedUntil ? formatDate(latest.listedUntil, ZONE) : null,
    answers: { ...answers, languages: answers.languages.map(languageName) },
    location: location && {
      ...location,
      // Patients have booked there: it moves with them, not with a form.
      isFixed: application.wasApproved,
    },
    fees: fees && {
      amount: (fees.fee / 100).toFixed(2).replace(/\.00$/, ''),
      covers: fees.covers,
      minutes: mayConsult ? fees.consultationMinutes : fees.treatmentMinutes,
    },
    currency: JURISDICTION_FACTS[application.jurisdiction].currency,
    mayConsult,
    credentials: asked.map((one) => shownCredential(one, facts)),
    trainingHours: policy.training_hours,
    supervisors,
    cases: cases.map(({ submittedAt, decidedAt, ...one }) => ({
      id: one.id,
      state: one.state,
      reason: one.reason,
      note: one.note,
      submitted: formatDate(submittedAt, ZONE),
      decided: decidedAt && formatDate(decidedAt, ZONE),
    })),
    claimed: claims.length,
  };
}

/** The requirement behind one credential page: which questions it asks and of which register. */
export async function readAsked(db: Db, actor: Actor, applicationId: string, kind: string): Promise<Asked> {
  const application = await requireOwnApplication(db, actor, applicationId);
  const policy = await policyOf(db, application.jurisdiction, await today(db));
  const asked = askedOf(policy, application.profession).find((one) => one.kind === kind);
  if (asked === undefined) throw new Refusal('not_found');
  return asked;
}

/** What still keeps an application from being checked; empty when nothing does. */
export async function missingOf(db: Queryable, application: OwnApplication): Promise<string[]> {
  const steps = stepsOf(application, await factsOf(db, application), []);
  return steps.filter(({ missing, canWait }) => missing !== null && !canWait).map(({ title }) => title);
}

/** Dates of an application are read where its people are; a day more or less decides nothing here. */
const ZONE = 'UTC';

async function today(db: Queryable): Promise<Temporal.PlainDate> {
  return Temporal.PlainDate.from(localDate(await appNow(db), ZONE));
}

interface Facts {
  policy: Policy;
  asked: Asked[];
  answers: Awaited<ReturnType<typeof findAnswers>>;
  location: Awaited<ReturnType<typeof findLocation>> | null;
  fees: Awaited<ReturnType<typeof findFees>> | null;
  claims: ClaimRow[];
  mayConsult: boolean;
  mayPrescribe: boolean;
}

async function factsOf(db: Queryable, application: OwnApplication): Promise<Facts> {
  const { practitionerId, locationId, profession, jurisdiction } = application;
  const policy = await policyOf(db, jurisdiction, await today(db));
  const may = capabilitiesFor(policy, profession, ANNOTATIONS);
  return {
    policy,
    asked: askedOf(policy, profession),
    answers: await findAnswers(db, practitionerId),
    location: locationId === null ? null : await findLocation(db, locationId),
    fees: locationId === null ? null : ((await findFees(db, practitionerId, locationId)) ?? null),
    claims: await findClaims(db, application),
    mayConsult: may.includes('consult'),
    mayPrescribe: may.includes('prescribe'),
  };
}

function stepsOf(
  application: OwnApplication,
  { policy, asked, answers, location, fees, claims, mayConsult, mayPrescribe }: Facts,
  supervisors: readonly { isLive: boolean; name: string }[],
): Step[] {
  const step = (
    name: StepName,
    title: string,
    why: string,
    missing: string | false,
    canWait = false,
  ): Step => ({
    name,
    kind: null,
    title,
    why,
    missing: missing || null,
    canWait,
  });
  const supervisor = supervisors.find(({ isLive }) => isLive);
  return [
    step(
      'you',
      'You',
      'Your name as the register has it, so that we and your patients find the same person.',
      answers.languages.length === 0 && 'Not answered yet.',
    ),
    ...asked.map((one): Step => {
      const claim = claims.find(({ kind }) => kind === one.kind);
      return {
        name: 'credential',
        kind: one.kind,
        title: CREDENTIAL_KINDS[one.kind].name + (one.isRequired ? '' : ' (optional)'),
        why: CREDENTIAL_KINDS[one.kind].why,
        missing: lackOf(one, claim, policy),
        canWait: !one.isRequired && claim === undefined,
      };
    }),
    step(
      'location',
      'Where you see people',
      'A clinic address with its town: it puts you on the map and on the right clock.',
      location === null && 'Not answered yet.',
    ),
    step(
      'fees',
      mayConsult ? 'The first talk' : 'Your visits',
      mayConsult
        ? 'What it costs and how long you take for it. Patients see this before they book.'
        : 'How long a visit takes.',
      fees === null && (location === null ? 'Comes after the address.' : 'Not answered yet.'),
    ),
    step(
      'profile',
      'Your page',
      'What patients read about you, in your own words.',
      (answers.headline === '' || answers.biography === '' || answers.regions.length === 0) &&
        'Not answered yet.',
    ),
    step(
      'cover',
      'Out of hours, and records',
      'A patient with a drooping lid at night needs a person with a name. And somebody must keep the records when you cannot.',
      (answers.outOfHoursName === null ||
        answers.outOfHoursPhone === null ||
        answers.recordsCustodian === null) &&
        'Not answered yet.',
    ),
    ...(mayPrescribe
      ? []
      : [
          step(
            'supervision',
            'Who prescribes for your patients',
            `In ${application.place} your profession works with a prescriber who has seen the patient. You are listed once one of them has agreed.`,
            supervisor === undefined && 'No prescriber has agreed yet. We begin to check without it.',
            true,
          ),
        ]),
  ];
}

function shownCredential(one: Asked, { claims, policy }: Facts) {
  const claim = claims.find(({ kind }) => kind === one.kind);
  const register = isRegister(one.register) ? registers[one.register] : null;
  return {
    kind: one.kind,
    name: CREDENTIAL_KINDS[one.kind].name,
    why: CREDENTIAL_KINDS[one.kind].why,
    isRequired: one.isRequired,
    missing: lackOf(one, claim, policy),
    fields: fieldsOf(one.kind, one.register),
    register: register && {
      name: register.name,
      numberName: register.numberName,
      formatHint: register.formatHint,
      searchUrl: register.searchUrl,
    },
    /** What was last said, to be gone on from; the other annotation of the same register lends its number and end. */
    claim: claim ?? null,
    neighbour:
      one.register === null
        ? null
        : (claims.find(({ register: known, kind }) => known === one.register && kind !== one.kind) ?? null),
    lines: claim === undefined ? [] : linesOf(claim, register),
  };
}

/** A claim in words, for "check your answers" and for reviewers. */
export function linesOf(
  claim: Omit<ClaimRow, 'files' | 'isEvidence' | 'id' | 'kind' | 'register' | 'isCurrent'>,
  register: { numberName: string } | null,
): string[] {
  return [
    [claim.title, register === null ? claim.issuer : ''].filter((text) => text !== '').join(', '),
    claim.number === '' ? '' : `${register?.numberName ?? 'Number'} ${claim.number}`,
    claim.hours === null ? '' : `${claim.hours} hours`,
    claim.handsOn === null ? '' : claim.handsOn ? 'Hands-on, supervised' : 'Online theory only',
    claim.managesComplications === null
      ? ''
      : claim.managesComplications
        ? 'Covers complications'
        : 'Does not cover complications',
    claim.coversTreatment === null
      ? ''
      : claim.coversTreatment
        ? 'Covers this work'
        : 'Does not cover this work',
    claim.coversPrescribing === null
      ? ''
      : claim.coversPrescribing
        ? 'Covers prescribing for others'
        : 'Does not cover prescribing for others',
    `${formatCalendarDate(claim.startsOn)} to ${formatCalendarDate(claim.endsOn)}`,
  ].filter((text) => text !== '');
}
