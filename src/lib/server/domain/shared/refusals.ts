/**
 * The one table of refusal codes: HTTP status and the words a person reads.
 * Texts say what happened and what to do next; they never say why somebody else may not.
 */
export const refusals = {
  // Shape of the request
  malformed: { status: 400, text: 'We could not read that request. Please try again.' },
  invalid_input: { status: 422, text: 'Some answers need another look.' },
  wrong_origin: {
    status: 403,
    text: 'This form was opened on another site. Open the page again and send it from there.',
  },
  too_large: { status: 413, text: 'That is more than we can take at once.' },
  too_many_requests: { status: 429, text: 'Too many tries. Please wait a little and try again.' },
  unavailable: { status: 503, text: 'We are busy for a moment. Nothing was lost; please try again.' },
  outcome_unknown: {
    status: 503,
    text: 'The connection broke while we were saving, so it may or may not be done. Please look before you try again.',
  },
  key_reused: { status: 422, text: 'That request key was already used for a different request.' },

  // People
  sign_in_needed: { status: 401, text: 'Please sign in to go on.' },
  sign_in_failed: {
    status: 401,
    text: 'That address and password do not fit together, or the address is not confirmed yet.',
  },
  sign_in_again: { status: 409, text: 'That took too long, or was done already. Please sign in again.' },
  second_factor_failed: {
    status: 401,
    text: 'That code is not right, or was used before. Wait for the next one, or use a recovery code.',
  },
  second_factor_needed: { status: 403, text: 'Set up a second step for signing in before you go on.' },
  proof_needed: {
    status: 403,
    text: 'Show once more that it is you, then send it again. What you typed is kept.',
  },
  proof_failed: { status: 401, text: 'That is not right. Nothing was signed or changed.' },
  passkey_failed: { status: 401, text: 'That passkey did not work. Nothing was changed; please try again.' },
  address_same: { status: 422, text: 'That is the address that you have already.' },
  address_taken: { status: 409, text: 'That address has an account of its own by now. Nothing was changed.' },
  erasure_by_patients: {
    status: 409,
    text: 'You check practitioners, run this place, or work at the desk of a clinic: others rely on it. End that work first; then ask again.',
  },
  erasure_visits_ahead: {
    status: 409,
    text: 'You have visits ahead. Cancel them first, so that nobody waits for you; then ask again.',
  },
  erasure_visits_to_give: {
    status: 409,
    text: 'Patients still have visits with you, or one has begun. See them, hand them on or cancel them first; then ask again.',
  },
  erasure_work_open: {
    status: 409,
    text: 'Something of a patient of yours is still open: a record that you have not signed, or an urgent message that nobody has answered. Finish it first; then ask again.',
  },
  erasure_complaint_open: {
    status: 409,
    text: 'A complaint of yours or about you is still open. Wait for its end, or withdraw your own; then ask again.',
  },
  erasure_practice_goes_on: {
    status: 409,
    text: 'You are still listed. End your practice first: it says who keeps the records of your patients, and who is there for them. Then ask again.',
  },
  erasure_cover_runs: {
    status: 409,
    text: 'You treated somebody in the last four weeks, and they may still need to find out who you are. Ask again when those are over.',
  },
  erasure_asked: { status: 409, text: 'You have asked for that already.' },
  code_ended: { status: 409, text: 'That link has been used or is too old. Ask for a new one.' },
  not_found: { status: 404, text: 'We could not find that page.' },
  pictures_not_public: {
    status: 404,
    text: 'The law of this place keeps such pictures off public pages. At a consultation you can ask to see some.',
  },

  // The calendar
  slot_taken: { status: 409, text: 'Sorry, somebody else has just taken that time.' },
  room_taken: {
    status: 409,
    text: 'That room is in use at that time. Choose another one; nothing was changed.',
  },
  room_unsuitable: { status: 409, text: 'That room is not for this kind of visit. Choose another one.' },
  slot_not_offered: { status: 409, text: 'That time is not on offer.' },
  no_time_behind: { status: 409, text: 'No time right after this consultation can be kept.' },
  time_not_empty: {
    status: 409,
    text: 'There are appointments in that time. Move or cancel each of them first.',
  },
  move_notice: {
    status: 409,
    text: 'It is too close to your visit to change the time here. Please call the clinic: they will help you. You can still cancel here.',
  },
  review_changed: {
    status: 409,
    text: 'The appointments in that time have changed since you looked. Nothing is done yet: please look again.',
  },
  somebody_else_decides: {
    status: 403,
    text: 'Somebody else decides about this: not who noted it, nor who asks.',
  },
  visit_too_long: {
    status: 409,
    text: 'The time after it is taken, so a longer visit does not fit there.',
  },
  hold_ended: { status: 409, text: 'The time we kept for you has run out.' },
  hold_extended_out: { status: 409, text: 'We have kept this time for you as long as we can.' },
  too_many_holds: {
    status: 409,
    text: 'You are already keeping three times. Book one of them or let one go first.',
  },
  patient_busy: { status: 409, text: 'You already have an appointment at that time.' },
  not_now: { status: 409, text: 'That is not possible at this stage.' },
  too_early: { status: 409, text: 'It is too early for that.' },
  practitioner_unavailable: {
    status: 409,
    text: 'This practitioner can’t see patients through Steadyhand at the moment. This does not mean anything is wrong with care you have had.',
  },
  carer_not_oneself: {
    status: 422,
    text: 'That is your own address. You look after your appointments already.',
  },
  carers_full: { status: 409, text: 'Three people can help you at once. End one of them first.' },
  carer_invited_already: { status: 409, text: 'You have asked that person already.' },
  team_invited_already: {
    status: 409,
    text: 'Somebody with that address is already asked to do that here. Take it back first, or wait for the answer.',
  },
  team_invitations_full: {
    status: 409,
    text: 'Twenty people are asked at once, and no more. Take one back first, or wait for an answer.',
  },
  team_member_already: { status: 409, text: 'You do that at this clinic already.' },
  team_last_manager: {
    status: 409,
    text: 'Somebody has to run the clinic. Ask another manager first, and end this once they have said yes.',
  },
  invitation_ended: {
    status: 404,
    text: 'This invitation has ended, or it was sent to another address than the one you are signed in with.',
  },
  address_not_verified: {
    status: 403,
    text: 'Please confirm your e-mail address first: follow the link in the message we sent you.',
  },
  details_missing: { status: 422, text: 'We need your name to book.' },
  details_differ: {
    status: 409,
    text: 'The date of birth is not the one on your record. Each person books from an account of their own.',
  },
  birth_settled: {
    status: 409,
    text: 'This person has been seen, or looks after their own record: the date of birth is no longer changed here.',
  },
  under_age: { status: 422, text: 'Consultations here are for adults only, so we can’t book one.' },

  // The desk
  likely_known: {
    status: 409,
    text: 'Somebody with this date of birth and a very similar name is here already. Choose them, or tick that this is another person.',
  },
  nobody_free: {
    status: 409,
    text: 'Nobody is free at this moment. Offer one of the next times instead.',
  },
  claim_not_found: {
    status: 404,
    text: 'That code and date of birth don’t fit together, or the code has run out. The clinic can print a new one.',
  },
  record_exists: {
    status: 409,
    text: 'That account has a record already. The desk can join the two: ask there.',
  },
  merge_needs_prescriber: {
    status: 409,
    text: 'Both entries hold a clinical record or an account, and those are never joined at the desk. Ask the prescriber who signed the latest record which one to go on with.',
  },
  merge_same_birth: {
    status: 409,
    text: 'These entries have different dates of birth, so they are not joined. Ask the person for photo identification first.',
  },
  merge_visit_open: {
    status: 409,
    text: 'The entry that would go has a visit that has begun, is on hold or was never closed. End that first.',
  },
  second_member_needed: {
    status: 409,
    text: 'Another member of the clinic decides: not the one who proposed it.',
  },

  // The waitlist
  waitlist_full: { status: 409, text: 'You are already waiting for three things. Leave one of them first.' },
  already_waiting: { status: 409, text: 'You are already waiting for an earlier time for this visit.' },
  offer_ended: { status: 409, text: 'This time is no longer kept for you.' },
  place_unknown: { status: 422, text: 'We don’t know that place. Try the nearest larger town.' },

  // Short messages
  text_not_sent: {
    status: 422,
    text: 'No text message could be sent to that number. Look at it again, or try later.',
  },
  text_code_wrong: {
    status: 422,
    text: 'That is not the code, or it is too old. After five tries ask for a new one.',
  },
  push_address: { status: 422, text: 'This browser cannot be notified.' },
  push_full: { status: 409, text: 'Ten browsers are notified already. Take one off first.' },

  // Other calendars
  calendar_unreadable: { status: 422, text: 'That is not a calendar that we can read (an .ics file).' },
  calendar_too_large: { status: 422, text: 'That calendar holds more than we can take.' },
  calendar_address: { status: 422, text: 'That address cannot be used. Take the one that ends in “.ics”.' },
  calendar_unreachable: { status: 422, text: 'No answer came from that address.' },
  calendar_too_slow: { status: 422, text: 'The answer from that address took too long.' },
  calendar_denied: { status: 422, text: 'That address is shut to us, or the calendar is gone.' },
  calendar_server: {
    status: 422,
    text: 'That address cannot be used. It begins with “https://” and is open to the internet.',
  },
  calendar_login: {
    status: 422,
    text: 'The server did not take the user name and password. Most want an app password, made in its settings.',
  },
  calendar_none: { status: 422, text: 'There is no calendar at that address.' },
  calendar_several: {
    status: 422,
    text: 'Several calendars are behind that address. Give the address of the one that is meant.',
  },
  calendar_read_only: { status: 422, text: 'That calendar cannot be written into.' },
  calendar_sealed: {
    status: 422,
    text: 'The password that is kept no longer opens. Disconnect the calendar, and connect it again.',
  },
  calendar_name_taken: { status: 409, text: 'You already have a calendar with that name.' },
  import_unreadable: {
    status: 422,
    text: 'That is neither a table with the columns named below nor an Easy!Appointments dump.',
  },
  import_changed: {
    status: 409,
    text: 'That is not the file that was checked. Check it first; nothing was brought over.',
  },
  too_many_calendars: { status: 409, text: 'You have ten calendars here already. Remove one first.' },

  // The record
  shares_full: { status: 409, text: 'Five links can be open at once. End one of them first.' },
  link_ended: {
    status: 404,
    text: 'This link has ended, or was never given. Ask the patient for a new one.',
  },
  card_unknown: {
    status: 404,
    text: 'No card has this code, or the patient has ended it. Compare it with the card, letter by letter.',
  },

  // The consultation
  already_signed: { status: 409, text: 'This is signed and can no longer be changed. You may add a note.' },
  already_written: { status: 409, text: 'This was already recorded.' },
  draft_changed: {
    status: 409,
    text: 'This record was saved in another window after you opened it here. Nothing was written over: see below what differs, then save again.',
  },
  visit_not_begun: { status: 409, text: 'The visit has not begun yet. Start it first.' },
  suitable_incomplete: {
    status: 422,
    text: '“Suitable” needs identity and age seen, own choice, capacity, a chaperone entry, the examination, the regions, the body-image screen and the health answers.',
  },
  suitable_ruled_out: {
    status: 422,
    text: 'A finding rules out “suitable”. Choose defer, refer or not suitable.',
  },
  effect_onset: {
    status: 422,
    text: 'It began on the day of the treatment or later, and not in the future. Look at the date again.',
  },
  effect_incomplete: {
    status: 422,
    text: 'Write down first who looked after it, and that it was talked about openly with the patient.',
  },
  effect_not_reported: {
    status: 422,
    text: 'A serious one is closed once it has been reported: write down the authority’s reference first.',
  },
  question_unanswered: { status: 422, text: 'One of the patient’s questions has no answer yet.' },
  risk_not_acknowledged: { status: 422, text: 'Each risk must be told and acknowledged first.' },
  answers_changed: {
    status: 409,
    text: 'The patient has given newer health answers. Please read them first.',
  },
  answers_rule_out: {
    status: 422,
    text: 'A health answer speaks against this. The prescriber looks at it first; if it is not right, it is answered anew.',
  },
  finding_not_judged: {
    status: 422,
    text: 'A health answer of the patient raises something that is not judged yet. Say whether it is so.',
  },
  capability_missing: { status: 409, text: 'Your checked credentials do not cover this today.' },

  // Prescription, consent
  consultation_missing: {
    status: 409,
    text: 'This needs a completed face-to-face consultation, signed suitable by you.',
  },
  injector_not_permitted: { status: 422, text: 'This person’s checked credentials do not cover this today.' },
  product_ruled_out: {
    status: 422,
    text: 'What was found in the consultation rules this product out. Choose another one.',
  },
  product_not_licensed: { status: 422, text: 'That product is not on the licensed list here.' },
  prescription_too_long: { status: 422, text: 'The end date is later than the rules allow.' },
  witness_injects: {
    status: 422,
    text: 'The witness is somebody else than the person who will treat.',
  },
  paper_signed_on: {
    status: 422,
    text: 'A form is signed after the consultation, and not on a day to come. Look at the date again.',
  },
  consent_by_patient_only: { status: 403, text: 'Only the patient can consent.' },
  consent_form_changed: {
    status: 409,
    text: 'The form has changed since you opened it. Read it again; what you ticked is kept where it is the same.',
  },
  consent_incomplete: { status: 422, text: 'Please read and tick each point, or choose “No, thank you”.' },
  consent_with_injector_only: { status: 403, text: 'Consent is confirmed with the person who will treat.' },
  date_past: { status: 422, text: 'That day is past. Choose today or a later day.' },
  room_name_taken: { status: 409, text: 'There is a room of that name here already. Choose another name.' },
  date_to_come: { status: 422, text: 'That day is still to come.' },

  // The treatment
  treatment_under_way: {
    status: 409,
    text: 'Your treatment has begun. Say “stop” to the person with you: they stop at once, whenever you say it.',
  },
  cooling_off: { status: 409, text: 'Not yet: there is time set aside to think it over first.' },
  consultation_too_old: {
    status: 409,
    text: 'Not yet: the consultation will be too long ago by then. A new one opens this.',
  },
  consultation_used: {
    status: 409,
    text: 'Not yet: each treatment needs a consultation of its own here. A new one opens this.',
  },
  top_up_not_open: {
    status: 409,
    text: 'Not yet: a small correction follows a review visit in person, within set days of the treatment.',
  },
  top_up_ask_first: {
    status: 409,
    text: 'The practitioner has to look at something first. Nothing was booked: please tell them.',
  },
  top_up_booked: {
    status: 409,
    text: 'A small correction is booked already, or was given. There is only one.',
  },
  too_soon_after_treatment: { status: 409, text: 'Not yet: it is too soon after the last treatment.' },
  prescriber_review_needed: { status: 409, text: 'Not yet: prescriber review needed.' },
  health_not_confirmed: {
    status: 409,
    text: 'Not yet: the patient confirms the health answers shortly before, in private.',
  },
  cover_missing: { status: 409, text: 'Not yet: cover for the four weeks afterwards is not in place.' },
  prescriber_place_not_said: {
    status: 409,
    text: 'Say where the prescriber is, and how you reach them if they are not on site.',
  },
  prescriber_not_here: {
    status: 409,
    text: 'Not yet: the prescriber has not said, from their own account, that they are on site.',
  },
  prescriber_too_far: {
    status: 409,
    text: 'Not yet: the law here wants the prescriber nearer than that while somebody else injects.',
  },
  consent_not_confirmed_today: { status: 409, text: 'Not yet: consent is confirmed together on the day.' },
  consent_asked_again: {
    status: 409,
    text: 'Not yet: the consent form has changed, and the patient reads it again first.',
  },
  consent_missing: { status: 409, text: 'Not yet: the patient’s consent is needed.' },
  prescription_missing: {
    status: 409,
    text: 'Not yet: a prescription for this patient and practitioner is needed.',
  },
  prescription_expired: { status: 409, text: 'Not yet: the prescription ends before then.' },
  prescription_used: { status: 409, text: 'This prescription is already used or booked.' },
  supervision_missing: { status: 409, text: 'Not yet: a supervising prescriber is needed for that time.' },
  vial_missing: { status: 409, text: 'Not yet: choose the vial for this patient first.' },
  vial_of_another_patient: { status: 409, text: 'That vial was dispensed for another patient.' },
  vial_not_here: { status: 409, text: 'That vial cannot be used for this treatment.' },
  vial_expired: { status: 409, text: 'That vial expires before the treatment.' },
  vial_quarantined: {
    status: 409,
    text: 'The batch of that vial is put aside, so it is not used. Choose a vial of another batch.',
  },
  batch_put_aside_already: {
    status: 409,
    text: 'That batch is put aside there already.',
  },
  batch_release_by_prescriber: {
    status: 403,
    text: 'A prescriber who works there lets it go; what Steadyhand put aside everywhere, another of its people.',
  },
  recall_second_person: {
    status: 403,
    text: 'Another person confirms a recall: not the one who proposed it.',
  },
  recall_open: {
    status: 409,
    text: 'That batch has a recall already.',
  },
  vial_in_use: { status: 409, text: 'That vial is already planned for another visit.' },
  deviation_reason_needed: {
    status: 422,
    text: 'This differs from the prescription or the plan. Record it, with the reason.',
  },

  // Applying to be listed
  profession_not_here: {
    status: 422,
    text: 'The law there lets nobody of that profession do this work, so we cannot list you there.',
  },
  checked_stays: {
    status: 409,
    text: 'What two people have checked stays as it is until two people agree to change it. Ask for that under “Your profile”; nothing was changed.',
  },
  nothing_changed: { status: 422, text: 'That is how it stands already.' },
  change_waits: {
    status: 409,
    text: 'You have asked to change this already. Wait for the decision, or take back what you asked.',
  },
  application_under_review: {
    status: 409,
    text: 'Your application is being checked. It stays as the reviewers see it until they have decided.',
  },
  application_incomplete: {
    status: 409,
    text: 'Something is still missing. Your list shows what, and why it is needed.',
  },
  credential_too_old: {
    status: 422,
    text: 'That was too long ago to count. Enter the latest one you have done.',
  },
  evidence_unreadable: {
    status: 422,
    text: 'That is not a file we can take. Add a PDF, or a picture as JPEG or PNG.',
  },
  evidence_full: {
    status: 409,
    text: 'There are three files for this already. Put several pages into one PDF.',
  },
  cover_not_named: {
    status: 422,
    text: 'Nobody is approved without a named person for the time out of hours and somebody who keeps the records.',
  },

  // Checking practitioners
  second_person_needed: { status: 409, text: 'A second reviewer decides: not the one who did the checks.' },
  policy_second_person: {
    status: 409,
    text: 'A second person decides: not the one who proposed the change.',
  },
  policy_reaches_visits: {
    status: 409,
    text: 'Visits are booked from that day on, or the day has passed. Read what the change reaches, and tick that you have.',
  },
  policy_by_release: {
    status: 409,
    text: 'This rule changes with a release only: what people may do, products, and public words follow from it.',
  },
  recovery_second_person: {
    status: 409,
    text: 'Somebody else of the staff has to see them as well.',
  },
  forgetting_second_person: {
    status: 409,
    text: 'A second member of the staff agrees: not the one who proposed it.',
  },
  opening_lapsed: {
    status: 409,
    text: 'Nobody allowed it in time. Whoever needs the record asks again, with a reason that holds today.',
  },
  recovery_another_waits: {
    status: 409,
    text: 'Somebody else is on the way into this account. If that is not its owner, refuse that request first.',
  },
  not_about_yourself: { status: 403, text: 'Nobody decides about themselves.' },
  evidence_incomplete: {
    status: 422,
    text: 'The evidence is not complete: every credential that policy asks of this profession here is needed, training hands-on.',
  },
  evidence_too_old: {
    status: 409,
    text: 'The checks are too old to decide on: four months for a source, two weeks for a register. Have them made again.',
  },
  checks_missing: {
    status: 409,
    text: 'Check each current credential at its source first. One that could not be reached is not checked.',
  },
  change_overtaken: {
    status: 409,
    text: 'What this would change has changed meanwhile. Reject it: they can ask again.',
  },
  visits_at_address: {
    status: 409,
    text: 'Visits are booked at the address as it is. They have to be held, moved or cancelled first; name and telephone number of the clinic can change before.',
  },
  insurance_for_others: {
    status: 409,
    text: 'Insurance that covers prescribing for somebody else has to be checked first. Add it to your listing.',
  },
  supervision_too_long: { status: 422, text: 'A year at most: then both of you think again.' },
  nobody_to_ask: {
    status: 422,
    text: 'Nobody who may prescribe there is listed under that name.',
  },
  supervision_full: { status: 409, text: 'That prescriber already supervises as many as the rules allow.' },

  ending_cover_needed: {
    status: 422,
    text: 'Somebody was treated in the last 28 days: name another person, with a number, who is there for them.',
  },
  ending_by_oneself: {
    status: 403,
    text: 'Who leaves or retires says so; of a death or a closed clinic the staff do.',
  },

  // Complaints
  complaints_open: {
    status: 409,
    text: 'Three complaints of yours about this practitioner are open. Follow those in My care, or withdraw one.',
  },
  clinic_answers: {
    status: 403,
    text: 'Somebody else answers complaints for the clinic. You can read this one here.',
  },
  complaint_not_read: { status: 409, text: 'Say first how serious it is.' },
  complaint_second_person: {
    status: 409,
    text: 'What was ever of high severity is upheld by two reviewers: one proposes the finding, another closes it with the same.',
  },

  // Reviews
  review_of_kept_visit: { status: 409, text: 'A review is about a visit that took place.' },
  review_once: {
    status: 409,
    text: 'You have written about this visit already. You find it among your reviews.',
  },
  review_not_allowed: {
    status: 409,
    text: 'The law where this visit was allows no public reviews. You can make a complaint, which is never public.',
  },
  review_second_person: {
    status: 409,
    text: 'Two reviewers decide not to publish: one proposes it, another agrees for the same reason.',
  },
  // Pictures
  photo_consent_missing: {
    status: 409,
    text: 'The patient has not agreed that these pictures are shown, or has taken it back.',
  },
  picture_unreadable: {
    status: 422,
    text: 'That is not a picture we can take. Add a whole JPEG, PNG or WebP of at most 16 MB and 50 megapixels.',
  },
  portfolio_frozen: {
    status: 409,
    text: 'This case is with a reviewer or has been approved, so it stays as it is. Take it down first to change it.',
  },
  portfolio_dates: {
    status: 422,
    text: 'The first picture is from before the treatment or its day, the second from a later day, and none from the future.',
  },
  portfolio_pictures_missing: { status: 409, text: 'Add both pictures first.' },
  upload_out_of_step: {
    status: 409,
    text: 'That part of the file is not the next one. Ask how much has arrived, and go on from there.',
  },
  upload_broken: {
    status: 422,
    text: 'What arrived is not the file that was announced. Please send it again.',
  },
} as const satisfies Record<string, { status: number; text: string }>;

export type RefusalCode = keyof typeof refusals;
