import type { Db, Queryable, Trx } from '#lib/server/platform/db.ts';
import { recordPatientAudits } from '../audit/record-audit.ts';
import { freeSlots, slotDays } from '../availability/reads.ts';
import type { AppointmentKind } from '../availability/schedule.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { formatDate, formatDayTime, formatZone, localDate } from '../shared/dates.ts';
import { dayIn } from '../shared/days.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { may } from './appointment.ts';
import {
  findCaredFor,
  findCaredVisits,
  findCarersOf,
  findInvitation,
  findOwnPatient,
} from './carer-queries.ts';
import { carerMay, hashOfInvitation } from './carers.ts';
import { findNotice } from './day-queries.ts';
import { isLateCancel, mayMoveAlone, noticeWords } from './notice.ts';

/** How many days of free times one page shows. */
const PAGE_DAYS = 21;

const STATE_WORDS: Readonly<Record<string, string>> = {
  confirmed: 'Confirmed',
  paused: 'On hold: we will tell you',
  arrived: 'There now',
};

type CaredVisit = Awaited<ReturnType<typeof findCaredVisits>>[number];

/** An appointment as a carer sees it: when, where, with whom. Of what kind it is says nothing. */
function shownToCarer(visit: CaredVisit) {
  const start = visit.during.start!;
  return {
    id: visit.id,
    of: visit.givenName,
    start: start.toString(),
    when: formatDayTime(start, visit.timeZone),
    zone: formatZone(visit.timeZone),
    with: visit.practitionerName,
    clinicName: visit.clinicName,
    clinicPhone: visit.clinicPhone,
    address: visit.address,
    stateText: STATE_WORDS[visit.state] ?? '',
    mayMove: may('patient', 'move', visit.state) && carerMay('move', visit.kind),
    mayCancel: may('patient', 'cancel', visit.state),
  };
}

/** Whom the patient has let look after their appointments. */
export async function readMyCarers(db: Db, actor: Actor) {
  const accountId = accountOf(actor);
  const patient = accountId === null ? undefined : await findOwnPatient(db, accountId);
  if (patient === undefined) throw new Refusal('not_found');
  const carers = await findCarersOf(db, patient.id);
  return carers.map(({ expiresAt, ...carer }) => ({
    ...carer,
    openUntil: carer.name === null ? formatDate(expiresAt, 'UTC') : null,
  }));
}

/** The people whom a carer looks after, with their appointments to come. Each of them can see that it was read (P2). */
export async function readCaredFor(db: Db, actor: Actor) {
  const accountId = accountOf(actor);
  if (accountId === null) throw new Refusal('sign_in_needed');
  return transact(db, actor, async (trx) => {
    const people = await findCaredFor(trx, accountId);
    const visits = await findCaredVisits(trx, accountId);
    await auditReads(
      trx,
      people.map(({ patientId }) => patientId),
      accountId,
    );
    return people.map(({ carerId, patientId, givenName, familyName }) => ({
      carerId,
      name: `${givenName} ${familyName}`,
      givenName,
      visits: visits.filter((visit) => visit.patientId === patientId).map(shownToCarer),
    }));
  });
}

/** One appointment of somebody the actor looks after, and what the practice asks of who changes it. */
export async function readCaredVisit(db: Db, actor: Actor, appointmentId: string) {
  const { visit, notice } = await transact(db, actor, (trx) => requireCaredVisit(trx, actor, appointmentId));
  return {
    ...shownToCarer(visit),
    policy: noticeWords(notice),
    mayMoveAlone: mayMoveAlone(notice),
    wouldBeLate: isLateCancel(notice),
  };
}

/** The same, with other free times of the same practitioner at the same place. */
export async function readTimesForCared(db: Db, actor: Actor, appointmentId: string, fromDay: string | null) {
  const { visit, notice } = await transact(db, actor, (trx) => requireCaredVisit(trx, actor, appointmentId));
  const shown = { ...shownToCarer(visit), policy: noticeWords(notice) };
  const first = localDate(visit.now, visit.timeZone);
  const asked = dayIn(fromDay)?.toString() ?? first;
  const from = asked > first ? asked : first;
  const day = Temporal.PlainDate.from(from);
  const mayMove = shown.mayMove && mayMoveAlone(notice);
  const slots = mayMove
    ? await freeSlots(db, {
        practitionerIds: [visit.practitionerId],
        locationId: visit.locationId,
        kind: visit.kind as AppointmentKind,
        from,
        to: day.add({ days: PAGE_DAYS - 1 }).toString(),
        insteadOfBlockIds: visit.blockId === null ? [] : [visit.blockId],
        doubleLength: visit.isDouble,
      })
    : [];
  return {
    visit: { ...shown, mayMove },
    days: slotDays(slots.filter(({ start }) => !start.equals(visit.during.start!))),
    laterFrom: day.add({ days: PAGE_DAYS }).toString(),
  };
}

async function requireCaredVisit(trx: Trx, actor: Actor, appointmentId: string) {
  const accountId = accountOf(actor);
  const [visit] = accountId === null ? [] : await findCaredVisits(trx, accountId, appointmentId);
  if (accountId === null || visit === undefined) throw new Refusal('not_found');
  await auditReads(trx, [visit.patientId], accountId);
  return { visit, notice: await findNotice(trx, appointmentId) };
}

function auditReads(trx: Trx, patientIds: readonly string[], accountId: string): Promise<void> {
  return recordPatientAudits(trx, patientIds, {
    action: 'appointments.read_by_carer',
    subjectType: 'account',
    subjectId: accountId,
  });
}

/** Who asks, for the account whose address was invited; undefined for everybody else, whatever the reason. */
export async function readInvitation(db: Db, actor: Actor, code: string) {
  const accountId = accountOf(actor);
  if (accountId === null) throw new Refusal('sign_in_needed');
  const invitation = await findInvitation(db, hashOfInvitation(code), accountId);
  return (
    invitation && {
      from: `${invitation.givenName} ${invitation.familyName}`,
      givenName: invitation.givenName,
    }
  );
}

/** Whether an account looks after anybody. */
export async function caresForSomebody(db: Queryable, accountId: string): Promise<boolean> {
  return (await findCaredFor(db, accountId)).length > 0;
}
