import { feePromise } from '#lib/format/fee.ts';
import { invitationLetter } from '#lib/server/domain/booking/invite-carer.ts';
import { recoveryNewsLetter, wayInLetter } from '#lib/server/domain/accounts/recovery-letters.ts';
import {
  addressAskedLetter,
  addressChangedLetter,
  addressTakenLetter,
  confirmNewAddressLetter,
  factorChangedLetter,
  passwordChangedLetter,
  passwordResetLetter,
  recoveryCodeLetter,
  verifyAddressLetter,
} from '#lib/server/domain/accounts/letters.ts';
import { putBackLetter } from '#lib/server/domain/availability/external/put-back-letter.ts';
import { effectLetters } from '#lib/server/domain/care/adverse-events/tell-effect.ts';
import { climbedLetters } from '#lib/server/domain/care/climb-urgent.ts';
import { urgentLetter } from '#lib/server/domain/care/report-urgent.ts';
import {
  letterToCarer,
  letterToPatient,
  type AppointmentLetter,
  type Told,
} from '#lib/server/domain/notifications/appointment-letter.ts';
import { reviewQuestion } from '#lib/server/domain/notifications/ask-for-review.ts';
import { complaintLetter, toMaker, toPractice } from '#lib/server/domain/notifications/notify-complaint.ts';
import { offerLetter } from '#lib/server/domain/notifications/notify-offer.ts';
import { photosLetter } from '#lib/server/domain/notifications/notify-photos.ts';
import { answeredLetter } from '#lib/server/domain/notifications/notify-answered.ts';
import { applicationLetter, stoppedLetter } from '#lib/server/domain/notifications/notify-practitioner.ts';
import { profileChangeLetter } from '#lib/server/domain/notifications/notify-profile-change.ts';
import { reviewLetter, toPractitioner, toWriter } from '#lib/server/domain/notifications/notify-review.ts';
import { appointmentLetters, lettersForCarers } from '#lib/server/domain/notifications/notify.ts';
import { endingLetter } from '#lib/server/domain/notifications/remind-of-ending.ts';
import { reminderLetter } from '#lib/server/domain/notifications/remind.ts';
import { daySheetLetter } from '#lib/server/domain/notifications/send-day-sheets.ts';
import {
  supervisionAccepted,
  supervisionAsked,
  supervisionEnded,
} from '#lib/server/domain/oversight/supervision-letters.ts';
import { safetyCaseLetter } from '#lib/server/domain/oversight/safety/open-cases.ts';
import { recallLetters } from '#lib/server/domain/oversight/safety/tell-recalls.ts';
import {
  agreedLetter,
  forgettingLetter,
  keptLetter,
  refusedLetter,
} from '#lib/server/domain/privacy/letters.ts';
import { memberEndedLetter, memberInvitedLetter } from '#lib/server/domain/reception/team-letters.ts';
import { recordOpenedLetter } from '#lib/server/domain/records/sharing.ts';
import { isOptional, type LetterKind } from '#lib/server/domain/shared/letter-kinds.ts';
import type { Letter, LetterFrame } from '#lib/server/domain/shared/letter.ts';
import { span } from '#lib/server/platform/instants.ts';

/** A letter of some kind as somebody gets it. */
export interface Sample {
  kind: LetterKind;
  name: string;
  letter: Letter;
  frame: LetterFrame;
}

const SITE = 'https://steadyhand.example';
const ID = '01986a3e-7c1f-7c3a-9e2d-5b1d5f0c2a77';
const START = Temporal.Instant.from('2027-03-09T14:30:00Z');
const LONDON = 'Europe/London';

