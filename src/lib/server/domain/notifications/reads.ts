import type { Db } from '#lib/server/platform/db.ts';
import { accountOf, type Actor } from '../shared/actor.ts';
import type { EventType } from '../shared/events.ts';
import { isOptional, OPTIONAL_KINDS } from '../shared/letter-kinds.ts';
import { hashOfStop } from '../shared/queue-mail.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { ALWAYS_IN_WORDS, OPTIONAL_IN_WORDS } from './kinds-in-words.ts';
import { findBySecret, findChoices } from './message-queries.ts';
import { findEvent } from './queries.ts';

/** An event to be delivered, by id. */
export async function findDeliverable(
  db: Db,
  eventId: string,
): Promise<
  { id: string; type: EventType; subjectId: string; payload: Readonly<Record<string, string>> } | undefined
> {
  const event = await findEvent(db, eventId);
  return (
    event && {
      id: event.id,
      type: event.type as EventType,
      subjectId: event.subject_id,
      payload: event.payload as Record<string, string>,
    }
  );
}

/** How the actor wants their letters, for the page where they choose. */
export async function readMessageChoices(db: Db, actor: Actor) {
  const accountId = accountOf(actor);
  const found =
    accountId === null ? undefined : await transact(db, actor, (trx) => findChoices(trx, accountId));
  if (found === undefined) throw new Refusal('not_found');
  const { declined, timeZone, daySheet, ...choices } = found;
  const possible = OPTIONAL_KINDS.filter((kind) => kind !== 'day_sheet' || choices.isPractitioner);
  return {
    ...choices,
    timeZone: timeZone ?? 'Europe/London',
    wanted: possible.filter((kind) => !declined.includes(kind) && (kind !== 'day_sheet' || daySheet)),
    optional: possible.map((value) => ({ value, ...OPTIONAL_IN_WORDS[value] })),
    always: ALWAYS_IN_WORDS,
    timeZones: Intl.supportedValuesOf('timeZone').map((value) => ({
      value,
      label: value.replaceAll('_', ' ').replaceAll('/', ', '),
    })),
    hours: Array.from({ length: 24 }, (_, hour) => ({
      value: String(hour),
      label: `${String(hour).padStart(2, '0')}:00`,
    })),
  };
}

/** What a letter's link would stop; refused when there is no such letter. */
export async function readStop(db: Db, secret: string) {
  const found = await findBySecret(db, hashOfStop(secret));
  if (found === undefined || !isOptional(found.kind)) throw new Refusal('not_found');
  return { label: OPTIONAL_IN_WORDS[found.kind].label, isStopped: found.isStopped };
}
