import type { Queryable } from '#lib/server/platform/db.ts';
import type { SearchIndex } from '#lib/server/platform/search/port.ts';
import { enqueue } from '../shared/record-event.ts';
import type { EventType } from '../shared/events.ts';
import { makeDocuments, type ShownPractitioner } from './documents.ts';
import { deleteStale, findConcerned, findPassed, findStale, insertStale } from './queries.ts';

/** After these a practitioner is found otherwise than before, or free at other times. */
export const changingEvents: readonly EventType[] = [
  'practitioner.profile_changed',
  'practitioner.listed',
  'practitioner.suspended',
  'practitioner.lapsed',
  'practitioner.ended',
  'supervision.accepted',
  'supervision.ended',
  'schedule.changed',
  'appointment.held',
  'appointment.imported',
  'appointment.moved',
  'appointment.replaced',
  'appointment.rebooked',
  'appointment.cancelled',
  'appointment.paused',
  'appointment.resumed',
  'appointment.left_unseen',
  'appointment.no_show',
  'appointment.completed',
  'appointment.stopped',
];

const PRACTITIONERS_AT_ONCE = 250;
const PASSED_AT_ONCE = 2_000;
/** Jobs of this queue run one after the other: nothing older is written over anything newer. */
const QUEUE = 'search_index';

/** Notes that what search knows of whom an event concerns is out of date, and has it made anew. */
export async function noticeChange(db: Queryable, event: { subjectId: string }): Promise<void> {
  await markStale(db, await findConcerned(db, event.subjectId));
}

/** The same for practitioners, and for those whose patients they see first: these show the same times. */
export async function markStale(db: Queryable, practitionerIds: readonly string[]): Promise<void> {
  if (practitionerIds.length === 0) return;
  await insertStale(db, practitionerIds);
  await enqueue(db, 'refresh_documents', {}, { key: 'refresh_documents', queue: QUEUE });
}

/** Time alone changes when somebody is free next. */
export async function markPassed(db: Queryable): Promise<void> {
  await markStale(db, await findPassed(db, PASSED_AT_ONCE));
}

/**
 * Brings what search knows of all who were marked up to date; who is not listed is forgotten. Many changes of one
 * practitioner are one. Harmless when run twice, and when it breaks off.
 */
export async function refreshDocuments(db: Queryable, index: SearchIndex<ShownPractitioner>): Promise<void> {
  for (;;) {
    const stale = await findStale(db, PRACTITIONERS_AT_ONCE);
    if (stale.length === 0) return;
    const practitionerIds = stale.map(({ practitionerId }) => practitionerId);
    await index.put(practitionerIds, await makeDocuments(db, practitionerIds));
    await deleteStale(db, stale);
  }
}
