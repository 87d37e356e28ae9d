import type { Db } from '#lib/server/platform/db.ts';
import { PROFESSION_NAMES } from '../policy/codes.ts';
import { requireOwnApproved } from '../practitioners/access.ts';
import { termsOf } from '../practitioners/answer-questions.ts';
import { professionsFor } from '../practitioners/ask-for-change.ts';
import { differences, FIELD_NAMES, KIND_NAMES, wordsOf } from '../practitioners/change-words.ts';
import { languageName } from '../practitioners/languages.ts';
import { PROFESSION_MEANINGS } from '../practitioners/professions.ts';
import * as own from '../practitioners/queries.ts';
import type { Actor } from '../shared/actor.ts';
import { formatCalendarDate, formatDate, formatDateTime } from '../shared/dates.ts';
import { Refusal } from '../shared/refusal.ts';
import { transact } from '../shared/transact.ts';
import { readProfile, type ListedProfile } from './profile.ts';
import { findTraining } from './queries.ts';

/** The desk of somebody with two places reads one clock: that of the first. */
const NO_PLACE_ZONE = 'UTC';
const CHANGES_SHOWN = 40;
/** About four sentences: less says little of how somebody works. */
const SHORT_BIOGRAPHY = 300;

const STATES = {
  asked: 'Waiting for a first reviewer',
  checked: 'A first reviewer has looked; a second one decides',
  accepted: 'Accepted',
  rejected: 'Not accepted',
  withdrawn: 'Taken back',
} as const;

const BY = {
  themselves: 'You',
  reviewers: 'Two reviewers, as you asked',
  system: 'Steadyhand',
  'a colleague': 'A colleague at this place',
} as const;

const TRAINING: Readonly<Record<string, string>> = {
  qualification: 'Qualification',
  toxin_training: 'Training in this treatment',
  life_support: 'Life support',
};

/** Something that patients would find missing, and why it matters to them. */
export interface Hint {
  text: string;
  why: string;
  /** Where it is answered: a field of the words, a place, the hours. */
  at: { field: 'headline' | 'biography' | 'pronouns' | 'regions' } | { locationId: string } | 'hours';
}

/**
 * The acting practitioner's own profile, once approved: what they say, as patients see it, what would be missed, what they
 * have asked to change of what was checked, and every change so far.
 */
export async function readOwnProfile(db: Db, actor: Actor) {
  // As the actor: row security shows changes to nobody else.
  const found = await transact(db, actor, async (trx) => {
    const me = await requireOwnApproved(trx, actor);
    const places = await own.findOwnPlaces(trx, me.id);
    return {
      me,
      answers: await own.findAnswers(trx, me.id),
      places: await Promise.all(
        places.map(async (place) => ({ ...place, ...(await own.findLocation(trx, place.locationId)) })),
      ),
      changes: await own.findOwnChanges(trx, me.id),
      history: await own.findHistory(trx, me.id, CHANGES_SHOWN),
      training: await findTraining(trx, me.id),
    };
  });
  const { me, answers, places, changes, history, training } = found;
  const profile = await readProfile(db, me.slug, 0);
  const shown = profile.listed ? profile : null;
  const zone = places[0]?.timeZone ?? NO_PLACE_ZONE;
  return {
    name: me.name,
    slug: me.slug,
    profession: PROFESSION_NAMES[me.profession],
    practisingSince: answers.practisingSince,
    familyName: answers.familyName,
    shown,
    words: asTyped(answers),
    places: places.map(({ locationId, clinicName, name, locality }) => ({
      locationId,
      name: name === clinicName ? name : `${name}, ${clinicName}`,
      locality,
    })),
    training: training.map((one) => ({
      what: TRAINING[one.kind] ?? one.kind,
      title: [one.title, one.issuer].filter(Boolean).join(', '),
      since: formatCalendarDate(one.since),
      isCurrent: one.isCurrent,
    })),
    hints: hintsOf(answers, places, shown),
    changes: changes.map((one) => ({
      id: one.id,
      what: KIND_NAMES[one.kind],
      isOpen: one.state === 'asked' || one.state === 'checked',
      state: STATES[one.state],
      differences: differences(one),
      asked: formatDate(one.askedAt, zone),
      decided: one.decidedAt && formatDate(one.decidedAt, zone),
      decisionReason: one.decisionReason,
    })),
    history: history.map((one) => ({
      id: one.id,
      what: FIELD_NAMES[one.field] ?? one.field,
      place: one.place,
      before: wordsOf(one.field, one.before),
      after: wordsOf(one.field, one.after),
      at: formatDateTime(one.at, zone),
      by: BY[one.by],
    })),
  };
}

