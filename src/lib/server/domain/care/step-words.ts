import type { GateStep, Mover, OpenGateStep, StepCode } from './gate.ts';
import { isPrescribersOwn } from './gate.ts';

/** A step as a page shows it; `opensAt` is put into words where the zone is known. */
export type StepWords = {
  readonly title: string;
  readonly why: string;
  readonly opens: string;
  readonly whose: string;
  readonly rule: string;
};

/** Who the people of a step are, by the names that the reader knows. */
export type StepPeople = { readonly prescriber: string; readonly injector: string };

type Phrase = Omit<StepWords, 'whose' | 'title' | 'rule'>;

const TITLES: Readonly<Record<StepCode, { patient: string; practitioner: string; rule: string }>> = {
  consultation: {
    patient: 'Consultation',
    practitioner: 'Consultation',
    rule: 'Seen face to face by the prescriber, signed suitable, and not too long ago',
  },
  age: { patient: 'Age', practitioner: 'Age', rule: 'Adults only, whatever the law would allow' },
  prescription: {
    patient: 'Prescription',
    practitioner: 'Prescription',
    rule: 'For this patient, naming this practitioner; used once',
  },
  time_to_think: {
    patient: 'Time to think',
    practitioner: 'Time to think',
    rule: 'From the prescriber’s signature to the start of the treatment',
  },
  consent: {
    patient: 'Your consent',
    practitioner: 'Consent',
    rule: 'Given by the patient alone, item by item, after the consultation',
  },
  interval: {
    patient: 'Time since the last treatment',
    practitioner: 'Interval',
    rule: 'Counted over everything known here and told from elsewhere',
  },
  answers: {
    patient: 'Your health answers',
    practitioner: 'Prescriber’s review',
    rule: 'Confirmed by the patient shortly before; a changed answer waits for the prescriber’s written decision',
  },
  capability: {
    patient: 'Your practitioner’s checks',
    practitioner: 'Checked credentials',
    rule: 'Checked and valid on the day, in this jurisdiction',
  },
  supervision: {
    patient: 'A prescriber who stands by',
    practitioner: 'Supervision',
    rule: 'Who may not prescribe works under the prescriber, accepted by both',
  },
  cover: {
    patient: 'Somebody to call afterwards',
    practitioner: 'Cover afterwards',
    rule: 'A named person and number for the 28 days after',
  },
  vial: {
    patient: 'The medicine',
    practitioner: 'Vial',
    rule: 'Dispensed for this patient, or stock that the prescriber holds here',
  },
  prescriber_place: {
    patient: 'Where your prescriber is',
    practitioner: 'Where the prescriber is',
    rule: 'As near as the law of the place wants it, while somebody else gives the treatment',
  },
  consent_today: {
    patient: 'Consent again on the day',
    practitioner: 'Consent confirmed today',
    rule: 'Gone through together, on the day, with the person who will treat',
  },
};

