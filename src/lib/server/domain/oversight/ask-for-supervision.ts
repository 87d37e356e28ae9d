import type { Db, Trx } from '#lib/server/platform/db.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { findSide, insertSupervision, type Side } from './queries.ts';
import { supervisionAsked, writeAboutSupervision } from './supervision-letters.ts';

/** Somebody who may not prescribe asks a listed prescriber to work with them there (G3). The question is half an agreement. */
export async function askForSupervision(
  db: Db,
  actor: Actor,
  link: string,
  { prescriberId, jurisdiction }: { prescriberId: string; jurisdiction: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const injector = await ownSide(trx, actor, jurisdiction);
    const prescriber = await findSide(trx, { practitionerId: prescriberId }, jurisdiction);
    if (injector.couldPrescribe) throw new Refusal('not_now');
    if (prescriber === undefined || !prescriber.isListed || !prescriber.mayPrescribe)
      throw new Refusal('nobody_to_ask');
    await ask(trx, { injector, prescriber, jurisdiction, askedBy: 'injector' }, link);
  });
}

/**
 * A prescriber asks somebody who may not prescribe, by the address of their account. Who has none there hears nothing, and
 * the prescriber is not told which it was.
 */
export async function inviteInjector(
  db: Db,
  actor: Actor,
  link: string,
  { email, jurisdiction }: { email: string; jurisdiction: string },
): Promise<void> {
  await transact(db, actor, async (trx) => {
    const prescriber = await ownSide(trx, actor, jurisdiction);
    if (!prescriber.mayPrescribe) throw new Refusal('capability_missing');
    const injector = await findSide(trx, { email }, jurisdiction);
    if (injector === undefined || injector.couldPrescribe || injector.id === prescriber.id) return;
    await ask(trx, { injector, prescriber, jurisdiction, askedBy: 'prescriber' }, link);
  });
}

async function ownSide(trx: Trx, actor: Actor, jurisdiction: string): Promise<Side> {
  const accountId = accountOf(actor);
  const side = accountId === null ? undefined : await findSide(trx, { accountId }, jurisdiction);
  if (side === undefined) throw new Refusal('not_found');
  return side;
}

async function ask(trx: Trx, about: Parameters<typeof insertSupervision>[1], link: string): Promise<void> {
  const supervisionId = await insertSupervision(trx, about);
  const [from, to] =
    about.askedBy === 'injector' ? [about.injector, about.prescriber] : [about.prescriber, about.injector];
  const letter = supervisionAsked({
    from: from.name,
    place: from.place,
    injector: about.injector.name,
    prescriber: about.prescriber.name,
    link,
  });
  await writeAboutSupervision(trx, to, 'supervision_asked', `supervision:${supervisionId}:asked`, letter);
  await recordAudit(trx, {
    stream: { kind: 'practitioner', id: about.injector.id },
    action: 'supervision.ask',
    subjectType: 'supervision',
    subjectId: supervisionId,
    detail: { by: about.askedBy },
  });
}
