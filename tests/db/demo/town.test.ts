import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { castPractitioners } from '#db/demo/cast.ts';
import { mayConsult } from '#db/demo/episodes.ts';
import { dayOffset, demoTown, type DemoPractitioner, type DemoVisit, type Weekday } from '#db/demo/town.ts';
import { checkRegisterNumber } from '#lib/server/domain/credentials/registers.ts';
import { PROFESSIONS } from '#lib/server/domain/policy/codes.ts';
import { findBannedTerms } from '#lib/server/domain/policy/terms.ts';
import {
  NO_MEDICINE_ADVERTISED,
  NEVER_PUBLIC,
  UNITED_STATES_NEVER_PUBLIC,
} from '#lib/server/domain/policy/wording.ts';

const town = demoTown();
const { practitioners, clinics, locations, supervisions, accounts, patients, episodes } = town;
const listed = practitioners.filter(({ listingState }) => listingState === 'listed');

const practitionerOf = bySlug(practitioners);
const locationOf = bySlug(locations);
const clinicOf = bySlug(clinics);
const patientOf = bySlug(patients);

function bySlug<One extends { slug: string }>(all: One[]): (slug: string) => One {
  const index = new Map(all.map((one) => [one.slug, one]));
  return (slug) => {
    const found = index.get(slug);
    if (!found) throw new Error(`nobody has the slug ${slug}`);
    return found;
  };
}

function duplicates(values: string[]): string[] {
  return values.filter((value, index) => values.indexOf(value) !== index);
}

const checksum = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('hex');
const dayNumber = ({ week, weekday }: DemoVisit['day']) => week * 7 + weekday;

describe('the town', () => {
  it('is the same for the same seed and another for another', () => {
    expect(checksum(demoTown(1))).toBe(checksum(town));
    expect(checksum(demoTown(2))).not.toBe(checksum(town));
  });

  it('has its people and cities', () => {
    expect(practitioners.length).toBeGreaterThanOrEqual(320);
    expect(listed.length).toBeGreaterThanOrEqual(300);
    const citiesIn = (jurisdiction: string) =>
      new Set(locations.filter((one) => one.jurisdiction === jurisdiction).map(({ locality }) => locality))
        .size;
    expect(citiesIn('england')).toBeGreaterThanOrEqual(10);
    expect(citiesIn('texas')).toBeGreaterThanOrEqual(6);
    expect(new Set(practitioners.map(({ profession }) => profession))).toEqual(new Set(PROFESSIONS));
  });

  it.each([2, 3, 2026])('stands up with seed %i too', (seed) => {
    const other = demoTown(seed);
    expect(duplicates(other.practitioners.map(({ slug }) => slug))).toEqual([]);
    expect(other.accounts).toHaveLength(accounts.length);
  });

  it('gives every slug and address once', () => {
    for (const all of [practitioners, clinics, locations, patients, accounts]) {
      expect(duplicates(all.map(({ slug }) => slug))).toEqual([]);
    }
    expect(duplicates([...practitioners, ...patients].map(({ email }) => email))).toEqual([]);
    for (const { slug } of practitioners) expect(slug).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  });

  it('can be told from a real one', () => {
    expect([...practitioners, ...patients, ...accounts].every(({ demo }) => demo)).toBe(true);
    for (const { email } of [...practitioners, ...patients, ...accounts]) {
      expect(email).toMatch(/@([a-z]+\.)?demo\.steadyhand\.example$/);
    }
    const phones = [
      ...clinics.map(({ phone }) => phone),
      ...patients.map(({ phone }) => phone),
      ...practitioners.map(({ cover }) => cover.phone),
    ];
    for (const phone of phones)
      expect(phone).toMatch(/^(01632 960\d{3}|07700 900\d{3}|\(\d{3}\) 555-01\d\d)$/);
  });
});