/** What somebody says of themselves, as it stands in a form. */
export function asTyped(words: {
  headline: string;
  biography: string;
  regions: readonly string[];
  pronouns: string | null;
  gender: string | null;
  languages: readonly string[];
}) {
  return {
    headline: words.headline,
    biography: words.biography,
    regions: [...words.regions],
    pronouns: words.pronouns ?? '',
    gender: words.gender ?? '',
    languages: words.languages.map(languageName).join(', '),
  };
}

/** One place of the acting practitioner: what is said of it, and the address as it was checked. */
export async function readOwnPlace(db: Db, actor: Actor, locationId: string) {
  return transact(db, actor, async (trx) => {
    const me = await requireOwnApproved(trx, actor);
    const place = (await own.findOwnPlaces(trx, me.id)).find((one) => one.locationId === locationId);
    if (place === undefined) throw new Refusal('not_found');
    const location = await own.findLocation(trx, locationId);
    const fees = (await own.findFees(trx, me.id, locationId))!;
    const { mayConsult, currency } = await termsOf(trx, place.jurisdiction, me.profession);
    const changes = await own.findOwnChanges(trx, me.id);
    return {
      locationId,
      name: place.name,
      place: place.place,
      mayConsult,
      currency,
      fee: wordsOf('practice.consultation_fee_minor', fees.fee),
      covers: fees.covers,
      minutes: mayConsult ? fees.consultationMinutes : fees.treatmentMinutes,
      accessFeatures: location.accessFeatures,
      directions: location.directions,
      isShared: await own.isShared(trx, locationId, me.id),
      address: {
        clinicName: location.clinicName,
        phone: location.phone,
        street: location.street,
        town: location.locality,
        postcode: location.postcode,
      },
      isWaiting: changes.some(
        (one) => one.locationId === locationId && (one.state === 'asked' || one.state === 'checked'),
      ),
    };
  });
}

/** What was checked of the acting practitioner and has a page to ask for another one, as it is. */
export async function readOwnChecked(db: Db, actor: Actor) {
  const me = await requireOwnApproved(db, actor);
  const { title, displayName, familyName, practisingSince } = await own.findAnswers(db, me.id);
  return {
    title,
    displayName,
    familyName,
    practisingSince,
    profession: me.profession,
    professions: (await professionsFor(db, me.id)).map((code) => ({
      value: code,
      label: PROFESSION_NAMES[code],
      hint: PROFESSION_MEANINGS[code],
    })),
  };
}

function hintsOf(
  answers: Awaited<ReturnType<typeof own.findAnswers>>,
  places: readonly { locationId: string; name: string; directions: string; accessFeatures: string[] }[],
  shown: ListedProfile | null,
): Hint[] {
  const hint = (isMissing: boolean, text: string, why: string, at: Hint['at']): Hint[] =>
    isMissing ? [{ text, why, at }] : [];
  return [
    ...hint(
      answers.headline === '',
      'Say in one line how you work',
      'It stands under your name in every list of results: without it people have only a name to go by.',
      { field: 'headline' },
    ),
    ...hint(
      answers.biography.length < SHORT_BIOGRAPHY,
      'Say more about yourself',
      'People choose whom they trust. Where you trained, how you talk, and what you say no to tell them more than any price.',
      { field: 'biography' },
    ),
    ...hint(
      answers.regions.length === 0,
      'Say what people may come to you about',
      'It is what people search by: who names nothing is not found.',
      { field: 'regions' },
    ),
    ...hint(
      answers.pronouns === null,
      'Say your pronouns, if you like',
      'Some patients feel safer where they are named; others write to you and would like to get it right.',
      { field: 'pronouns' },
    ),
    ...places.flatMap(({ locationId, name, directions, accessFeatures }) => [
      ...hint(
        accessFeatures.length === 0,
        `${name}: say what the rooms offer`,
        'Who needs a way in without steps, or a quiet room, filters by it. Where nothing is said, they read “no”.',
        { locationId },
      ),
      ...hint(
        directions === '',
        `${name}: say how to find the door`,
        'Who comes for the first time is often uneasy already. A door that is easy to find is one worry less.',
        { locationId },
      ),
    ]),
    ...hint(
      shown !== null && shown.mayConsult && shown.workplaces.every(({ days }) => days.length === 0),
      'Open some hours',
      'There is no free time in the next two weeks. Most people go on to somebody they can see.',
      'hours',
    ),
  ];
}
