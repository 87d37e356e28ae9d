import { findViewer, startSession } from '#lib/server/domain/accounts/sessions.ts';
import type { Viewer } from '#lib/server/domain/accounts/viewer.ts';
import { later, passTime, type Signer } from '../../builders/act.ts';
import {
  bookTreatment,
  consulted,
  giveConsent,
  prescribe,
  reviewed,
  treat,
  type Treatment,
} from '../../builders/care.ts';
import { patient } from '../../builders/people.ts';
import type { World } from '../booking/world.ts';

export { as, expectRefusal, openWorld, type World } from '../booking/world.ts';

/** Somebody as pages know them who have just signed in. */
export async function viewerOf({ db, owner }: World, { accountId }: Signer): Promise<Viewer> {
  return (await findViewer(db, await startSession(owner, accountId)))!;
}

/** Somebody whom the injector treated under the prescriber, and saw again two weeks later. */
export async function treatedPatient({ owner, town }: World): Promise<Treatment> {
  await passTime(owner, { hours: 3 });
  const consultation = await consulted(owner, {
    patient: await patient(owner),
    prescriber: town.prescriber,
    where: town.leeds,
  });
  const consent = await giveConsent(owner, await prescribe(owner, consultation, { injector: town.injector }));
  await passTime(owner, { hours: 50 });
  const treatment = await bookTreatment(owner, consent, await later(owner));
  await treat(owner, treatment);
  await passTime(owner, { hours: 15 * 24 });
  await reviewed(owner, treatment);
  await passTime(owner, { hours: 3 });
  return treatment;
}