describe('places', () => {
  it('puts El Paso an hour behind the rest of Texas', () => {
    const zonesOf = (locality: string) =>
      new Set(locations.filter((one) => one.locality === locality).map(({ timeZone }) => timeZone));
    expect(zonesOf('El Paso')).toEqual(new Set(['America/Denver']));
    expect(zonesOf('Austin')).toEqual(new Set(['America/Chicago']));
    expect(zonesOf('Norwich')).toEqual(new Set(['Europe/London']));
  });

  it('keeps one practitioner in one clinic and zone', () => {
    for (const { workplaces, jurisdiction } of practitioners) {
      const addresses = workplaces.map(({ locationSlug }) => locationOf(locationSlug));
      expect(addresses.length).toBeGreaterThan(0);
      expect(new Set(addresses.map(({ clinicSlug }) => clinicSlug)).size).toBe(1);
      expect(new Set(addresses.map(({ timeZone }) => timeZone)).size).toBe(1);
      expect(addresses[0]?.jurisdiction).toBe(jurisdiction);
      expect(clinicOf(addresses[0]?.clinicSlug ?? '').jurisdiction).toBe(jurisdiction);
    }
  });
});

describe('credentials', () => {
  it('carry well-formed numbers, each of one practitioner', () => {
    const numbers = practitioners.flatMap(({ slug, npi, credentials }) => {
      if (npi) expect(checkRegisterNumber('npi', npi)).toEqual({ ok: true });
      const own = credentials.map(({ register, issuer, number }) => {
        if (register)
          expect(checkRegisterNumber(register, number), `${register} ${number}`).toEqual({ ok: true });
        return `${issuer} ${number}`;
      });
      return [...new Set([...own, `npi ${npi ?? slug}`])];
    });
    expect(duplicates(numbers)).toEqual([]);
  });

  it('of listed people are complete, in force for a month, and checked by two', () => {
    for (const practitioner of listed) {
      const { slug, credentials, vetting } = practitioner;
      const needed = ['registration', 'toxin_training', 'life_support', 'indemnity_insurance'];
      if (mayConsult(practitioner)) needed.push('prescribing_right');
      expect(
        credentials.map(({ kind }) => kind),
        slug,
      ).toEqual(expect.arrayContaining(needed));

      const { checked, approved } = vetting ?? {};
      if (!checked || !approved) throw new Error(`${slug} is listed without a decision`);
      expect(checked.by).not.toBe(approved.by);
      expect(checked.on).toBeLessThanOrEqual(approved.on);
      for (const { issuedOn, expiresOn, checks } of credentials) {
        expect(issuedOn, slug).toBeLessThan(checked.on);
        expect(expiresOn, slug).toBeGreaterThanOrEqual(30);
        expect(checks[0]?.on).toBe(checked.on);
        expect(checks.at(-1)?.nextDueOn, slug).toBeGreaterThan(0);
      }
    }
  });

  it('show why somebody is not listed', () => {
    const inState = (state: DemoPractitioner['listingState']) =>
      practitioners.filter(({ listingState }) => listingState === state);
    for (const { credentials } of inState('lapsed')) {
      expect(credentials.filter(({ expiresOn }) => expiresOn < 0)).toHaveLength(1);
    }
    for (const { suspendedOn } of inState('suspended')) expect(suspendedOn).toBeLessThan(0);
    for (const { vetting } of inState('draft')) expect(vetting).toBeNull();
    for (const { vetting } of inState('submitted'))
      expect(vetting).toMatchObject({ checked: null, approved: null });
    for (const { vetting } of inState('checks_complete')) {
      expect(vetting?.checked).not.toBeNull();
      expect(vetting?.approved).toBeNull();
    }
    for (const state of ['lapsed', 'suspended', 'draft', 'submitted', 'checks_complete'] as const) {
      expect(inState(state).length, state).toBeGreaterThanOrEqual(5);
    }
  });
});

