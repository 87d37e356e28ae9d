import type { MappedTable } from './mapped-table.ts';

/** Audit, events, and what is about nobody. */
export const house = {
  audit: {
    what: 'Who did what to whose record: ids and codes, chained. Nothing in it can be forgotten, so it names nobody.',
    about: 'account',
    why: 'record',
    readers: ['self', 'operator'],
    kept: 'always',
    erasure: 'kept',
    find: 'actor_id = :account OR stream = ANY(:streams)',
    secret: 'hash previous_hash',
    other: 'action actor_id at detail seq stream subject_id subject_type',
  },
  event: {
    what: 'What happened, for the rest of the system: ids and codes.',
    about: 'account',
    why: 'record',
    readers: [],
    kept: 'always',
    erasure: 'kept',
    find: null,
    other: 'actor_id clinic_id id occurred_at payload subject_id subject_type type version',
  },
  audit_head: {
    what: 'Where each stream of the audit trail ends.',
    about: 'nobody',
    other: 'hash seq stream',
  },
  audit_checked: {
    what: 'How far each stream of the audit trail was read again, and when.',
    about: 'nobody',
    secret: 'again_hash hash',
    other: 'again_seq checked_at seq stream',
  },
  audit_break: {
    what: 'Where a stream of the audit trail does not hold.',
    about: 'nobody',
    other: 'found_at seq stream why',
  },
  audit_check: {
    what: 'When the audit trail was last read to its end.',
    about: 'nobody',
    other: 'ran_at singleton',
  },
  clock: {
    what: 'How far the clock is ahead, for the demo and the tests.',
    about: 'nobody',
    other: 'ahead_by singleton',
  },
  jurisdiction: {
    what: 'Jurisdictions.',
    about: 'nobody',
    other: 'code country_code currency locale name',
  },
  policy_key: {
    what: 'Keys of the rules.',
    about: 'nobody',
    other: 'direction key words',
  },
  policy_row: {
    what: 'The rules, with their sources.',
    about: 'nobody',
    other:
      'effective effective_from effective_to id jurisdiction key reviewed_at reviewed_by source source_date status value',
  },
  product: {
    what: 'Products.',
    about: 'nobody',
    other: 'code name retreatment_days single_session unit_system',
  },
  product_contraindication: {
    what: 'Which findings rule a product out.',
    about: 'nobody',
    other: 'finding_code product_code',
  },
  licensed_product: {
    what: 'Which products may be used where.',
    about: 'nobody',
    other: 'jurisdiction product_code',
  },
  profession: {
    what: 'Professions.',
    about: 'nobody',
    other: 'code name',
  },
  profession_capability: {
    what: 'What a profession may do where.',
    about: 'nobody',
    other: 'capability jurisdiction profession required_credential',
  },
  required_credential: {
    what: 'What policy asks for.',
    about: 'nobody',
    other: 'jurisdiction kind profession register',
  },
  disclosable_risk: {
    what: 'Risks that have to be named.',
    about: 'nobody',
    other: 'code required text version',
  },
  public_holiday: {
    what: 'Holidays.',
    about: 'nobody',
    other: 'jurisdiction name on_date',
  },
  place: {
    what: 'Places, for the search.',
    about: 'nobody',
    other: 'country_code id latitude longitude name plain_name population region time_zone',
  },
  postcode: {
    what: 'Where areas of postcodes are.',
    about: 'nobody',
    other: 'code country_code latitude longitude',
  },
  policy_change: {
    what: 'Rules changed by two people, and why.',
    about: 'account',
    why: 'law',
    readers: ['operator'],
    kept: 'always',
    erasure: 'kept',
    find: null,
    other:
      'decided_as decided_at decided_by decision_reason effective_from id jurisdiction key proposed_as proposed_at proposed_by reason source source_date state status value warned',
  },
} as const satisfies Readonly<Record<string, MappedTable>>;
