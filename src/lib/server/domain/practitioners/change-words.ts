import { ACCESS_LABELS } from '#lib/format/needs.ts';
import { PROFESSION_NAMES, type Profession } from '../policy/codes.ts';
import type { HighRiskKind } from './high-risk-change.ts';
import { languageName } from './languages.ts';

type Value = string | number | readonly string[] | null | undefined;

/** What of a checked change is read, part by part; positions on the map follow from the town. */
const PARTS: Readonly<Record<HighRiskKind, Readonly<Record<string, string>>>> = {
  name: { title: 'Title', displayName: 'Name', familyName: 'Last name' },
  profession: { profession: 'Profession' },
  practising_since: { practisingSince: 'The year of qualifying' },
  address: {
    clinicName: 'Clinic or practice',
    phone: 'Telephone number of its desk',
    street: 'Building and street',
    district: 'Part of town',
    locality: 'Town or city',
    postcode: 'Postcode',
  },
};

export const KIND_NAMES: Readonly<Record<HighRiskKind, string>> = {
  name: 'Name',
  profession: 'Profession',
  practising_since: 'The year of qualifying',
  address: 'Clinic and address',
};

/** What a change would make different, in words: each part that differs, as it is and as it would be. */
export function differences(change: {
  kind: HighRiskKind;
  before: Readonly<Record<string, Value>>;
  after: Readonly<Record<string, Value>>;
}): { part: string; before: string; after: string }[] {
  return Object.entries(PARTS[change.kind])
    .map(([key, part]) => ({
      part,
      before: wordsOf(key, change.before[key]),
      after: wordsOf(key, change.after[key]),
    }))
    .filter(({ before, after }) => before !== after);
}

/** The columns of which changes are kept, as whoever wrote them reads them. */
export const FIELD_NAMES: Readonly<Record<string, string>> = {
  'practitioner.slug': 'Address of the page',
  'practitioner.title': 'Title',
  'practitioner.display_name': 'Name',
  'practitioner.family_name': 'Last name',
  'practitioner.native_name': 'Name in another script',
  'practitioner.profession': 'Profession',
  'practitioner.practising_since': 'The year of qualifying',
  'practitioner.pronouns': 'Pronouns',
  'practitioner.gender': 'Gender',
  'practitioner.languages': 'Languages',
  'practitioner.headline': 'One line about how you work',
  'practitioner.biography': 'About you',
  'practitioner.regions': 'What people may come to you about',
  'practitioner.out_of_hours_name': 'Who answers out of hours',
  'practitioner.out_of_hours_phone': 'Their telephone number',
  'practitioner.records_custodian': 'Who would keep the records',
  'practice.consultation_fee_minor': 'Fee for the first talk',
  'practice.consultation_fee_covers': 'What it covers',
  'practice.consultation_minutes': 'Minutes for a consultation',
  'practice.treatment_minutes': 'Minutes for a treatment',
  'practice.follow_up_minutes': 'Minutes for a review visit',
  'location.name': 'Name of the place',
  'location.street': 'Building and street',
  'location.district': 'Part of town',
  'location.locality': 'Town or city',
  'location.postcode': 'Postcode',
  'location.access_features': 'What the rooms offer',
  'location.directions': 'How to find the door',
  'clinic.name': 'Clinic or practice',
  'clinic.phone': 'Telephone number of its desk',
};

const GENDERS: Readonly<Record<string, string>> = { woman: 'Woman', man: 'Man', non_binary: 'Non-binary' };

/** A value of a column or a part, as people read it; an empty text where there is none. */
export function wordsOf(field: string, value: Value): string {
  const column = field.split('.').at(-1) ?? field;
  if (value === null || value === undefined) return '';
  if (typeof value === 'object') return value.map((one) => wordOf(column, one)).join(', ');
  if (column === 'consultation_fee_minor') return (Number(value) / 100).toFixed(2).replace(/\.00$/, '');
  return wordOf(column, String(value));
}

function wordOf(column: string, value: string): string {
  switch (column) {
    case 'languages':
      return languageName(value);
    case 'access_features':
      return ACCESS_LABELS[value as keyof typeof ACCESS_LABELS];
    case 'profession':
      return PROFESSION_NAMES[value as Profession];
    case 'gender':
      return GENDERS[value] ?? value;
    case 'regions':
      return value.replaceAll('_', ' ');
    default:
      return value;
  }
}