describe('supervision', () => {
  it('gives everybody who may not prescribe a listed prescriber of the same clinic', () => {
    for (const practitioner of practitioners) {
      const own = supervisions.filter(({ superviseeSlug }) => superviseeSlug === practitioner.slug);
      expect(own, practitioner.slug).toHaveLength(mayConsult(practitioner) ? 0 : 1);
      for (const { supervisorSlug, jurisdiction } of own) {
        const supervisor = practitionerOf(supervisorSlug);
        expect(mayConsult(supervisor)).toBe(true);
        expect(supervisor.listingState).toBe('listed');
        expect([supervisor.jurisdiction, jurisdiction]).toEqual([
          practitioner.jurisdiction,
          practitioner.jurisdiction,
        ]);
        expect(clinicsOf(supervisor)).toEqual(clinicsOf(practitioner));
      }
    }
  });

  it('overloads no prescriber', () => {
    const perSupervisor = Object.values(Object.groupBy(supervisions, ({ supervisorSlug }) => supervisorSlug));
    for (const seats of perSupervisor) {
      expect(seats?.length).toBeLessThanOrEqual(4);
      expect(duplicates(seats?.map(({ seat }) => String(seat)) ?? [])).toEqual([]);
    }
  });

  const clinicsOf = ({ workplaces }: DemoPractitioner) =>
    new Set(workplaces.map(({ locationSlug }) => locationOf(locationSlug).clinicSlug));
});

describe('words for the public', () => {
  const everyTerm = {
    banned_terms: [...NEVER_PUBLIC, ...NO_MEDICINE_ADVERTISED, ...UNITED_STATES_NEVER_PUBLIC],
    public_product_names: true,
    licensed_products: [],
  };
  const houseStyle =
    /(?<!\p{L})(unit|dos(e|es|age)|filler|drug|brand|guarantee\w*|best|vetted|recommend\w*|younger|wrinkle|area)s?(?!\p{L})/iu;

  const publicTexts = [
    ...practitioners.flatMap((one) => [
      ...[one.displayName, one.headline, one.biography ?? '', one.terms.consultationFeeCovers, one.slug],
      ...[one.recordsCustodian, one.cover.name],
      ...one.credentials.flatMap(({ title, issuer }) => [title, issuer]),
    ]),
    ...clinics.flatMap(({ name, slug }) => [name, slug]),
    ...locations.flatMap(({ name, street, district, directions, slug }) => [
      name,
      street,
      district,
      directions,
      slug,
    ]),
    ...patients.flatMap(({ givenName, familyName }) => [givenName, familyName]),
    ...episodes.map(({ patientNote }) => patientNote),
  ];

  it('are lawful in every jurisdiction', () => {
    const offences = publicTexts.filter(
      (text) => findBannedTerms(text, everyTerm).length > 0 || houseStyle.test(text),
    );
    expect(offences).toEqual([]);
  });

  it('leave no gap unfilled', () => {
    expect(publicTexts.filter((text) => /[{}[\]<>|]|undefined|\bnull\b|\s{3}|\.\./.test(text))).toEqual([]);
  });
});

describe('biographies', () => {
  const biographies = practitioners.flatMap(({ biography }) => biography ?? []);

  it('are missing for a few and never the same', () => {
    const missing = practitioners.length - biographies.length;
    expect(missing).toBeGreaterThan(3);
    expect(missing).toBeLessThan(practitioners.length / 10);
    expect(duplicates(biographies)).toEqual([]);
  });

  it('differ in length and shape', () => {
    const paragraphs = new Set(biographies.map((text) => text.split('\n\n').length));
    expect(paragraphs).toEqual(new Set([1, 2, 3, 4]));
    const lengths = biographies.map((text) => text.length).sort((a, b) => a - b);
    expect(lengths[0]).toBeLessThan(100);
    expect(lengths.at(-1)).toBeGreaterThan(700);
  });

  it('of neighbours share no more than a sentence', () => {
    const byClinic = Object.groupBy(
      practitioners,
      ({ workplaces }) => locationOf(workplaces[0]?.locationSlug ?? '').clinicSlug,
    );
    const sentences = (text: string | null) => new Set(text?.split(/(?<=[.?!])\s+/) ?? []);
    for (const neighbours of Object.values(byClinic)) {
      for (const [index, one] of (neighbours ?? []).entries()) {
        for (const other of (neighbours ?? []).slice(index + 1)) {
          const shared = sentences(one.biography).intersection(sentences(other.biography));
          // A fragment may be two sentences long.
          expect(shared.size, `${one.slug} and ${other.slug}`).toBeLessThanOrEqual(3);
        }
      }
    }
  });
});

