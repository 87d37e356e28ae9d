import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { appNow } from '#lib/server/platform/clock.ts';
import type { Db, Queryable, Trx } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { PROFESSIONS, type Profession } from '../policy/codes.ts';
import { policyOf } from '../policy/reads.ts';
import { professionsOf } from '../policy/requirements.ts';
import type { Actor } from '../shared/actor.ts';
import { localDate } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { lockOwnApproved } from './access.ts';
import { meantTown, type TownChoice } from './answer-questions.ts';
import type { HighRiskKind } from './high-risk-change.ts';
import type { addressForm, nameForm, professionForm, sinceForm } from './input.ts';
import * as rows from './queries.ts';

type Own = Awaited<ReturnType<typeof lockOwnApproved>>;
type Values = Record<string, unknown>;

/** Asks that the name be another one. The address of the public page follows it once two reviewers agree. */
export async function askForName(
  db: Db,
  actor: Actor,
  { reason, ...name }: z.output<typeof nameForm>,
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const own = await lockOwnApproved(trx, actor);
    await ask(trx, own, { kind: 'name', locationId: null, reason }, () => name);
  });
}

/** Asks that the profession be another one; what the law lets nobody of it do is refused at once (`profession_not_here`). */
export async function askForProfession(
  db: Db,
  actor: Actor,
  { reason, profession }: z.output<typeof professionForm>,
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const own = await lockOwnApproved(trx, actor);
    if (!(await professionsFor(trx, own.id)).includes(profession))
      throw new Refusal('profession_not_here', { field: 'profession' });
    await ask(trx, own, { kind: 'profession', locationId: null, reason }, () => ({ profession }));
  });
}

/** The professions that the law lets do this work wherever somebody sees people. */
export async function professionsFor(db: Queryable, practitionerId: string): Promise<Profession[]> {
  const today = Temporal.PlainDate.from(localDate(await appNow(db), 'UTC'));
  const places = new Set((await rows.findOwnPlaces(db, practitionerId)).map((place) => place.jurisdiction));
  let professions: Profession[] = [...PROFESSIONS];
  for (const place of places) {
    const lawful = professionsOf(await policyOf(db, place, today));
    professions = professions.filter((profession) => lawful.includes(profession));
  }
  return professions;
}

/** Asks that the year of qualifying be another one. */
export async function askForSince(
  db: Db,
  actor: Actor,
  { reason, practisingSince }: z.output<typeof sinceForm>,
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const own = await lockOwnApproved(trx, actor);
    await ask(trx, own, { kind: 'practising_since', locationId: null, reason }, () => ({ practisingSince }));
  });
}

/** Asks that a place be called otherwise or be elsewhere; a name that is not exactly one town answers those it may mean. */
export async function askForAddress(
  db: Db,
  actor: Actor,
  { locationId }: { locationId: string },
  { reason, clinicName, phone, street, postcode, ...where }: z.output<typeof addressForm>,
): Promise<{ asked: true } | { asked: false; towns: TownChoice[] }> {
  return transact(db, actor, async (trx) => {
    const own = await lockOwnApproved(trx, actor);
    const place = (await rows.findOwnPlaces(trx, own.id)).find((one) => one.locationId === locationId);
    if (place === undefined) throw new Refusal('not_found');
    const now = await rows.findLocation(trx, locationId);
    const isSameTown = where.placeId === null && where.town === now.locality;
    const found = isSameTown ? null : await meantTown(trx, place.place, where);
    if (found !== null && 'towns' in found) return { asked: false, towns: found.towns };
    // Another clock would be another place: what was booked there stands on the clock of this one.
    if (found !== null && found.town.timeZone !== now.timeZone)
      throw new Refusal('not_now', { field: 'town' });

    await ask(trx, own, { kind: 'address', locationId, reason }, (before) => ({
      ...before,
      clinicName,
      phone,
      name: before.name === before.clinicName ? clinicName : before.name,
      street,
      postcode,
      // Part of a town that the new street may not be in.
      district: found === null && street === before.street ? before.district : '',
      ...(found !== null && {
        locality: found.town.name,
        latitude: found.town.latitude,
        longitude: found.town.longitude,
      }),
    }));
    return { asked: true };
  });
}

/** Takes back what one has asked for and nobody has decided yet. */
export async function withdrawChange(
  db: Db,
  actor: Actor,
  { changeId }: { changeId: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const { id } = await lockOwnApproved(trx, actor);
    await rows.takeHighRiskStep(trx, changeId, 'withdrawn', '');
    await note(trx, id, changeId, 'profile.withdraw');
  });
}

async function ask(
  trx: Trx,
  { id: practitionerId }: Own,
  about: { kind: HighRiskKind; locationId: string | null; reason: string },
  becomes: (before: Values) => Values,
): Promise<void> {
  const before = await rows.findCheckedNow(trx, { ...about, practitionerId });
  const after = becomes(before);
  if (isDeepStrictEqual(before, after)) throw new Refusal('nothing_changed');
  const changeId = await rows.insertHighRiskChange(trx, { ...about, practitionerId, after });
  await note(trx, practitionerId, changeId, 'profile.ask', { kind: about.kind });
}

async function note(
  trx: Trx,
  practitionerId: string,
  changeId: string,
  action: 'profile.ask' | 'profile.withdraw',
  detail: Record<string, string> = {},
): Promise<void> {
  await recordAudit(trx, {
    stream: { kind: 'practitioner', id: practitionerId },
    action,
    subjectType: 'high_risk_change',
    subjectId: changeId,
    detail,
  });
}