/** A visit, its longest names and all. */
const told: Told = {
  visit: 'consultation',
  yourVisit: 'your consultation',
  when: 'Tue 9 March, 14:30',
  zone: 'London time',
  who: 'Dr Wilhelmina Featherstonehaugh-Okonkwo',
  where: 'The Old Apothecary Consulting Rooms, 14 Great Chapel Mews, London, W1F 8FL',
  fee: {
    costs: '£120',
    promise: feePromise(120_00, 'The Old Apothecary Consulting Rooms'),
  },
  phone: '+44 20 7946 0123',
  hasAccount: true,
  records: 'Harley & Daughters Records, 12 Wigmore Street, London',
  cover: 'Dr Amara Okafor-Bell, +44 20 7946 0188',
  myCare: `${SITE}/my-care`,
  claim: `${SITE}/claim-record`,
  times: `${SITE}/practitioners/wilhelmina`,
  visitPage: `${SITE}/my-care/appointments/${ID}`,
  move: `${SITE}/my-care/appointments/${ID}/move`,
  cancel: `${SITE}/my-care/appointments/${ID}/cancel`,
  isForCarer: false,
  payload: {},
};
const forCarer: Told = {
  ...told,
  visit: 'appointment',
  fee: null,
  isForCarer: true,
  myCare: `${SITE}/carer`,
  move: `${SITE}/carer/appointments/${ID}/move`,
  cancel: `${SITE}/carer/appointments/${ID}/cancel`,
};

const sample = (kind: LetterKind, name: string, letter: Letter): Sample => ({
  kind,
  name,
  letter,
  frame: {
    toName: kind === 'carer_invited' || kind === 'clinic_member_invited' ? '' : 'Hannah',
    contact: { email: 'help@steadyhand.example', page: `${SITE}/contact` },
    ...(isOptional(kind) && { stop: `${SITE}/account/messages/stop?secret=iV3Yx0aP7bq2` }),
  },
});

/** To the patient, to one without an account, and to a carer where carers get it. */
function ofVisit(
  letter: AppointmentLetter,
  name: string,
  payload: Told['payload'],
  hasCarers: boolean,
): Sample[] {
  const { kind } = letter;
  return [
    sample(kind, name, letterToPatient(letter, { ...told, payload })),
    sample(kind, `${name}, no account`, letterToPatient(letter, { ...told, payload, hasAccount: false })),
    ...(hasCarers
      ? [sample(kind, `${name}, carer`, letterToCarer(letter, { ...forCarer, payload }, 'Hannah'))]
      : []),
  ];
}

const cover = { name: 'Dr Amara Okafor-Bell', phone: '+44 20 7946 0188' };
const complaintDays = {
  severity: 'high',
  acknowledgeBy: START,
  answerBy: START.add({ hours: 480 }),
  timeZone: LONDON,
};
const pages = { page: `${SITE}/my-care/complaints/${ID}`, urgent: `${SITE}/urgent?in=england` };
const offer = {
  during: span(START, START.add({ minutes: 30 })),
  openUntil: START.subtract({ hours: 20 }),
  timeZone: LONDON,
  practitionerName: told.who,
  clinicName: 'The Old Apothecary Consulting Rooms',
  clinicPhone: told.phone,
  address: '14 Great Chapel Mews, London, W1F 8FL',
};

