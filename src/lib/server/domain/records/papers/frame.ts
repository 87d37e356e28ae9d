import type { Block, Paper } from '#lib/server/platform/paper/paper.ts';
import { factsOf } from '../../policy/codes.ts';
import { formatCalendarDate, formatDateTime } from '../../shared/dates.ts';
import type { Person, Place, RecordPatient } from '../record.ts';
import { professionOf, registeredAs } from '../words.ts';

/** When and for whom a paper is made. */
export type Making = { readonly madeAt: Temporal.Instant };

/** What every paper has: language and size of its place, and who made it when, at the foot. */
export function paperOf(
  place: Pick<Place, 'jurisdiction' | 'timeZone'>,
  { madeAt }: Making,
  about: { title: string; subtitle?: string; stamp?: string; footer?: string; blocks: readonly Block[] },
): Paper {
  const { locale, country_code } = factsOf(place.jurisdiction);
  const made = `Printed from Steadyhand on ${formatDateTime(madeAt, place.timeZone)}.`;
  return {
    ...about,
    lang: locale,
    size: ['US', 'CA'].includes(country_code) ? 'LETTER' : 'A4',
    footer: [about.footer, made].filter(Boolean).join(' '),
    madeAt,
  };
}

/** The patient as a paper names them. */
export function patientRows(patient: RecordPatient): [string, string][] {
  return [
    ['Patient', `${patient.name}${patient.isDemo ? ' (an invented person)' : ''}`],
    ['Date of birth', formatCalendarDate(patient.dateOfBirth)],
  ];
}

/** Name, kind of practitioner and register entry. */
export function personLines(person: Person): string[] {
  return [person.name, professionOf(person), registeredAs(person)].filter((line) => line !== '');
}

export function clinicLines(place: Place): string[] {
  return [place.clinicName, place.address, place.clinicPhone].filter((line) => line !== '');
}
