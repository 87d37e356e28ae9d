import type { RefusalCode } from './refusals.ts';

/**
 * Guard of the database -> the refusal a person reads when a race or a stale page meets it.
 * A guard that no honest page can meet is left out: breaking it is a bug and answers 500.
 */
export const guards: Readonly<Record<string, RefusalCode>> = {
  block_no_overlap: 'slot_taken',
  block_travel: 'slot_taken',
  block_room_no_overlap: 'slot_taken',
  appointment_room: 'slot_taken',
  appointment_closed: 'slot_not_offered',
  appointment_limit: 'slot_taken',
  closure_over_nothing: 'time_not_empty',
  appointment_patient_no_overlap: 'patient_busy',
  appointment_adult: 'under_age',
  appointment_hold_live: 'hold_ended',
  appointment_hold_extensions: 'hold_extended_out',
  idempotency_key_pkey: 'key_reused',
  appointment_transition: 'not_now',
  appointment_frozen: 'not_now',
  appointment_not_yet: 'too_early',
  appointment_day_over: 'not_now',
  appointment_not_back_dated: 'slot_not_offered',
  appointment_capability: 'practitioner_unavailable',
  appointment_standing: 'practitioner_unavailable',
  appointment_prescriber_standing: 'practitioner_unavailable',
  account_email_once: 'invalid_input',

  // The waitlist
  waitlist_entry_three: 'waitlist_full',
  waitlist_entry_once: 'already_waiting',
  waitlist_offer_answered_once: 'offer_ended',
  waitlist_offer_in_time: 'offer_ended',

  // The consultation (G11, G1)
  consultation_record_frozen: 'already_signed',
  consultation_part_frozen: 'already_signed',
  consultation_record_once: 'already_written',
  consultation_record_during_visit: 'visit_not_begun',
  consultation_record_suitable: 'suitable_incomplete',
  consultation_record_no_absolute_finding: 'suitable_ruled_out',
  consultation_record_questions_answered: 'question_unanswered',
  consultation_record_risks_acknowledged: 'risk_not_acknowledged',
  consultation_record_latest_answers: 'answers_changed',
  consultation_record_capability: 'capability_missing',

  // The prescription (G2, G5)
  prescription_visit_completed: 'consultation_missing',
  prescription_from_consultation: 'consultation_missing',
  prescription_capability: 'capability_missing',
  prescription_injector_capability: 'injector_not_permitted',
  prescription_in_good_standing: 'practitioner_unavailable',
  prescription_licensed: 'product_not_licensed',
  prescription_validity: 'prescription_too_long',
  prescription_span: 'prescription_too_long',
  prescription_frozen: 'already_signed',

  // Consent (G1, G5)
  consent_by_the_patient: 'consent_by_patient_only',
  consent_items: 'consent_incomplete',
  consent_one_given: 'already_written',
  consent_frozen: 'not_now',
  consent_confirmed_with_injector: 'consent_with_injector_only',

  // The treatment gate
  treatment_age: 'under_age',
  treatment_cooling_off: 'cooling_off',
  treatment_consultation_current: 'consultation_too_old',
  treatment_top_up_window: 'top_up_not_open',
  treatment_interval_elsewhere: 'too_soon_after_treatment',
  treatment_interval: 'too_soon_after_treatment',
  appointment_retreatment_interval: 'too_soon_after_treatment',
  treatment_answers_reviewed: 'prescriber_review_needed',
  treatment_cover: 'cover_missing',
  treatment_consent_today: 'consent_not_confirmed_today',
  appointment_consent_confirmed: 'consent_not_confirmed_today',
  appointment_consent_given: 'consent_missing',
  appointment_consent: 'consent_missing',
  appointment_prescription: 'prescription_missing',
  appointment_prescription_active: 'prescription_missing',
  appointment_prescription_unexpired: 'prescription_expired',
  appointment_prescription_single_use: 'prescription_used',
  appointment_one_top_up: 'prescription_used',
  appointment_own_prescribing: 'supervision_missing',
  appointment_supervision: 'supervision_missing',
  appointment_supervisor_prescribes: 'supervision_missing',

  // Vials (G10)
  planned_vial_dispensed_for: 'vial_of_another_patient',
  planned_vial_vial: 'vial_not_here',
  planned_vial_stock_of_prescriber: 'vial_not_here',
  planned_vial_stock_in_practice: 'vial_not_here',
  planned_vial_unexpired: 'vial_expired',
  planned_vial_one_session: 'vial_in_use',
  planned_vial_of_treatment: 'vial_not_here',
  planned_vial_frozen: 'not_now',
  treatment_record_frozen: 'already_signed',
  treatment_part_frozen: 'already_signed',
  treatment_record_once: 'already_written',
  treatment_record_of_visit: 'visit_not_begun',
  treatment_record_deviations_told: 'deviation_reason_needed',

  // Vetting and supervision (L1, G3)
  vetting_case_two_people: 'second_person_needed',
  vetting_case_not_the_subject: 'not_about_yourself',
  vetting_case_waiting: 'not_now',
  vetting_case_one_open: 'already_written',
  vetting_evidence_complete: 'evidence_incomplete',
  supervision_cap: 'supervision_full',
  supervision_no_overlap: 'already_written',
  supervision_frozen: 'not_now',
};