describe('calendars', () => {
  it('hold weeks of many shapes', () => {
    const shapes = new Set(
      practitioners.map(({ workplaces }) => JSON.stringify(workplaces.map((one) => one.weeklyHours))),
    );
    expect(shapes.size).toBeGreaterThan(30);
    for (const { weeklyHours } of practitioners.flatMap(({ workplaces }) => workplaces)) {
      expect(weeklyHours.length).toBeGreaterThan(0);
      for (const { startMinute, endMinute } of weeklyHours) {
        expect(startMinute).toBeGreaterThanOrEqual(6 * 60);
        expect(endMinute).toBeLessThanOrEqual(22 * 60);
        expect(endMinute - startMinute).toBeGreaterThanOrEqual(120);
      }
    }
  });

  it('ask lawful fees in the local currency', () => {
    for (const { terms, jurisdiction } of practitioners) {
      expect(terms.currency).toBe(jurisdiction === 'england' ? 'GBP' : 'USD');
      expect(terms.consultationMinutes).toBeGreaterThanOrEqual(20);
      expect(terms.consultationMinutes).toBeLessThanOrEqual(45);
      expect(terms.consultationFeeMinor).toBeGreaterThanOrEqual(0);
    }
    expect(practitioners.some(({ terms }) => terms.consultationFeeMinor === 0)).toBe(true);
  });

  it('count town days from this week’s Monday', () => {
    const wednesday: Weekday = 3;
    expect(dayOffset({ week: 0, weekday: 3 }, wednesday)).toBe(0);
    expect(dayOffset({ week: -1, weekday: 1 }, wednesday)).toBe(-9);
    expect(dayOffset({ week: 2, weekday: 7 }, wednesday)).toBe(18);
  });
});

describe('episodes', () => {
  const visits = episodes.flatMap((episode) => episode.visits);

  it('lie inside working hours, on the grid, and outside closures', () => {
    for (const visit of visits) {
      const { workplaces, closures, terms } = practitionerOf(visit.practitionerSlug);
      const hours = workplaces
        .filter(({ locationSlug }) => locationSlug === visit.locationSlug)
        .flatMap(({ weeklyHours }) => weeklyHours)
        .find(
          ({ weekday, startMinute, endMinute }) =>
            weekday === visit.day.weekday &&
            startMinute <= visit.startMinute &&
            visit.startMinute + visit.durationMinutes <= endMinute,
        );
      if (!hours) throw new Error(`${visit.practitionerSlug} does not work then`);
      expect((visit.startMinute - hours.startMinute) % terms.stepMinutes).toBe(0);
      for (const { from, to } of closures) {
        expect(dayNumber(from) <= dayNumber(visit.day) && dayNumber(visit.day) <= dayNumber(to)).toBe(false);
      }
    }
  });

  it('never put a practitioner in two places, buffers included', () => {
    const days = Object.values(
      Object.groupBy(visits, ({ practitionerSlug, day }) => `${practitionerSlug} ${dayNumber(day)}`),
    );
    for (const day of days) {
      const blocks = (day ?? [])
        .map(({ practitionerSlug, startMinute, durationMinutes }) => {
          const { bufferBeforeMinutes, bufferAfterMinutes } = practitionerOf(practitionerSlug).terms;
          return {
            from: startMinute - bufferBeforeMinutes,
            to: startMinute + durationMinutes + bufferAfterMinutes,
          };
        })
        .sort((a, b) => a.from - b.from);
      for (const [index, block] of blocks.entries()) {
        expect(block.from).toBeGreaterThanOrEqual(blocks[index - 1]?.to ?? -Infinity);
      }
    }
  });

  it('follow the one road', () => {
    for (const episode of episodes) {
      const [consultation, treatment, followUp, ...more] = episode.visits;
      expect(more).toEqual([]);
      expect(patientOf(episode.patientSlug).ageInDays).toBeGreaterThan(19 * 366);
      if (!consultation) throw new Error(`${episode.patientSlug} has no visit`);
      expect(consultation.kind).toBe('consultation');
      expect(consultation.practitionerSlug).toBe(episode.prescriberSlug);
      expect(mayConsult(practitionerOf(episode.prescriberSlug))).toBe(true);
      for (const { practitionerSlug, locationSlug } of episode.visits) {
        expect(practitionerOf(practitionerSlug).listingState).toBe('listed');
        expect(locationOf(locationSlug).clinicSlug).toBe(episode.clinicSlug);
      }

      if (!treatment) continue;
      expect(treatment.kind).toBe('treatment');
      expect(treatment.practitionerSlug).toBe(episode.injectorSlug);
      expect([consultation.fate, episode.outcome]).toEqual(['kept', 'suitable']);
      expect(consultation.day.week).toBeLessThan(0);
      expect(dayNumber(treatment.day) - dayNumber(consultation.day)).toBeGreaterThanOrEqual(3);

      if (!followUp) continue;
      expect(followUp.kind).toBe('follow_up');
      expect([treatment.fate, treatment.day.week < 0]).toEqual(['kept', true]);
      const daysSince = dayNumber(followUp.day) - dayNumber(treatment.day);
      expect(daysSince).toBeGreaterThanOrEqual(10);
      expect(daysSince).toBeLessThanOrEqual(21);
    }
  });

  it('begin after the approval of everybody in them', () => {
    for (const { practitionerSlug, day } of visits) {
      const { vetting } = practitionerOf(practitionerSlug);
      expect(dayOffset(day, 7)).toBeGreaterThan(vetting?.approved?.on ?? 0);
    }
  });

  it('show every part of the road, by prescribers and by those they supervise', () => {
    expect(new Set(visits.map(({ kind }) => kind)).size).toBe(3);
    expect(new Set(episodes.map(({ outcome }) => outcome)).size).toBe(4);
    expect(new Set(visits.map(({ fate }) => fate)).size).toBe(4);
    expect(
      episodes.some(
        ({ prescriberSlug, injectorSlug, visits: { length } }) =>
          prescriberSlug !== injectorSlug && length === 3,
      ),
    ).toBe(true);
    expect(visits.some(({ kind, day }) => kind === 'treatment' && day.week > 0)).toBe(true);
  });
});