/** Every kind of letter, in each form that it has. */
export const everyLetter: readonly Sample[] = [
  sample('account_verify', 'verify', verifyAddressLetter(`${SITE}/account/verify?token=k3w0`)),
  sample('account_taken', 'taken', addressTakenLetter(`${SITE}/account/sign-in`)),
  sample('account_reset', 'reset', passwordResetLetter(`${SITE}/account/reset-password?token=k3w0`)),
  sample(
    'account_verify',
    'new address',
    confirmNewAddressLetter(`${SITE}/account/email/confirm?token=k3w0`),
  ),
  ...(['app_added', 'app_removed', 'passkey_added', 'passkey_removed', 'codes_renewed'] as const).map(
    (change) => sample('account_changed', change, factorChangedLetter(change)),
  ),
  sample('account_changed', 'recovery code', recoveryCodeLetter(7)),
  sample('account_changed', 'address asked', addressAskedLetter),
  sample('account_changed', 'address', addressChangedLetter(`${SITE}/account/email/undo?token=k3w0`)),
  sample('account_changed', 'password', passwordChangedLetter),
  sample('account_forgetting', 'asked', forgettingLetter('16 March 2027', `${SITE}/account/privacy`)),
  sample('account_forgetting', 'taken back', keptLetter(`${SITE}/account/privacy`)),
  sample('carer_invited', 'carer', invitationLetter('Hannah Whitlock', `${SITE}/carer/accept?code=k3w0`)),
  ...(['reception', 'manager'] as const).flatMap((role) => [
    sample(
      'clinic_member_invited',
      role,
      memberInvitedLetter('The Old Apothecary Consulting Rooms', role, `${SITE}/team/accept?code=k3w0`),
    ),
    sample('clinic_member_ended', role, memberEndedLetter('The Old Apothecary Consulting Rooms', role)),
  ]),
  ...Object.entries(appointmentLetters).flatMap(([type, letter]) =>
    ['patient', 'practice'].flatMap((by) =>
      ofVisit(
        letter,
        `${type} by ${by}`,
        { by: by === 'practice' && type === 'appointment.no_show' ? 'practitioner' : by, minutes: '20' },
        lettersForCarers.some((one) => one === type),
      ),
    ),
  ),
  ...(['week', 'two_days', 'last'] as const).flatMap((step) => {
    const now = START.subtract({ hours: { week: 168, two_days: 48, last: 3 }[step] });
    return ofVisit(reminderLetter({ step, now, startsAt: START, timeZone: LONDON }), step, {}, true);
  }),
  ...ofVisit(
    reviewQuestion({ day: 'Tue 9 March', review: `${told.visitPage}/review`, complain: `${SITE}/complain` }),
    'review',
    {},
    false,
  ).slice(0, 1),
  ...[true, false].map((hasAccount) =>
    sample('waitlist_offer', `offer ${hasAccount}`, offerLetter({ ...offer, hasAccount }, `${SITE}/offer`)),
  ),
  sample('photos_asked', 'photos', photosLetter(told.who, `${SITE}/my-care/photos`)),
  ...Object.keys(toMaker).map((step) =>
    sample('complaint_stepped', `maker ${step}`, complaintLetter('maker', step, complaintDays, pages)!),
  ),
  ...Object.keys(toPractice).map((step) =>
    sample('complaint_stepped', `practice ${step}`, complaintLetter('practice', step, complaintDays, pages)!),
  ),
  ...Object.keys(toWriter).map((step) =>
    sample('review_stepped', `writer ${step}`, reviewLetter('writer', step, `${SITE}/review`)!),
  ),
  ...Object.keys(toPractitioner).map((step) =>
    sample('review_stepped', `practitioner ${step}`, reviewLetter('practitioner', step, `${SITE}/review`)!),
  ),
  sample('urgent_contact', 'urgent', urgentLetter(`${SITE}/desk`)),
  ...(['prescriber', 'cover'] as const).map((rung) =>
    sample('urgent_climbed', rung, climbedLetters.practitioner(rung, `${SITE}/desk/urgent`)),
  ),
  sample('urgent_climbed', 'desk', climbedLetters.desk(cover)),
  sample('urgent_climbed', 'patient', climbedLetters.patient(cover, '999', `${SITE}/my-care`)),
  sample('urgent_climbed', 'operator', climbedLetters.operator(`${SITE}/staff/urgent`)),
  ...ofVisit(
    answeredLetter,
    'answered',
    { by: 'Dr Amara Okafor-Bell', emergency: '999', page: `${SITE}/urgent` },
    false,
  ),
  sample('adverse_event_told', 'patient', effectLetters.patient(`${SITE}/my-care`)),
  ...[true, false].map((serious) =>
    sample(
      'adverse_event_told',
      `practitioner ${serious}`,
      effectLetters.practitioner({ toldAs: serious ? 'patient' : 'practitioner', serious }, `${SITE}/desk`),
    ),
  ),
  sample('recall', 'patient', recallLetters.patient(`${SITE}/my-care`)),
  sample('recall', 'practitioner', recallLetters.practitioner(`${SITE}/desk`)),
  sample('safety_case', 'operator', safetyCaseLetter(`${SITE}/staff/safety`)),
  ...[true, false].map((isCard) =>
    sample('record_opened', isCard ? 'card' : 'link', recordOpenedLetter(isCard, `${SITE}/my-care/record`)),
  ),
  sample(
    'supervision_asked',
    'asked',
    supervisionAsked({
      from: 'Maya Lindqvist',
      place: 'England',
      injector: 'Maya Lindqvist',
      prescriber: 'Dr Amara Okafor-Bell',
      link: `${SITE}/desk/supervision`,
    }),
  ),
  sample(
    'supervision_accepted',
    'accepted',
    supervisionAccepted({
      injector: 'Maya Lindqvist',
      prescriber: 'Dr Amara Okafor-Bell',
      place: 'England',
      until: '9 March 2028',
    }),
  ),
  sample(
    'supervision_ended',
    'ended',
    supervisionEnded({ injector: 'Maya Lindqvist', prescriber: 'Dr Amara Okafor-Bell' }),
  ),
  ...(
    [
      ['application.submitted', {}, false],
      ['application.decided', { approved: 'no' }, false],
      ['application.decided', { approved: 'yes' }, false],
      ['application.decided', { approved: 'yes' }, true],
    ] as const
  ).map(([type, payload, isListed], index) =>
    sample(
      type === 'application.submitted' ? 'application_submitted' : 'application_decided',
      `application ${index}`,
      applicationLetter({ type, payload }, { place: 'England', isListed }, `${SITE}/application`),
    ),
  ),
  sample('day_sheet', 'day sheet', daySheetLetter('2027-03-09', `${SITE}/desk/day-sheet?day=2027-03-09`)),
  ...(
    [
      { step: 'asked', lately: 1, isLast: false },
      { step: 'asked', lately: 3, isLast: true },
      { step: 'waiting', opens: '9 March 2027, 14:30 (UTC)' },
      { step: 'done' },
    ] as const
  ).map((news) =>
    sample(
      'account_changed',
      `recovery ${news.step}${'lately' in news ? ` ${news.lately}` : ''}`,
      recoveryNewsLetter(
        news,
        news.step === 'done' ? null : `${SITE}/account/recover/stop?token=iV3Yx0aP7bq2`,
      ),
    ),
  ),
  sample(
    'account_forgetting',
    'forgetting, a practitioner',
    forgettingLetter('9 March 2027', `${SITE}/account/privacy`, true),
  ),
  sample('account_forgetting', 'forgetting agreed', agreedLetter('9 March 2027', `${SITE}/account/privacy`)),
  sample(
    'account_forgetting',
    'forgetting refused',
    refusedLetter('A complaint about you is on its way to us.', `${SITE}/account/privacy`),
  ),
  sample('account_reset', 'way in', wayInLetter(`${SITE}/account/recover/finish?token=iV3Yx0aP7bq2`)),
  ...[1, 2].map((many) =>
    sample(
      'calendar_put_back',
      `put back ${many}`,
      putBackLetter(
        [
          { when: 'Tue 9 March, 14:30', why: 'removed' as const },
          { when: 'Wed 10 March, 09:00', why: 'changed' as const },
        ].slice(0, many),
        `${SITE}/desk/calendars`,
      ),
    ),
  ),
  ...(['practitioner.suspended', 'practitioner.lapsed'] as const).map((type) =>
    sample('listing_stopped', type, stoppedLetter(type, `${SITE}/application`)),
  ),
  sample('profile_change_decided', 'profile', profileChangeLetter(`${SITE}/desk/profile`)),
  ...[null, 'registration', 'prescribing_right', 'toxin_training'].map((kind) =>
    sample(
      'listing_ending',
      `ending ${kind}`,
      endingLetter({ kind, endsOn: '2027-04-08', daysLeft: 30, place: 'England' }, `${SITE}/desk`),
    ),
  ),
];
