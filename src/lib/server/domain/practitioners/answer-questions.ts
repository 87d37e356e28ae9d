import { appNow } from '#lib/server/platform/clock.ts';
import type { Db, Queryable, Trx } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { capabilitiesFor } from '../policy/capabilities.ts';
import { ANNOTATIONS, JURISDICTION_FACTS, type Jurisdiction, type Profession } from '../policy/codes.ts';
import { policyOf } from '../policy/reads.ts';
import type { Actor } from '../shared/actor.ts';
import { localDate } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { lockOwnApplication } from './access.ts';
import type { Cover, Fees, Location, Profile, You } from './input.ts';
import * as rows from './queries.ts';
import { recordProfileChange } from './record-profile-change.ts';

type Where = { applicationId: string };

/**
 * Keeps who the applicant is. The address of the public page follows the name until somebody was approved under it; from
 * then on what was checked stays (`checked_stays`), and changes by two reviewers.
 */
export async function saveYou(db: Db, actor: Actor, { applicationId }: Where, you: You): Promise<void> {
  await save(db, actor, applicationId, 'you', async (trx, { practitionerId }) => {
    await rows.updateYou(trx, practitionerId, you);
    await rows.updatePerson(trx, practitionerId, you);
  });
}

/** Keeps what patients read about the applicant. The wording was judged with the input. */
export async function saveProfile(
  db: Db,
  actor: Actor,
  { applicationId }: Where,
  profile: Profile,
): Promise<void> {
  await save(db, actor, applicationId, 'profile', (trx, { practitionerId }) =>
    rows.updateProfile(trx, practitionerId, profile),
  );
}

/** Keeps who answers out of hours and who keeps the records (L8). */
export async function saveCover(db: Db, actor: Actor, { applicationId }: Where, cover: Cover): Promise<void> {
  await save(db, actor, applicationId, 'cover', (trx, { practitionerId }) =>
    rows.updateCover(trx, practitionerId, cover),
  );
}

/** A town that the name may mean, to be chosen from. */
export interface TownChoice {
  value: string;
  label: string;
}
const TOWNS_SHOWN = 6;

/**
 * Keeps the address, put on the map and on the clock of its town. A name that is not exactly one town of the
 * jurisdiction changes nothing and answers those it may mean; none at all is refused (`place_unknown`).
 */
export async function saveLocation(
  db: Db,
  actor: Actor,
  { applicationId }: Where,
  location: Location,
): Promise<{ saved: true } | { saved: false; towns: TownChoice[] }> {
  return transact(db, actor, async (trx) => {
    const application = await lockOwnApplication(trx, actor, applicationId);
    // What patients have booked at an address is not moved under them, nor is where colleagues work.
    const { locationId, practitionerId, wasApproved } = application;
    if (locationId !== null && (wasApproved || (await rows.isShared(trx, locationId, practitionerId))))
      throw new Refusal('checked_stays');
    const found = await meantTown(trx, application.place, location);
    if ('towns' in found) return { saved: false, towns: found.towns };
    if (locationId === null) await rows.insertLocation(trx, application, location, found.town);
    else await rows.updateLocation(trx, locationId, location, found.town);
    await note(trx, application, 'location');
    return { saved: true };
  });
}

/** Keeps what a first talk costs and how long it takes, or the length of a visit where somebody holds no first talks. */
export async function saveFees(db: Db, actor: Actor, { applicationId }: Where, fees: Fees): Promise<void> {
  await save(db, actor, applicationId, 'fees', async (trx, application) => {
    const { locationId, jurisdiction, profession } = application;
    if (locationId === null) throw new Refusal('not_now');
    const { practitionerId } = application;
    await rows.savePractice(
      trx,
      { practitionerId, locationId },
      fees,
      await termsOf(trx, jurisdiction, profession),
    );
  });
}

/** In which currency somebody asks for fees there, and whether the minutes are those of a consultation. */
export async function termsOf(db: Queryable, jurisdiction: Jurisdiction, profession: Profession) {
  const today = Temporal.PlainDate.from(localDate(await appNow(db), 'UTC'));
  const may = capabilitiesFor(await policyOf(db, jurisdiction, today), profession, ANNOTATIONS);
  return { mayConsult: may.includes('consult'), currency: JURISDICTION_FACTS[jurisdiction].currency };
}

/** The one town of a jurisdiction that is meant, or those that it may be; none at all is refused (`place_unknown`). */
export async function meantTown(
  db: Queryable,
  place: string,
  location: Pick<Location, 'town' | 'placeId'>,
): Promise<{ town: rows.Town } | { towns: TownChoice[] }> {
  const asked = { name: location.town, id: location.placeId };
  const towns = await rows.findTowns(db, place, asked, TOWNS_SHOWN);
  if (towns.length === 0) throw new Refusal('place_unknown', { field: 'town' });
  const [town, ...others] = towns;
  const isMeant = (one: rows.Town) => plain(one.name) === plain(location.town);
  return location.placeId === null && (!isMeant(town!) || others.some(isMeant))
    ? { towns: towns.map(({ id, name, region }) => ({ value: String(id), label: `${name}, ${region}` })) }
    : { town: town! };
}

async function save(
  db: Db,
  actor: Actor,
  applicationId: string,
  step: string,
  write: (trx: Trx, application: rows.OwnApplication) => Promise<void>,
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const application = await lockOwnApplication(trx, actor, applicationId);
    await write(trx, application);
    await note(trx, application, step);
  });
}

/** Who is listed already is found by the new answer; of somebody who is not, nothing is shown yet. */
async function note(trx: Trx, application: rows.OwnApplication, step: string): Promise<void> {
  if (application.wasApproved) await recordProfileChange(trx, application.practitionerId);
  await recordAudit(trx, {
    stream: { kind: 'practitioner', id: application.practitionerId },
    action: 'application.answer',
    subjectType: 'application',
    subjectId: application.id,
    detail: { step },
  });
}

/** Lower case without accents, as the gazetteer compares names. */
function plain(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
}