const TO_PATIENT: Readonly<Record<string, Phrase>> = {
  consultation_missing: {
    why: 'A face-to-face consultation comes first.',
    opens: 'A consultation in which you are found suitable.',
  },
  consultation_too_old: {
    why: 'By that day your consultation will be too long ago.',
    opens: 'A new consultation.',
  },
  consultation_used: {
    why: 'Each treatment needs a consultation of its own here, and this one has led to one already.',
    opens: 'A new consultation.',
  },
  prescriber_review_needed: {
    why: 'Your health answers changed after the consultation, or the record is being corrected.',
    opens: 'Your prescriber reads it and decides; we will tell you.',
  },
  health_not_confirmed: {
    why: 'Shortly before each visit you say whether your health answers still hold.',
    opens:
      'You look at them again, from the day before on. If something changed, your prescriber reads it first.',
  },
  answers_rule_out: {
    why: 'One of your health answers speaks against this medicine.',
    opens: 'Your prescriber talks with you about it. If the answer is not right, you can answer anew.',
  },
  under_age: { why: 'Treatments here are for adults only.', opens: 'The day on which you are old enough.' },
  prescription_missing: {
    why: 'There is no prescription in your name yet.',
    opens: 'Your prescriber writes one, if you both want to go on.',
  },
  prescription_used: { why: 'This prescription has been used.', opens: 'A new consultation.' },
  prescription_expired: { why: 'Your prescription ends before that day.', opens: 'A new prescription.' },
  cooling_off: {
    why: 'You have time to think it over. Doing nothing is a good choice too.',
    opens: 'Nothing to do: it opens by itself.',
  },
  consent_missing: {
    why: 'Nothing happens without your agreement, and you may take it back.',
    opens: 'You read each point and agree, or say “No, thank you”.',
  },
  consent_asked_again: {
    why: 'The consent form says more than it did when you agreed.',
    opens: 'You read it again and agree, or say “No, thank you”.',
  },
  too_soon_after_treatment: {
    why: 'It is too soon after your last treatment.',
    opens: 'Nothing to do: it opens by itself.',
  },
  top_up_not_open: {
    why: 'A small correction follows a review visit, within set days of the treatment.',
    opens: 'A review visit in person.',
  },
  practitioner_unavailable: {
    why: 'This practitioner can’t see patients through Steadyhand at the moment. This does not mean anything is wrong with care you have had.',
    opens: 'We will tell you, or help you find somebody else.',
  },
  injector_not_permitted: {
    why: 'We are waiting for a check of your practitioner’s papers for that day.',
    opens: 'The check is done; we will tell you.',
  },
  supervision_missing: {
    why: 'A prescriber has to stand by on that day, and none is named yet.',
    opens: 'The clinic arranges it; we will tell you.',
  },
  cover_missing: {
    why: 'We make sure that somebody can be called in the four weeks afterwards.',
    opens: 'The clinic names a person and a number.',
  },
  vial_missing: { why: 'The clinic prepares it on the day.', opens: 'The clinic, on the day.' },
  vial_quarantined: { why: 'The clinic prepares it on the day.', opens: 'The clinic, on the day.' },
  prescriber_not_here: {
    why: 'Your prescriber has to be in the building while you are treated here.',
    opens: 'On the day, when your prescriber is there.',
  },
  prescriber_too_far: {
    why: 'Your prescriber has to be nearer while you are treated here.',
    opens: 'On the day, when your prescriber is near enough.',
  },
  consent_not_confirmed_today: {
    why: 'You go through your consent once more, together, before anything starts.',
    opens: 'On the day, with the person who treats you.',
  },
};

