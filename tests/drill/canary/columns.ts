/*
 * What the data map cannot say of its columns by itself: which of them can hold no text of their own, and how rows are found that
 * no copy holds. A column that is neither here nor marked fails the drill.
 */

const REASONS = {
  'one of a few words that the application knows': `message_preference.time_zone appointment.concerns appointment.needs booking_draft.concerns booking_draft.needs
    consultation_record.identity_document consultation_record.body_image_screen consultation_record.brow_height consultation_record.capacity consultation_record.concerns
    consultation_record.dry_eye consultation_record.lid_position consultation_record.outcome consultation_record.regions consultation_finding.code consultation_finding.severity
    consultation_finding.present risk_disclosure.risk_code prescription.product_code prescription.regions consent.items treatment_record.product_code injection_point.region
    injection_point.side deviation.kind follow_up_record.symmetrical health_decision.decision adverse_event.code adverse_event.region adverse_event.severity adverse_event.side
    practitioner.gender practitioner.languages consultation_record.face follow_up_record.outcomes`,
  'a number that many have': `prescription.dose_units prescription.top_up_units treatment_record.diluent_ml injection_point.units injection_point.x injection_point.y
    waitlist_entry.radius_km practitioner.practising_since practitioner.portrait_seed`,
  'holds the address of the account, whose marker is looked for':
    'mail_message.to_address mail_declined.to_address',
  'the database makes it of a day that is marked': 'appointment.needed_birth',
  'made of the profile, whose markers are looked for in it': 'search_text.lexemes search_text.shown',
  'the address of a page that everybody reads': 'practitioner.slug practitioner_slug.slug',
};

/** Why a column carries no marker, by `table.column`. */
export const unmarkable: ReadonlyMap<string, string> = new Map(
  Object.entries(REASONS).flatMap(([reason, columns]) =>
    columns.split(/\s+/).map((column) => [column, reason] as const),
  ),
);

const OWN_LETTERS = 'mail_id IN (SELECT id FROM mail_message WHERE to_address = :email)';
const OWN_CASES = 'case_id IN (SELECT id FROM portfolio_case WHERE patient_id = ANY(:patients))';

/** Which rows of a table are about somebody, where a copy has none of it. */
export const foundBy: Readonly<Record<string, string>> = {
  mail_bounce: OWN_LETTERS,
  dropped_job: OWN_LETTERS,
  complaint_evidence:
    'complaint_id IN (SELECT id FROM complaint WHERE made_by = :account OR patient_id = ANY(:patients))',
  portfolio_step: OWN_CASES,
  portfolio_upload_piece: `upload_id IN (SELECT id FROM portfolio_upload WHERE ${OWN_CASES})`,
  record_lock_opening: 'patient_id = ANY(:patients)',
  safety_case: 'injector_id = :practitioner',
  suspension: 'practitioner_id = :practitioner',
  register_look_up:
    'id IN (SELECT k.look_up_id FROM credential_check k JOIN credential c ON c.id = k.credential_id WHERE c.practitioner_id = :practitioner)',
  register_entry:
    "release_id IN (SELECT id FROM register_release WHERE file_name = 'of ' || (:practitioner)::text)",
};