describe('the cast', () => {
  it('has an account for every hat', () => {
    expect(accounts.map(({ role }) => role).sort()).toEqual([
      'applicant',
      'operator',
      'patient',
      ...['practitioner', 'practitioner', 'practitioner'],
      'receptionist',
      ...['reviewer', 'reviewer'],
    ]);
    for (const { role, practitionerSlug, patientSlug, clinicSlug } of accounts) {
      expect(practitionerSlug !== null).toBe(role === 'practitioner');
      expect(patientSlug !== null).toBe(role === 'patient');
      expect(clinicSlug !== null).toBe(role === 'receptionist');
    }
    for (const { practitionerSlug, patientSlug, clinicSlug, email } of accounts) {
      if (practitionerSlug) expect(practitionerOf(practitionerSlug).email).toBe(email);
      if (patientSlug) expect(patientOf(patientSlug).email).toBe(email);
      if (clinicSlug) expect(clinicOf(clinicSlug).slug).toBe(clinicSlug);
    }
  });

  it('keeps its names, its listing, and papers that outlast a demonstration', () => {
    for (const { slug, displayName, city } of castPractitioners) {
      const practitioner = practitionerOf(slug);
      expect(practitioner.displayName).toBe(displayName);
      expect(practitioner.listingState).toBe('listed');
      expect(locationOf(practitioner.workplaces[0]?.locationSlug ?? '').locality).toBe(city);
      for (const { expiresOn } of practitioner.credentials) expect(expiresOn).toBeGreaterThan(120);
    }
    expect(supervisions).toContainEqual(
      expect.objectContaining({ supervisorSlug: 'amara-okafor-bell', superviseeSlug: 'maya-lindqvist' }),
    );
    const receptionist = accounts.find(({ role }) => role === 'receptionist');
    const prescriberAt = practitionerOf('amara-okafor-bell').workplaces[0]?.locationSlug ?? '';
    expect(receptionist?.clinicSlug).toBe(locationOf(prescriberAt).clinicSlug);
  });
});