const TO_PRACTITIONER: Readonly<Record<string, Phrase>> = {
  consultation_missing: {
    why: 'No consultation signed “suitable” yet.',
    opens: 'The prescriber sees the patient face to face and signs.',
  },
  consultation_too_old: {
    why: 'The consultation is too long ago for that day.',
    opens: 'A new consultation with the prescriber.',
  },
  consultation_used: {
    why: 'Each treatment needs a consultation of its own here, and this one has led to one already.',
    opens: 'A new consultation with the prescriber.',
  },
  prescriber_review_needed: {
    why: 'Prescriber review needed.',
    opens: 'The prescriber’s written decision.',
  },
  health_not_confirmed: {
    why: 'The patient has not confirmed the health answers for this visit.',
    opens: 'The patient confirms them, on a device of their own or alone with you.',
  },
  answers_rule_out: {
    why: 'A health answer rules this product out.',
    opens: 'The answers are given anew if they are not right; otherwise another product, or none.',
  },
  under_age: {
    why: 'The patient is under age on that day.',
    opens: 'The day on which the patient is of age.',
  },
  prescription_missing: {
    why: 'No active prescription for this patient and practitioner.',
    opens: 'The prescriber writes one.',
  },
  prescription_used: {
    why: 'The prescription has been used.',
    opens: 'A new consultation and prescription.',
  },
  prescription_expired: {
    why: 'The prescription ends before the visit does.',
    opens: 'A new prescription, and consent to it.',
  },
  cooling_off: {
    why: 'The patient’s time to think is not over.',
    opens: 'Nothing to do: it opens by itself.',
  },
  consent_missing: {
    why: 'The patient has not agreed yet.',
    opens: 'The patient consents in My care.',
  },
  consent_asked_again: {
    why: 'The consent form has changed since the patient agreed.',
    opens: 'The patient reads it again in My care.',
  },
  too_soon_after_treatment: {
    why: 'Too soon after another treatment.',
    opens: 'It opens by itself; the prescriber may decide otherwise, with a reason.',
  },
  top_up_not_open: {
    why: 'A top-up follows a review visit in person, within set days of the treatment and the units kept back.',
    opens: 'A review visit in person, within those days.',
  },
  practitioner_unavailable: {
    why: 'Injector or prescriber is not in good standing at the moment.',
    opens: 'The outcome of the checks.',
  },
  injector_not_permitted: {
    why: 'The injector’s checked credentials do not cover the whole visit.',
    opens: 'A renewed credential, checked.',
  },
  supervision_missing: {
    why: 'No supervision by this prescriber covers the whole visit.',
    opens: 'Prescriber and injector both accept a supervision.',
  },
  cover_missing: {
    why: 'No telephone number for complications out of hours.',
    opens: 'The injector names a person and a number.',
  },
  vial_missing: {
    why: 'No vial is set aside for this patient.',
    opens: 'Choose one, or take one in.',
  },
  vial_quarantined: {
    why: 'The batch of this vial is put aside.',
    opens: 'Choose a vial of another batch.',
  },
  prescriber_not_here: {
    why: 'The prescriber has to be on site, and has not said so.',
    opens: 'On the day: on their own page of today they press “I am at …”.',
  },
  prescriber_too_far: {
    why: 'The law here wants the prescriber nearer than that.',
    opens: 'The prescriber comes nearer, or gives the treatment.',
  },
  consent_not_confirmed_today: {
    why: 'Consent has not been gone through today.',
    opens: 'Read it through with the patient, just before you start.',
  },
};

/** What the patient reads: the whole reason, in plain words. */
export function wordsForPatient(step: GateStep, people: StepPeople): StepWords {
  const { patient: title, rule } = TITLES[step.code];
  if (step.state === 'done') return { title, why: '', opens: '', whose: '', rule };
  const whose = { ...moverNames(people), patient: 'Yours' }[step.whose];
  return { title, ...TO_PATIENT[step.reason]!, whose, rule };
}

/**
 * What a practitioner reads. Who injects but did not prescribe reads of clinical reasons only that the prescriber must
 * look, and of a patient who withdrew only that the patient has cancelled (G4).
 */
export function wordsForPractitioner(
  step: GateStep,
  people: StepPeople,
  { isPrescriber, withdrawn = false }: { isPrescriber: boolean; withdrawn?: boolean },
): StepWords {
  const { practitioner: title, rule } = TITLES[step.code];
  if (step.state === 'done') return { title, why: '', opens: '', whose: '', rule };
  if (step.code === 'consent' && withdrawn)
    return {
      title,
      why: isPrescriber ? 'The patient has taken the consent back.' : 'The patient has cancelled.',
      opens: 'Only the patient can go on from here.',
      whose: 'The patient’s',
      rule,
    };
  const shown = isPrescriber ? step : veiled(step);
  return {
    // The review is the prescriber’s; that the answers still hold, the patient says.
    title: shown.reason === 'health_not_confirmed' ? 'Health answers confirmed' : title,
    ...TO_PRACTITIONER[shown.reason]!,
    whose: moverNames(people)[shown.whose],
    rule,
  };
}

function veiled(step: OpenGateStep): Pick<OpenGateStep, 'reason' | 'whose'> {
  return isPrescribersOwn(step) ? { reason: 'prescriber_review_needed', whose: 'prescriber' } : step;
}

function moverNames({ prescriber, injector }: StepPeople): Record<Mover, string> {
  return {
    patient: 'The patient’s',
    prescriber: `${prescriber}’s`,
    injector: `${injector}’s`,
    clock: 'Nobody’s: it opens by itself',
  };
}
