import { createHash } from 'node:crypto';
import { hash } from '@node-rs/argon2';
import { sql, type InsertObject } from 'kysely';
import type { DB } from '#db/schema.ts';
import { CONSENT_FORMS } from '#lib/server/domain/care/consent-forms.ts';
import { QUESTIONNAIRES, questionsOf } from '#lib/server/domain/care/health-questions.ts';
import { RISKS } from '#lib/server/domain/care/risks.ts';
import { rebuildIndex } from '#lib/server/domain/directory/rebuild-index.ts';
import { postgresSearch } from '#lib/server/platform/search/postgres.ts';
import { appNow } from '#lib/server/platform/clock.ts';
import { openDb, openPool, type Db, type Trx } from '#lib/server/platform/db.ts';
import { formatInstantRange, span, type InstantRange } from '#lib/server/platform/instants.ts';
import { firstOf, furtherPeople, type TownPart } from './further-people.ts';
import { gazetteer } from './gazetteer.ts';
import { seedPortfolio } from './portfolio.ts';
import { demoTown } from './town.ts';
import {
  dayOffset,
  type DayOffset,
  type DemoEpisode,
  type DemoLocation,
  type DemoPractitioner,
  type DemoTown,
  type DemoVisit,
  type TownDay,
  type Weekday,
} from './types.ts';

/** Everybody in the demo town signs in with this; production refuses demo people. */
export const DEMO_PASSWORD = 'steadyhand demo town';

const ROWS_AT_ONCE = 2_000;
const MINUTE_MS = 60_000;

/** Answers of somebody with nothing to tell, to the questions that are asked now. */
const HEALTHY: Readonly<Record<string, string>> = {
  version: QUESTIONNAIRES.at(-1)!.version,
  ...Object.fromEntries(
    questionsOf(QUESTIONNAIRES.at(-1)!)
      .filter(({ answer, ifYesTo }) => answer === 'choice' && ifYesTo === undefined)
      .map(({ code }) => [code, 'no']),
  ),
};

/**
 * Founds the demo town in an empty database, as its owner: reference places, people, papers, calendars, and past care
 * that went through every step. Keys, checks and exclusions all hold for it; only the triggers that stamp the present
 * time are set aside, because its past lies in the past.
 */
export async function seedDemo(ownerUrl: string): Promise<void> {
  const db = openDb(openPool(ownerUrl, { max: 2, onError: () => {} }));
  try {
    await transactPatiently(db, async (trx) =>
      new Founder(trx, demoTown(), await appNow(trx), await hashPassword()).found(),
    );
    await seedPortfolio(db);
    await sql`ANALYZE`.execute(db);
    await rebuildIndex(db, postgresSearch(db));
  } finally {
    await db.destroy();
  }
}

/**
 * Adds people to the demo town, as the owner of its database, until it has so many practitioners. Always the same people,
 * some at a time, each time all or nobody: broken off and called again it goes on, and who is there already is left as he is.
 * `onProgress` hears how many practitioners there are. The search index is not made: the caller does that when all are there.
 */
export async function enlargeDemo(
  ownerUrl: string,
  practitioners: number,
  onProgress: (practitioners: number) => void = () => {},
): Promise<void> {
  const db = openDb(openPool(ownerUrl, { max: 1, onError: () => {} }));
  const town = demoTown();
  const passwordHash = await hashPassword();
  let there = town.practitioners.length;
  try {
    for (const part of there < practitioners ? furtherPeople(town) : []) {
      const wanted = firstOf(part, practitioners - there);
      await transactPatiently(db, async (trx) => {
        const missing = await whoIsMissing(trx, wanted);
        if (missing.practitioners.length === 0) return;
        await new Founder(trx, missing, await appNow(trx), passwordHash).join();
      });
      onProgress((there += wanted.practitioners.length));
      if (there >= practitioners) break;
    }
    await sql`SET statement_timeout = 0`.execute(db);
    await sql`VACUUM (ANALYZE)`.execute(db);
  } finally {
    await db.destroy();
  }
}

/** In a transaction whose statements may take as long as they need, beside a server that runs. */
function transactPatiently(db: Db, work: (trx: Trx) => Promise<void>): Promise<void> {
  return db.transaction().execute(async (trx) => {
    await sql`SET LOCAL statement_timeout = 0`.execute(trx);
    await sql`SET LOCAL lock_timeout = '30s'`.execute(trx);
    await work(trx);
  });
}

function hashPassword(): Promise<string> {
  return hash(DEMO_PASSWORD, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
}

async function whoIsMissing(trx: Trx, part: TownPart): Promise<TownPart> {
  const there = await trx
    .selectFrom('practitioner')
    .select('id')
    .where(
      'id',
      '=',
      sql<string>`ANY (${part.practitioners.map(({ slug }) => idOf('practitioner', slug))}::uuid[])`,
    )
    .execute();
  const known = new Set(there.map(({ id }) => id));
  const isMissing = (slug: string) => !known.has(idOf('practitioner', slug));
  return {
    ...part,
    practitioners: part.practitioners.filter(({ slug }) => isMissing(slug)),
    supervisions: part.supervisions.filter(({ superviseeSlug }) => isMissing(superviseeSlug)),
  };
}

/** The same thing has the same id in every town. */
function idOf(kind: string, name: string): string {
  const hex = createHash('sha256').update(`${kind}:${name}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** What the demo's papers say beyond their title: hands-on training of two days, insurance for the whole of the work. */
function saidBy(kind: string) {
  const isTraining = kind === 'toxin_training' || null;
  const isInsurance = kind === 'indemnity_insurance' || null;
  return {
    hours: isTraining && 14,
    hands_on: isTraining,
    manages_complications: isTraining,
    covers_treatment: isInsurance,
    covers_prescribing: isInsurance,
  };
}

/** Tables of papers whose triggers stamp the present time and actor. */
const stampedPapers = [
  'vetting_case',
  'vetting_evidence',
  'capability_period',
  'credential_check',
  'supervision',
] as const;

/** The same of care. */
const stampedCare = [
  'appointment',
  'health_answers',
  'consultation_record',
  'consultation_question',
  'consultation_finding',
  'risk_disclosure',
  'prescription',
  'consent',
  'consent_item',
  'vial',
  'treatment_record',
  'injection_point',
  'follow_up_record',
  'review',
  'review_step',
  'adverse_event',
  'adverse_event_step',
] as const;

/** The rows of past and coming care, in the order in which they can be written. */
type CareRows = { treatment: InsertObject<DB, 'appointment'>[] } & {
  [
    Table in
      | 'care_episode'
      | 'block'
      | 'appointment'
      | 'health_answers'
      | 'consultation_record'
      | 'consultation_question'
      | 'consultation_finding'
      | 'risk_disclosure'
      | 'prescription'
      | 'consent'
      | 'consent_item'
      | 'vial'
      | 'treatment_record'
      | 'injection_point'
      | 'follow_up_record'
  ]: InsertObject<DB, Table>[];
};

/** A part of the town that was cut short is made again whole when the town grows: its clinics are there, not all their people. */
const mayBeThere: ReadonlySet<keyof DB> = new Set(['clinic', 'location', 'room'] as const);

function rangesAsText(_key: string, value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'bounds' in value
    ? formatInstantRange(value as InstantRange)
    : value;
}

class Founder {
  readonly #trx: Trx;
  readonly #town: TownPart & Partial<DemoTown>;
  readonly #now: Temporal.Instant;
  readonly #passwordHash: string;
  readonly #today: Temporal.PlainDate;
  readonly #practitioners: Map<string, DemoPractitioner>;
  readonly #locations: Map<string, DemoLocation>;

  constructor(trx: Trx, town: TownPart & Partial<DemoTown>, now: Temporal.Instant, passwordHash: string) {
    this.#trx = trx;
    this.#town = town;
    this.#now = now;
    this.#passwordHash = passwordHash;
    this.#today = now.toZonedDateTimeISO('UTC').toPlainDate();
    this.#practitioners = new Map(town.practitioners.map((one) => [one.slug, one]));
    this.#locations = new Map(town.locations.map((one) => [one.slug, one]));
  }

  async found(): Promise<void> {
    await this.#insert(
      'place',
      gazetteer().map((place) => ({
        id: place.id,
        name: place.name,
        region: place.region,
        country_code: place.countryCode,
        latitude: place.latitude,
        longitude: place.longitude,
        population: place.population,
        time_zone: place.timeZone,
      })),
    );
    await this.#withoutStamps([...stampedPapers, ...stampedCare], async () => {
      await this.#people();
      await this.#papers();
      await this.#calendars();
      await this.#care();
    });
    await this.#codesAndProofs();
    await this.#suspensions();
    await sql`SELECT count_safety()`.execute(this.#trx);
  }

  /** People, papers and calendars, in a town that is there. */
  async join(): Promise<void> {
    await this.#people();
    await this.#withoutStamps(stampedPapers, () => this.#papers());
    await this.#calendars();
  }

  async #withoutStamps(tables: readonly (keyof DB)[], work: () => Promise<void>): Promise<void> {
    for (const table of tables)
      await sql`ALTER TABLE ${sql.table(table)} DISABLE TRIGGER USER`.execute(this.#trx);
    await work();
    for (const table of tables)
      await sql`ALTER TABLE ${sql.table(table)} ENABLE TRIGGER USER`.execute(this.#trx);
  }

  async #people(): Promise<void> {
    const { accounts = [], practitioners, patients = [], clinics, locations, episodes = [] } = this.#town;
    const account = (id: string, email: string, name: string) => ({
      id,
      email,
      display_name: name,
      password_hash: this.#passwordHash,
      email_verified_at: this.#now,
      is_demo: true,
    });
    const withoutHat = accounts.filter((one) => one.practitionerSlug === null && one.patientSlug === null);
    await this.#insert('account', [
      ...withoutHat.map((one) => account(idOf('account', one.slug), one.email, one.fullName)),
      ...practitioners.map((one) =>
        account(idOf('practitioner account', one.slug), one.email, one.displayName),
      ),
      ...patients.map((one) =>
        account(idOf('patient account', one.slug), one.email, `${one.givenName} ${one.familyName}`),
      ),
    ]);
    await this.#insert(
      'clinic',
      clinics.map((one) => ({
        id: idOf('clinic', one.slug),
        name: one.name,
        phone: one.phone,
        is_demo: true,
      })),
    );
    await this.#insert(
      'location',
      locations.map((one) => ({
        id: idOf('location', one.slug),
        clinic_id: idOf('clinic', one.clinicSlug),
        name: one.name,
        street: one.street,
        district: one.district,
        locality: one.locality,
        postcode: one.postcode,
        jurisdiction: one.jurisdiction,
        latitude: one.latitude,
        longitude: one.longitude,
        time_zone: one.timeZone,
        access_features: one.accessFeatures,
        directions: one.directions,
      })),
    );
    await this.#insert(
      'room',
      locations.flatMap((one) =>
        one.rooms.map((name) => ({ location_id: idOf('location', one.slug), name })),
      ),
    );
    await this.#insert(
      'staff',
      accounts.flatMap((one) =>
        one.role === 'reviewer' || one.role === 'operator'
          ? [{ account_id: idOf('account', one.slug), role: one.role }]
          : [],
      ),
    );
    await this.#insert(
      'clinic_member',
      accounts.flatMap((one) =>
        one.clinicSlug === null || one.role !== 'receptionist'
          ? []
          : [
              {
                account_id: idOf('account', one.slug),
                clinic_id: idOf('clinic', one.clinicSlug),
                role: 'reception',
                valid: { start: this.#at(-200), end: null, bounds: '[)' },
              },
            ],
      ),
    );
    await this.#insert(
      'patient',
      patients.map((one) => ({
        id: idOf('patient', one.slug),
        account_id: idOf('patient account', one.slug),
        given_name: one.givenName,
        family_name: one.familyName,
        date_of_birth: this.#date(-one.ageInDays),
        email: one.email,
        phone: one.phone,
        is_demo: true,
      })),
    );
    await this.#insert(
      'practitioner',
      practitioners.map((one) => ({
        id: idOf('practitioner', one.slug),
        account_id: idOf('practitioner account', one.slug),
        slug: one.slug,
        title: one.title,
        display_name: one.displayName,
        family_name: one.familyName,
        native_name: one.nativeName?.text ?? null,
        pronouns: one.pronouns,
        gender: one.gender,
        profession: one.profession,
        headline: one.headline,
        biography: one.biography ?? '',
        regions: one.regions,
        languages: one.languages,
        practising_since: this.#today.year - one.yearsOfExperience,
        portrait_seed: Number.parseInt(idOf('portrait', one.slug).slice(0, 6), 16),
        out_of_hours_name: one.cover.name,
        out_of_hours_phone: one.cover.phone,
        records_custodian: one.recordsCustodian,
        is_demo: true,
      })),
    );
    // The visits that the town begins with are in no room.
    const isVisited = new Set(
      episodes.flatMap(({ visits }) => visits.map(({ practitionerSlug }) => practitionerSlug)),
    );
    await this.#insert(
      'practice',
      practitioners.flatMap((one) =>
        one.workplaces.map(({ locationSlug }) => ({
          practitioner_id: idOf('practitioner', one.slug),
          location_id: idOf('location', locationSlug),
          currency: one.terms.currency,
          consultation_fee_minor: one.terms.consultationFeeMinor,
          consultation_fee_covers: one.terms.consultationFeeCovers,
          consultation_minutes: one.terms.consultationMinutes,
          treatment_minutes: one.terms.treatmentMinutes,
          follow_up_minutes: one.terms.followUpMinutes,
          buffer_before_minutes: one.terms.bufferBeforeMinutes,
          buffer_after_minutes: one.terms.bufferAfterMinutes,
          step_minutes: one.terms.stepMinutes,
          notice_minutes: one.terms.noticeMinutes,
          horizon_days: one.terms.horizonDays,
          starts_count_from: one.habits.startsCountFrom,
          travel_minutes: one.habits.travelMinutes,
          daily_limit: one.habits.dailyLimit,
          weekly_limit: one.habits.weeklyLimit,
          needs_room: one.habits.sharesRooms && !isVisited.has(one.slug),
        })),
      ),
    );
  }

  /** Credentials, their checks, the decision of two reviewers, and the capabilities that follow: the intersection of the papers. */
  async #papers(): Promise<void> {
    const { practitioners, supervisions } = this.#town;
    const credentials: InsertObject<DB, 'credential'>[] = [];
    const checks: InsertObject<DB, 'credential_check'>[] = [];
    const cases: InsertObject<DB, 'vetting_case'>[] = [];
    const evidence: InsertObject<DB, 'vetting_evidence'>[] = [];
    const periods: InsertObject<DB, 'capability_period'>[] = [];
    const grants = await this.#trx
      .selectFrom('profession_capability')
      .select(['jurisdiction', 'profession', 'capability', 'required_credential'])
      .execute();

    for (const one of practitioners) {
      const practitionerId = idOf('practitioner', one.slug);
      const caseId = idOf('case', one.slug);
      const decided = one.vetting?.approved ?? null;
      for (const [index, credential] of one.credentials.entries()) {
        const credentialId = idOf('credential', `${one.slug}:${index}`);
        credentials.push({
          id: credentialId,
          practitioner_id: practitionerId,
          jurisdiction: one.jurisdiction,
          kind: credential.kind,
          title: credential.title,
          issuer: credential.issuer,
          register: credential.register,
          number: credential.number,
          valid: `[${this.#date(credential.issuedOn)},${this.#date(credential.expiresOn)})`,
          ...saidBy(credential.kind),
        });
        for (const [time, check] of credential.checks.entries()) {
          const checkId = idOf('check', `${one.slug}:${index}:${time}`);
          checks.push({
            id: checkId,
            credential_id: credentialId,
            checked_by: idOf('account', check.by),
            checked_at: this.#at(check.on, 10 * 60 + index),
            source: check.source,
            source_url: check.sourceUrl,
            method: check.method,
            result: 'confirmed',
            next_due_on: this.#date(check.nextDueOn),
          });
          if (time === 0 && one.vetting?.checked) {
            evidence.push({
              case_id: caseId,
              practitioner_id: practitionerId,
              jurisdiction: one.jurisdiction,
              credential_id: credentialId,
              check_id: checkId,
            });
          }
        }
      }
      if (one.vetting === null) continue;
      const { submittedOn, checked } = one.vetting;
      cases.push({
        id: caseId,
        practitioner_id: practitionerId,
        subject_account_id: idOf('practitioner account', one.slug),
        jurisdiction: one.jurisdiction,
        state: decided !== null ? 'approved' : checked !== null ? 'checks_complete' : 'submitted',
        submitted_at: this.#at(submittedOn),
        checked_by: checked && idOf('account', checked.by),
        checked_at: checked && this.#at(checked.on, 10 * 60),
        decided_by: decided && idOf('account', decided.by),
        decided_at: decided && this.#at(decided.on, 15 * 60),
      });
      if (decided === null) continue;
      const valid = span(
        this.#at(decided.on, 15 * 60),
        this.#at(Math.min(...one.credentials.map((paper) => paper.expiresOn))),
      );
      const held = new Set<string>(one.credentials.map(({ kind }) => kind));
      for (const grant of grants) {
        if (grant.jurisdiction !== one.jurisdiction || grant.profession !== one.profession) continue;
        if (grant.required_credential !== null && !held.has(grant.required_credential)) continue;
        // No register knows invented people, so none has to be read again: checked_until stays infinite.
        periods.push({
          practitioner_id: practitionerId,
          jurisdiction: one.jurisdiction,
          capability: grant.capability,
          valid,
          case_id: caseId,
        });
      }
    }
    await this.#insert(
      'application',
      practitioners.map((one) => ({
        practitioner_id: idOf('practitioner', one.slug),
        jurisdiction: one.jurisdiction,
        location_id:
          one.workplaces[0] === undefined ? null : idOf('location', one.workplaces[0].locationSlug),
        started_at: this.#at(one.vetting?.submittedOn ?? -2, 9 * 60),
      })),
    );
    await this.#insert('credential', credentials);
    await this.#insert('credential_check', checks);
    await this.#insert('vetting_case', cases);
    await this.#insert('vetting_evidence', evidence);
    await this.#insert('capability_period', periods);
    await this.#insert(
      'supervision',
      supervisions.map((one) => ({
        injector_id: idOf('practitioner', one.superviseeSlug),
        prescriber_id: idOf('practitioner', one.supervisorSlug),
        jurisdiction: one.jurisdiction,
        seat: one.seat,
        injector_accepted_by: idOf('practitioner account', one.superviseeSlug),
        prescriber_accepted_by: idOf('practitioner account', one.supervisorSlug),
        // As long as two people may agree to.
        valid: { start: this.#at(one.acceptedOn), end: this.#at(one.acceptedOn + 365), bounds: '[)' },
      })),
    );
  }

  async #calendars(): Promise<void> {
    const { practitioners } = this.#town;
    const thisMonday = this.#townDate({ week: 0, weekday: 1 }).toString();
    await this.#insert(
      'opening_hours',
      practitioners.flatMap((one) =>
        one.workplaces.flatMap(({ locationSlug, weeklyHours }) =>
          weeklyHours.map((hours) => ({
            practitioner_id: idOf('practitioner', one.slug),
            location_id: idOf('location', locationSlug),
            weekday: hours.weekday,
            start_minute: hours.startMinute,
            end_minute: hours.endMinute,
            ...(one.habits.everyOtherWeekend && hours.weekday >= 6
              ? { every_weeks: 2, first_monday: thisMonday }
              : { every_weeks: 1, first_monday: null }),
          })),
        ),
      ),
    );
    await this.#insert(
      'opening',
      practitioners.flatMap((one) =>
        one.openings.map((extra) => ({
          practitioner_id: idOf('practitioner', one.slug),
          location_id: idOf('location', extra.locationSlug),
          on_date: this.#townDate(extra.day).toString(),
          start_minute: extra.startMinute,
          end_minute: extra.endMinute,
        })),
      ),
    );
    await this.#insert(
      'closure',
      practitioners.flatMap((one) =>
        one.closures.map((closure) => {
          const { timeZone } = this.#location(one.workplaces[0]!.locationSlug);
          const from = this.#townDate(closure.from).toZonedDateTime(timeZone).toInstant();
          const to = this.#townDate(closure.to).add({ days: 1 }).toZonedDateTime(timeZone).toInstant();
          return {
            practitioner_id: idOf('practitioner', one.slug),
            span: span(from, to),
            note: closure.privateReason,
          };
        }),
      ),
    );
  }

  async #care(): Promise<void> {
    const births = new Map(this.#town.patients?.map((one) => [one.slug, this.#date(-one.ageInDays)]));
    const licensed = await this.#trx
      .selectFrom('licensed_product as l')
      .innerJoin('product as p', 'p.code', 'l.product_code')
      .select(['l.jurisdiction', 'p.code', 'p.name', 'p.retreatment_days'])
      .where('p.unit_system', 'in', ['allergan', 'merz'])
      .orderBy('p.code')
      .execute();
    const rows: CareRows = {
      care_episode: [],
      block: [],
      appointment: [],
      health_answers: [],
      consultation_record: [],
      consultation_question: [],
      consultation_finding: [],
      risk_disclosure: [],
      prescription: [],
      consent: [],
      consent_item: [],
      treatment: [],
      vial: [],
      treatment_record: [],
      injection_point: [],
      follow_up_record: [],
    };
    for (const [index, episode] of (this.#town.episodes ?? []).entries()) {
      const product = licensed.find(
        (one) => one.jurisdiction === this.#location(episode.visits[0]!.locationSlug).jurisdiction,
      );
      this.#episode(
        rows,
        episode,
        `${episode.patientSlug}:${index}`,
        births.get(episode.patientSlug)!,
        product!,
      );
    }
    // Each after what it points at.
    for (const [kind, some] of Object.entries(rows)) {
      await this.#insert(
        kind === 'treatment' ? 'appointment' : (kind as Exclude<keyof CareRows, 'treatment'>),
        some,
      );
    }
    await this.#reviews([...rows.appointment, ...rows.treatment]);
    await this.#unwantedEffect(rows);
  }

  /** A headache after the first treatment of the town, looked after and talked about. */
  async #unwantedEffect({ treatment, treatment_record: records }: CareRows): Promise<void> {
    const [record] = records;
    const visit = treatment.find(({ id }) => id === record?.appointment_id);
    if (record === undefined || visit === undefined) return;
    const given = visit.started_at as Temporal.Instant;
    const { account_id: patientAccount } = await this.#trx
      .selectFrom('patient')
      .where('id', '=', record.patient_id as string)
      .select('account_id')
      .executeTakeFirstOrThrow();
    const { account_id: injectorAccount } = await this.#trx
      .selectFrom('practitioner')
      .where('id', '=', record.injector_id as string)
      .select('account_id')
      .executeTakeFirstOrThrow();
    const id = idOf('adverse event', record.id as string);
    await this.#insert('adverse_event', [
      {
        id,
        patient_id: record.patient_id as string,
        appointment_id: record.appointment_id as string,
        code: 'headache',
        side: 'both',
        onset_on: given
          .toZonedDateTimeISO(visit.time_zone as string)
          .toPlainDate()
          .toString(),
        severity: 'mild',
        words: 'A dull headache in the evening, gone the next day.',
        told_as: 'patient',
        told_by: patientAccount!,
        told_at: this.#minutesAfter(given, 24 * 60),
        treatment_id: record.id as string,
        product_code: record.product_code as string,
        product_name: record.product_name as string,
        batch: record.batch as string,
        location_id: visit.location_id as string,
        clinic_id: visit.clinic_id as string,
        jurisdiction: visit.jurisdiction as string,
        injector_id: visit.practitioner_id as string,
        prescriber_id: visit.prescriber_id as string,
      },
    ]);
    await this.#insert('adverse_event_step', [
      {
        event_id: id,
        nth: 1,
        kind: 'managed',
        who: 'By telephone, the next morning',
        words: 'Rest and water. It had gone by then.',
        taken_by: injectorAccount,
        taken_at: this.#minutesAfter(given, 26 * 60),
      },
    ]);
  }

  /** What patients wrote, three days after their visits; what waits came within a day. */
  async #reviews(visits: readonly InsertObject<DB, 'appointment'>[]): Promise<void> {
    const reviews: InsertObject<DB, 'review'>[] = [];
    const steps: InsertObject<DB, 'review_step'>[] = [];
    const [reviewer] = this.#town.accounts?.filter(({ role }) => role === 'reviewer') ?? [];
    const kept = new Set(visits.filter(({ state }) => state === 'completed').map(({ id }) => id));
    for (const { episodeIndex, visitIndex, answers, words, fate, reply } of this.#town.reviews ?? []) {
      const episode = this.#town.episodes![episodeIndex]!;
      const key = `${episode.patientSlug}:${episodeIndex}:${visitIndex}`;
      const planned = episode.visits[visitIndex]!;
      if (!kept.has(idOf('appointment', key))) continue;
      const id = idOf('review', key);
      const writtenBy = idOf('patient account', episode.patientSlug);
      const starts = this.#starts(planned);
      const writtenAt =
        fate === 'published'
          ? this.#minutesAfter(starts, 3 * 24 * 60)
          : this.#minutesBefore(this.#now, (2 + (reviews.length % 21)) * 60);
      reviews.push({
        id,
        appointment_id: idOf('appointment', key),
        patient_id: idOf('patient', episode.patientSlug),
        practitioner_id: idOf('practitioner', planned.practitionerSlug),
        clinic_id: idOf('clinic', episode.clinicSlug),
        jurisdiction: this.#location(planned.locationSlug).jurisdiction,
        time_zone: this.#location(planned.locationSlug).timeZone,
        visited_on: this.#townDate(planned.day).toString(),
        written_by: writtenBy,
        written_at: writtenAt,
        ...answers,
        words,
      });
      const taken = [
        { kind: 'written', by: writtenBy },
        ...(fate === 'waiting' ? [] : [{ kind: fate, by: idOf('account', reviewer!.slug) }]),
        ...(fate === 'published' && reply !== null
          ? [
              { kind: 'replied', by: idOf('practitioner account', planned.practitionerSlug) },
              { kind: 'reply_published', by: idOf('account', reviewer!.slug) },
            ]
          : []),
      ];
      steps.push(
        ...taken.map(({ kind, by }, index) => ({
          review_id: id,
          nth: index + 1,
          kind,
          state: kind === 'written' ? 'waiting' : fate,
          reply_state: { replied: 'waiting', reply_published: 'published' }[kind] ?? 'none',
          reason: kind === 'returned' ? 'other_person' : null,
          words:
            kind === 'replied'
              ? reply!
              : kind === 'returned'
                ? 'Please leave out who else was there; what you think of the visit can stay.'
                : '',
          taken_by: by,
          taken_at: this.#minutesAfter(writtenAt, index * 60),
        })),
      );
    }
    await this.#insert('review', reviews);
    await this.#insert('review_step', steps);
  }

  #episode(
    rows: CareRows,
    episode: DemoEpisode,
    key: string,
    dateOfBirth: string,
    product: { code: string; name: string; retreatment_days: number },
  ): void {
    const [first] = episode.visits;
    if (first === undefined) return;
    const patientId = idOf('patient', episode.patientSlug);
    const clinicId = idOf('clinic', episode.clinicSlug);
    const episodeId = idOf('episode', key);
    const prescriberId = idOf('practitioner', episode.prescriberSlug);
    const injectorId = idOf('practitioner', episode.injectorSlug);
    const { jurisdiction } = this.#location(first.locationSlug);
    const bookedOn = this.#minutesBefore(this.#starts(first), 6 * 24 * 60);
    rows.care_episode.push({
      id: episodeId,
      patient_id: patientId,
      clinic_id: clinicId,
      opened_at: bookedOn,
    });

    /** One visit's row; what a treatment carries comes on top. */
    const visit = (
      planned: DemoVisit,
      number: number,
      carried: Partial<InsertObject<DB, 'appointment'>> = {},
    ) => {
      const id = idOf('appointment', `${key}:${number}`);
      const location = this.#location(planned.locationSlug);
      const { terms } = this.#practitioner(planned.practitionerSlug);
      const starts = this.#starts(planned);
      const during = span(starts, this.#minutesAfter(starts, planned.durationMinutes));
      const ahead = Temporal.Instant.compare(starts, this.#now) > 0;
      const practitionerId = idOf('practitioner', planned.practitionerSlug);
      const block =
        ahead && planned.fate === 'kept'
          ? span(
              this.#minutesBefore(starts, terms.bufferBeforeMinutes),
              this.#minutesAfter(during.end!, terms.bufferAfterMinutes),
            )
          : null;
      const blockId = block && idOf('block', `${key}:${number}`);
      if (block !== null) {
        rows.block.push({
          id: blockId!,
          practitioner_id: practitionerId,
          location_id: idOf('location', planned.locationSlug),
          kind: 'appointment',
          span: block,
        });
      }
      const state = (
        {
          kept: ahead ? 'confirmed' : 'completed',
          no_show: 'no_show',
          cancelled_by_patient: 'cancelled',
          cancelled_by_practice: 'cancelled',
        } as const
      )[planned.fate];
      const bookedAt = ahead
        ? this.#minutesBefore(this.#now, 3 * 24 * 60)
        : this.#minutesBefore(starts, 6 * 24 * 60);
      rows[planned.kind === 'treatment' ? 'treatment' : 'appointment'].push({
        id,
        kind: planned.kind,
        state,
        practitioner_id: practitionerId,
        location_id: idOf('location', planned.locationSlug),
        clinic_id: clinicId,
        jurisdiction: location.jurisdiction,
        time_zone: location.timeZone,
        during,
        block_id: blockId,
        block_span: block,
        patient_id: patientId,
        patient_date_of_birth: dateOfBirth,
        episode_id: episodeId,
        concerns: episode.regions,
        patient_note: planned.kind === 'consultation' ? episode.patientNote : '',
        created_at: bookedAt,
        started_at: state === 'completed' ? starts : null,
        ended_at: state === 'completed' ? during.end : null,
        cancelled_by:
          planned.fate === 'cancelled_by_patient'
            ? 'patient'
            : planned.fate === 'cancelled_by_practice'
              ? 'practice'
              : null,
        no_show_by: planned.fate === 'no_show' ? 'patient' : null,
        ...carried,
      });
      return { id, starts, state, during };
    };

    const consultation = visit(first, 0);
    const accountId = idOf('patient account', episode.patientSlug);
    if (consultation.state !== 'completed') return;

    const answersId = idOf('answers', key);
    // One in four bruises easily.
    const bruises = Number.parseInt(answersId.slice(0, 1), 16) < 4;
    rows.health_answers.push({
      id: answersId,
      patient_id: patientId,
      version: 1,
      answered_by: accountId,
      answered_at: bookedOn,
      answers: bruises ? { ...HEALTHY, blood_thinners: 'yes', medicines: 'Aspirin' } : HEALTHY,
    });
    const recordId = idOf('consultation', key);
    const signedAt = this.#minutesAfter(consultation.starts, first.durationMinutes - 5);
    rows.consultation_record.push({
      id: recordId,
      appointment_id: consultation.id,
      patient_id: patientId,
      prescriber_id: prescriberId,
      jurisdiction,
      health_answers_id: answersId,
      state: 'signed',
      identity_seen: true,
      identity_document: 'Passport',
      age_seen: true,
      seen_alone: true,
      chaperone: 'Offered, not wanted',
      capacity: 'has_capacity',
      own_choice: true,
      body_image_screen: 'negative',
      concerns: episode.regions,
      regions: episode.regions,
      history: bruises
        ? 'No illness of nerve or muscle. Aspirin.'
        : 'No illness of nerve or muscle. No regular medicines.',
      examination: 'Skin intact. Brows level at rest, lids of equal height. Movement strong and even.',
      baseline: 'Left brow 1 mm higher in movement.',
      movement_to_keep: 'About half',
      desired_result: 'Softer, still able to frown',
      alternatives: 'Doing nothing; sun protection and skin care.',
      plan:
        episode.outcome === 'suitable'
          ? 'Time to think, then one visit and a review visit.'
          : 'No treatment for now. Welcome to come back.',
      outcome: episode.outcome,
      signed_at: signedAt,
      signed_by: idOf('practitioner account', episode.prescriberSlug),
      created_at: consultation.starts,
    });
    if (bruises)
      rows.consultation_finding.push({
        consultation_id: recordId,
        code: 'bleeding',
        severity: 'caution',
        present: true,
        note: 'Aspirin, for the heart. Goes on with it.',
      });
    rows.consultation_question.push({
      consultation_id: recordId,
      question: 'How will it look when I laugh?',
      answer:
        'You will still laugh with your whole face; the deepest lines are softer. We look again after two weeks.',
      asked_at: consultation.starts,
    });
    rows.risk_disclosure.push(
      ...RISKS.map((risk) => ({
        consultation_id: recordId,
        risk_code: risk.code,
        risk_version: risk.version,
        disclosed_at: consultation.starts,
        acknowledged_at: signedAt,
      })),
    );
    const [, treatment, review] = episode.visits;
    if (treatment === undefined) return;

    const prescriptionId = idOf('prescription', key);
    const issuedAt = this.#minutesAfter(consultation.during.end!, 1);
    const expiresAt = this.#minutesAfter(issuedAt, 180 * 24 * 60);
    const given = this.#starts(treatment);
    const wasGiven = treatment.fate === 'kept' && Temporal.Instant.compare(given, this.#now) <= 0;
    // What is kept back keeps it open for a top-up, four weeks long.
    const isUsed =
      wasGiven && Temporal.Instant.compare(this.#minutesAfter(given, 28 * 24 * 60), this.#now) <= 0;
    rows.prescription.push({
      id: prescriptionId,
      consultation_id: recordId,
      consultation_appointment_id: consultation.id,
      consultation_signed_at: signedAt,
      episode_id: episodeId,
      clinic_id: clinicId,
      patient_id: patientId,
      prescriber_id: prescriberId,
      injector_id: injectorId,
      jurisdiction,
      product_code: product.code,
      retreatment_days: product.retreatment_days,
      dose_units: 20 * episode.regions.length,
      top_up_units: 4,
      regions: episode.regions,
      directions: 'As charted at the consultation.',
      state: isUsed ? 'used' : 'active',
      issued_at: issuedAt,
      issued_by: idOf('practitioner account', episode.prescriberSlug),
      expires_at: expiresAt,
      ended_at: isUsed ? given : null,
    });
    const consentId = idOf('consent', key);
    const form = CONSENT_FORMS.findLast((one) => one.jurisdiction === jurisdiction)!;
    const consentedAt = this.#minutesAfter(issuedAt, 20 * 60);
    rows.consent.push({
      id: consentId,
      prescription_id: prescriptionId,
      patient_id: patientId,
      injector_id: injectorId,
      text_version: form.code,
      items: form.items.map(({ code }) => code),
      given_by: accountId,
      given_by_patient: accountId,
      given_at: consentedAt,
      confirmed_at: wasGiven ? given : null,
    });
    rows.consent_item.push(
      ...form.items.map(({ code }) => ({
        consent_id: consentId,
        form_code: form.code,
        item_code: code,
        said_by: accountId,
        said_at: consentedAt,
      })),
    );
    const treated = visit(treatment, 1, {
      consultation_id: recordId,
      consultation_signed_at: signedAt,
      prescription_id: prescriptionId,
      prescriber_id: prescriberId,
      product_code: product.code,
      prescription_expires_at: expiresAt,
      retreatment_days: product.retreatment_days,
      consent_id: consentId,
      independent: episode.injectorSlug === episode.prescriberSlug,
      ...(wasGiven && episode.injectorSlug !== episode.prescriberSlug
        ? { prescriber_where: 'immediately_available', prescriber_way: 'Telephone, next door' }
        : { prescriber_where: null, prescriber_way: null }),
    });
    if (treated.state === 'completed') {
      const batch = `C${(Number.parseInt(idOf('batch', treatment.locationSlug).slice(0, 4), 16) % 9000) + 1000}`;
      const treatmentId = idOf('treatment', key);
      const batchEnds = this.#date(400);
      const vialId = idOf('vial', key);
      rows.vial.push({
        id: vialId,
        location_id: idOf('location', treatment.locationSlug),
        product_code: product.code,
        batch,
        expires_on: batchEnds,
        units: 50,
        custody: 'dispensed',
        dispensed_for_patient_id: patientId,
        received_at: this.#minutesBefore(given, 48 * 60),
      });
      rows.treatment_record.push({
        id: treatmentId,
        appointment_id: treated.id,
        patient_id: patientId,
        injector_id: injectorId,
        prescription_id: prescriptionId,
        state: 'signed',
        product_name: product.name,
        product_code: product.code,
        batch,
        batch_expires_on: batchEnds,
        vial_id: vialId,
        diluent_ml: 1.25,
        aftercare_version: '2026-11',
        signed_at: treated.during.end,
        signed_by: idOf('practitioner account', episode.injectorSlug),
        created_at: given,
      });
      rows.injection_point.push(
        ...episode.regions.flatMap((region) =>
          (['right', 'left'] as const).map((side) => ({
            treatment_id: treatmentId,
            region,
            side,
            x: side === 'right' ? 0.42 : 0.58,
            y: 0.3,
            units: 8,
          })),
        ),
      );
    }
    if (review === undefined) return;
    const reviewed = visit(review, 2);
    if (reviewed.state !== 'completed') return;
    rows.follow_up_record.push({
      appointment_id: reviewed.id,
      patient_id: patientId,
      practitioner_id: idOf('practitioner', review.practitionerSlug),
      findings: 'Settled well, movement as wanted, both sides alike.',
      symmetrical: true,
      movement_kept: 'About half',
      outcomes: Object.fromEntries(episode.regions.map((region) => [region, 'as_wished'])),
      written_by: idOf('practitioner account', review.practitionerSlug),
      written_at: reviewed.during.end!,
    });
  }

  /** What the database writes itself as care goes on, of care that is written down at once. */
  async #codesAndProofs(): Promise<void> {
    await sql`INSERT INTO document_code (patient_id, prescription_id, made_at) SELECT patient_id, id, issued_at FROM prescription`.execute(
      this.#trx,
    );
    await sql`INSERT INTO document_code (patient_id, treatment_id, made_at) SELECT patient_id, id, signed_at FROM treatment_record WHERE state = 'signed'`.execute(
      this.#trx,
    );
    await sql`
      INSERT INTO start_proof (appointment_id, patient_id, made_at, facts)
      SELECT a.id, a.patient_id, a.started_at, start_facts(a, a.started_at) FROM appointment a WHERE a.kind = 'treatment' AND a.started_at IS NOT NULL`.execute(
      this.#trx,
    );
  }

  /** Suspended after the fact, when nothing live hangs on them. */
  async #suspensions(): Promise<void> {
    const suspended = this.#town.practitioners
      .filter((one) => one.listingState === 'suspended')
      .map((one) => idOf('practitioner', one.slug));
    if (suspended.length > 0)
      await this.#trx
        .updateTable('practitioner')
        .set({ standing: 'suspended' })
        .where('id', 'in', suspended)
        .execute();
  }

  /**
   * All rows in one parameter: PostgreSQL takes them apart faster than a driver binds value by value. Every row has the same
   * columns. What of clinics and their rooms is there already stays.
   */
  async #insert<Table extends keyof DB>(
    table: Table,
    rows: readonly InsertObject<DB, Table>[],
  ): Promise<void> {
    if (rows.length === 0) return;
    const names = Object.keys(rows[0]!);
    const odd = rows.find(
      (row) => names.some((name) => !(name in row)) || Object.keys(row).length !== names.length,
    );
    if (odd !== undefined) throw new Error(`rows of ${table} have other columns than the first`);
    const columns = sql.join(names.map((name) => sql.ref(name)));
    for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
      const json = JSON.stringify(rows.slice(from, from + ROWS_AT_ONCE), rangesAsText);
      await sql`
        INSERT INTO ${sql.table(table)} (${columns})
        SELECT ${columns} FROM json_populate_recordset(NULL::${sql.table(table)}, ${json}::json)
        ${mayBeThere.has(table) ? sql`ON CONFLICT DO NOTHING` : sql``}`.execute(this.#trx);
    }
  }

  #practitioner(slug: string): DemoPractitioner {
    const found = this.#practitioners.get(slug);
    if (found === undefined) throw new Error(`no practitioner ${slug}`);
    return found;
  }

  #location(slug: string): DemoLocation {
    const found = this.#locations.get(slug);
    if (found === undefined) throw new Error(`no location ${slug}`);
    return found;
  }

  #date(offset: DayOffset): string {
    return this.#today.add({ days: offset }).toString();
  }

  #at(offset: DayOffset, minute = 0): Temporal.Instant {
    return this.#today.add({ days: offset }).toZonedDateTime('UTC').add({ minutes: minute }).toInstant();
  }

  #townDate(day: TownDay): Temporal.PlainDate {
    return this.#today.add({ days: dayOffset(day, this.#today.dayOfWeek as Weekday) });
  }

  #starts(visit: DemoVisit): Temporal.Instant {
    const { timeZone } = this.#location(visit.locationSlug);
    const time = Temporal.PlainTime.from({
      hour: Math.floor(visit.startMinute / 60),
      minute: visit.startMinute % 60,
    });
    return this.#townDate(visit.day).toZonedDateTime({ timeZone, plainTime: time }).toInstant();
  }

  #minutesAfter(instant: Temporal.Instant, minutes: number): Temporal.Instant {
    return Temporal.Instant.fromEpochMilliseconds(instant.epochMilliseconds + minutes * MINUTE_MS);
  }

  #minutesBefore(instant: Temporal.Instant, minutes: number): Temporal.Instant {
    return this.#minutesAfter(instant, -minutes);
  }
}
