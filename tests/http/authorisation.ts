/**
 * Who may open what. Every page and endpoint has a row; a route without one fails the test. `own` names what the id in
 * the address is, so that each is asked for with one's own, another's, and one that does not exist. What a page's forms do is
 * for its audience too, unless `actions` says otherwise.
 */
export type Audience =
  | 'anyone'
  | 'signed_in'
  | 'patient'
  | 'practitioner'
  | 'reception'
  | 'practice'
  | 'practice_or_operator'
  | 'reviewer'
  | 'operator'
  | 'staff'
  | 'holder'
  | 'carer'
  | 'both_sides'
  | 'subject_or_reviewer'
  | 'pictured'
  | 'on_paper'
  | 'gateway'
  | 'monitor';
export type OwnId =
  | 'visit'
  | 'cared_for'
  | 'treatment'
  | 'consultation'
  | 'prescription'
  | 'offer'
  | 'person'
  | 'desk_consultation'
  | 'desk_treatment'
  | 'desk_review'
  | 'case'
  | 'practitioner'
  | 'application'
  | 'evidence'
  | 'own_place'
  | 'connected'
  | 'recovery'
  | 'forgetting'
  | 'complaint'
  | 'effect'
  | 'recall'
  | 'locked'
  | 'review'
  | 'treated'
  | 'portfolio'
  | 'picture'
  | 'urgent_photo'
  | 'upload'
  | 'closure';
type Row = {
  readonly audience: Audience;
  readonly own?: OwnId;
  readonly method?: 'POST' | 'PUT' | 'DELETE';
  /** What stands behind the address, and in the body, for the question to be understood at all. */
  readonly query?: string;
  readonly body?: object;
  /** Forms of this page that are for others than the page itself is, by the name of their action. */
  readonly actions?: Readonly<Record<string, Audience>>;
};

export type Role =
  | 'visitor'
  | 'patient'
  | 'otherPatient'
  | 'prescriber'
  | 'otherPrescriber'
  | 'esthetician'
  | 'reception'
  | 'otherReception'
  | 'carer'
  | 'reviewer'
  | 'operator'
  | 'halfSignedIn'
  | 'locked';

/** Everybody who asks. The last two have a token each, and are nobody yet, or nobody any more. */
export const roles: readonly Role[] = [
  'visitor',
  'patient',
  'otherPatient',
  'prescriber',
  'otherPrescriber',
  'esthetician',
  'reception',
  'otherReception',
  'carer',
  'reviewer',
  'operator',
  'halfSignedIn',
  'locked',
];

/** Who is known to nobody. */
export const strangers: readonly Role[] = ['visitor', 'halfSignedIn', 'locked'];

const practitioners: readonly Role[] = ['prescriber', 'otherPrescriber', 'esthetician'];
const desks: readonly Role[] = ['reception', 'otherReception'];
const patients: readonly Role[] = ['patient', 'otherPatient'];

/** Who may be let in at all. */
export const insiders: Readonly<Record<Audience, readonly Role[]>> = {
  anyone: roles,
  signed_in: roles.filter((role) => !strangers.includes(role)),
  patient: patients,
  practitioner: practitioners,
  reception: desks,
  practice: [...practitioners, ...desks],
  practice_or_operator: [...practitioners, ...desks, 'operator'],
  reviewer: ['reviewer'],
  operator: ['operator'],
  staff: ['reviewer', 'operator'],
  holder: patients,
  carer: ['carer'],
  both_sides: [...patients, ...practitioners, ...desks],
  subject_or_reviewer: [...practitioners, 'reviewer'],
  pictured: [...patients, ...practitioners, 'reviewer'],
  on_paper: [...patients, ...practitioners],
  // Known by its signature, and by no session.
  gateway: [],
  monitor: [],
};

/** Who of them has something of their own there. */
const owners: Readonly<Partial<Record<Audience, readonly Role[]>>> = {
  patient: ['patient'],
  practitioner: ['prescriber'],
  reception: ['reception'],
  reviewer: ['reviewer'],
  operator: ['operator'],
  staff: ['reviewer', 'operator'],
  holder: ['patient'],
  carer: ['carer'],
  subject_or_reviewer: ['prescriber', 'reviewer'],
  pictured: ['patient', 'prescriber', 'reviewer'],
  both_sides: ['patient', 'prescriber', 'reception'],
  on_paper: ['patient', 'prescriber'],
};

/** Everything with an id exists twice: with one patient, practice and desk, and with another. */
export type Side = 'one' | 'other';
const counterparts: Readonly<Partial<Record<Role, Role>>> = {
  otherPatient: 'patient',
  otherPrescriber: 'prescriber',
  otherReception: 'reception',
};

/** Whether what lies on this side is this role's own. Staff have a part in both. */
export function owns(role: Role, audience: Audience, side: Side): boolean {
  const others = counterparts[role];
  const whose = owners[audience] ?? [];
  if (role === 'reviewer' || role === 'operator') return whose.includes(role);
  return side === 'one' ? whose.includes(role) : others !== undefined && whose.includes(others);
}

export const authorisation: Readonly<Record<string, Row>> = {
  '/(public)': { audience: 'anyone' },
  '/(public)/search': { audience: 'anyone' },
  '/(public)/how-we-check': { audience: 'anyone' },
  '/(public)/terms': { audience: 'anyone' },
  '/(public)/privacy': { audience: 'anyone' },
  '/(public)/how-search-works': { audience: 'anyone' },
  '/(public)/safety-report': { audience: 'anyone' },
  '/(public)/urgent': { audience: 'anyone' },
  '/(public)/work-with-us': { audience: 'anyone' },
  '/(public)/practitioners/[slug]': { audience: 'anyone' },
  '/(public)/practitioners/[slug]/book': { audience: 'anyone' },
  '/(public)/practitioners/[slug]/checks': { audience: 'anyone' },
  '/(public)/practitioners/[slug]/pictures': { audience: 'anyone' },
  '/(public)/verify': { audience: 'anyone' },
  '/(public)/emergency-card': { audience: 'anyone' },
  // Whoever has the secret; that stands in the address.
  '/(public)/shared/[secret]': { audience: 'anyone' },
  '/(public)/opened/[secret]': { audience: 'anyone' },
  // The patient, and the practitioners whom the paper names.
  '/documents/[paper]/[id=uuid]': { audience: 'on_paper', own: 'prescription' },
  '/documents/paper-consent/[id=uuid]': { audience: 'on_paper', own: 'prescription' },
  '/documents/fhir/[id=uuid]': { audience: 'on_paper', own: 'person' },
  '/healthz': { audience: 'anyone' },
  '/readyz': { audience: 'anyone' },
  // Who has the token; nobody is known by a session.
  '/metrics': { audience: 'monitor' },
  '/sitemap.xml': { audience: 'anyone' },
  '/robots.txt': { audience: 'anyone' },
  '/[x+2e]well-known/security.txt': { audience: 'anyone' },
  '/(public)/contact': { audience: 'anyone' },
  // Demo and test mode only.
  '/dev/mailbox': { audience: 'anyone' },
  '/dev/mailbox/letter': { audience: 'anyone' },

  '/(account)/account/register': { audience: 'anyone' },
  '/(account)/account/sign-in': { audience: 'anyone' },
  '/(account)/account/sign-out': { audience: 'anyone', method: 'POST' },
  '/(account)/account/verify': { audience: 'anyone' },
  '/(account)/account/forgot-password': { audience: 'anyone' },
  '/(account)/account/reset-password': { audience: 'anyone' },
  '/(account)/account/sessions': { audience: 'signed_in' },
  '/(account)/account/password': { audience: 'signed_in' },
  '/(account)/account/email': { audience: 'signed_in' },
  '/(account)/account/email/confirm': { audience: 'anyone' },
  '/(account)/account/email/undo': { audience: 'anyone' },
  // Who has given the right password a moment ago; everybody else begins again.
  '/(account)/account/second-step': { audience: 'anyone' },
  '/(account)/account/second-factor': { audience: 'signed_in' },
  '/(account)/account/second-factor/app': { audience: 'signed_in' },
  '/(account)/account/second-factor/codes': { audience: 'signed_in' },
  '/(account)/account/passkeys': { audience: 'signed_in' },
  // Nobody is known yet when a passkey is asked for.
  '/(account)/account/passkeys/challenge': { audience: 'anyone', method: 'POST' },
  '/(account)/account/passkeys/sign-in': { audience: 'anyone', method: 'POST' },
  '/(account)/account/messages': { audience: 'signed_in' },
  '/(account)/account/recover': { audience: 'anyone' },
  '/(account)/account/recover/stop': { audience: 'anyone' },
  '/(account)/account/recover/finish': { audience: 'anyone' },
  '/(staff)/staff/recoveries': { audience: 'staff' },
  '/(staff)/staff/recoveries/[id=uuid]': { audience: 'staff', own: 'recovery' },
  '/(account)/account/calendar-feeds': { audience: 'signed_in' },
  '/(account)/account/terms': { audience: 'signed_in' },
  '/(account)/account/privacy': { audience: 'signed_in' },
  '/(account)/account/privacy/forget': { audience: 'signed_in' },
  // Everybody a copy of their own, once they have shown who they are.
  '/(account)/account/privacy/copy': { audience: 'signed_in' },
  // Who has the secret; nobody is known by a session.
  '/calendars/[secret].ics': { audience: 'monitor' },
  // Who holds the letter.
  '/(account)/account/messages/stop': { audience: 'anyone' },
  '/(account)/account/messages/short': { audience: 'signed_in' },
  // The gateway of texts: known by its signature.
  '/webhooks/texts': { audience: 'gateway', method: 'POST' },
  '/(account)/account/messages/stop/one-click': { audience: 'anyone' },
  '/(account)/claim-record': { audience: 'signed_in' },
  '/(account)/team/accept': { audience: 'signed_in' },
  '/(account)/carer': { audience: 'signed_in' },
  '/(account)/carer/accept': { audience: 'signed_in' },
  '/(account)/carer/appointments/[id=uuid]/move': { audience: 'carer', own: 'cared_for' },
  '/(account)/carer/appointments/[id=uuid]/cancel': { audience: 'carer', own: 'cared_for' },

  // Who keeps the time: the browser that began, then the patient it became.
  '/(public)/bookings/[id=uuid]/you': { audience: 'holder', own: 'visit' },
  '/(public)/bookings/[id=uuid]/concerns': { audience: 'holder', own: 'visit' },
  '/(public)/bookings/[id=uuid]/help': { audience: 'holder', own: 'visit' },
  '/(public)/bookings/[id=uuid]/account': { audience: 'holder', own: 'visit' },
  '/(public)/bookings/[id=uuid]/check': { audience: 'holder', own: 'visit' },
  '/(public)/bookings/[id=uuid]/confirmed': { audience: 'holder', own: 'visit' },

  '/(patient)/my-care': { audience: 'signed_in' },
  '/(patient)/my-care/carers': { audience: 'patient' },
  '/(patient)/my-care/waitlist': { audience: 'signed_in' },
  '/(patient)/my-care/waitlist/ask': { audience: 'signed_in' },
  '/(patient)/my-care/waitlist/offers/[id=uuid]': { audience: 'patient', own: 'offer' },
  '/(patient)/my-care/record': { audience: 'patient' },
  '/(patient)/my-care/record/sharing': { audience: 'patient' },
  '/(patient)/my-care/health': { audience: 'patient' },
  '/(patient)/my-care/appointments/[id=uuid]': { audience: 'patient', own: 'visit' },
  '/(patient)/my-care/appointments/[id=uuid]/move': { audience: 'patient', own: 'visit' },
  '/(patient)/my-care/appointments/[id=uuid]/cancel': { audience: 'patient', own: 'visit' },
  '/(patient)/my-care/appointments/[id=uuid]/review-visit': { audience: 'patient', own: 'treatment' },
  '/(patient)/my-care/appointments/[id=uuid]/effects': { audience: 'patient', own: 'treatment' },
  '/(patient)/my-care/appointments/[id=uuid]/urgent': { audience: 'patient', own: 'treatment' },
  '/(patient)/my-care/appointments/[id=uuid]/review': { audience: 'patient', own: 'visit' },
  '/(patient)/my-care/reviews': { audience: 'signed_in' },
  '/(patient)/my-care/photos': { audience: 'signed_in' },
  '/(patient)/my-care/recalls/[id=uuid]': { audience: 'patient', own: 'recall' },
  '/(patient)/my-care/complaints': { audience: 'signed_in' },
  '/(patient)/my-care/complaints/new': { audience: 'signed_in' },
  '/(patient)/my-care/complaints/[id=uuid]': { audience: 'patient', own: 'complaint' },
  '/(patient)/my-care/consultations/[id=uuid]': { audience: 'patient', own: 'consultation' },
  '/(patient)/my-care/prescriptions/[id=uuid]/consent': { audience: 'patient', own: 'prescription' },
  '/(patient)/my-care/prescriptions/[id=uuid]/treatment': { audience: 'patient', own: 'prescription' },
  '/(patient)/my-care/prescriptions/[id=uuid]/top-up': { audience: 'patient', own: 'prescription' },

  '/(practice)/desk': { audience: 'practitioner' },
  '/(practice)/desk/calendar': { audience: 'practice' },
  '/(practice)/desk/day-sheet': { audience: 'practice' },
  '/(practice)/desk/closures': { audience: 'practice' },
  '/(practice)/desk/closures/new': { audience: 'practice' },
  '/(practice)/desk/running-late': { audience: 'practice' },
  '/(practice)/desk/appeals': { audience: 'practice_or_operator' },
  // Reception is let in once the clinic has named it.
  '/(practice)/desk/urgent': { audience: 'practitioner' },
  '/(practice)/desk/batches': { audience: 'practitioner' },
  '/(practice)/desk/effects': { audience: 'practitioner' },
  '/(practice)/desk/effects/[id=uuid]': { audience: 'practitioner', own: 'effect' },
  '/(practice)/desk/complaints': { audience: 'practitioner' },
  '/(practice)/desk/complaints/[id=uuid]': { audience: 'practitioner', own: 'complaint' },
  '/(practice)/desk/ending': { audience: 'practitioner' },
  '/(practice)/desk/reviews': { audience: 'practitioner' },
  // Published; until then it is nobody's but the writer's and the reviewers'.
  '/(practice)/desk/reviews/[id=uuid]': { audience: 'practitioner', own: 'review' },
  '/(practice)/desk/portfolio': { audience: 'practitioner' },
  '/(practice)/desk/portfolio/new/[id=uuid]': { audience: 'practitioner', own: 'treated' },
  '/(practice)/desk/portfolio/[id=uuid]': { audience: 'practitioner', own: 'portfolio' },
  '/(practice)/desk/portfolio/[id=uuid]/[side=side]': { audience: 'practitioner', own: 'portfolio' },
  '/(practice)/desk/team': { audience: 'practice' },
  '/(practice)/desk/team/end': { audience: 'practice' },
  '/(practice)/desk/schedule': { audience: 'practitioner' },
  '/(practice)/desk/reception': { audience: 'reception' },
  '/(practice)/desk/reception/book': { audience: 'reception' },
  '/(practice)/desk/reception/entries': { audience: 'reception' },
  '/(practice)/desk/reception/paper-consents': { audience: 'reception' },
  '/(practice)/desk/reception/people/[id=uuid]': { audience: 'reception', own: 'person' },
  '/(practice)/desk/reception/people/[id=uuid]/waitlist': { audience: 'reception', own: 'person' },
  '/(practice)/desk/reception/people/[id=uuid]/top-up': { audience: 'reception', own: 'person' },
  '/(practice)/desk/reception/appointments/[id=uuid]': { audience: 'reception', own: 'visit' },
  '/(practice)/desk/reception/appointments/[id=uuid]/letter': { audience: 'reception', own: 'visit' },
  '/(practice)/desk/reception/appointments/[id=uuid]/move': { audience: 'reception', own: 'visit' },
  '/(practice)/desk/reception/appointments/[id=uuid]/cancel': { audience: 'reception', own: 'visit' },
  '/(practice)/desk/patients': { audience: 'practitioner' },
  '/(practice)/desk/patients/[id=uuid]': { audience: 'practitioner', own: 'person' },
  '/(practice)/desk/patients/[id=uuid]/case-file': { audience: 'practitioner', own: 'person' },
  '/(practice)/desk/calendars': { audience: 'practitioner' },
  '/(practice)/desk/calendars/connect': { audience: 'practitioner' },
  '/(practice)/desk/calendars/[id=uuid]/disconnect': { audience: 'practitioner', own: 'connected' },
  '/(practice)/desk/import': { audience: 'practitioner' },
  '/(practice)/desk/appointments/[id=uuid]': { audience: 'practitioner', own: 'desk_consultation' },
  '/(practice)/desk/appointments/[id=uuid]/consultation': {
    audience: 'practitioner',
    own: 'desk_consultation',
  },
  '/(practice)/desk/prescriptions/[id=uuid]/early-treatment': {
    audience: 'practitioner',
    own: 'prescription',
  },
  '/(practice)/desk/prescriptions/[id=uuid]/top-up': { audience: 'practitioner', own: 'prescription' },
  '/(practice)/desk/appointments/[id=uuid]/health': { audience: 'practitioner', own: 'desk_consultation' },
  '/(practice)/desk/appointments/[id=uuid]/prescription': {
    audience: 'practitioner',
    own: 'desk_consultation',
  },
  '/(practice)/desk/appointments/[id=uuid]/effect': { audience: 'practitioner', own: 'desk_treatment' },
  '/(practice)/desk/appointments/[id=uuid]/treatment': { audience: 'practitioner', own: 'desk_treatment' },
  '/(practice)/desk/appointments/[id=uuid]/review-visit': { audience: 'practitioner', own: 'desk_review' },

  '/(practice)/desk/profile': { audience: 'practitioner' },
  '/(practice)/desk/profile/name': { audience: 'practitioner' },
  '/(practice)/desk/profile/profession': { audience: 'practitioner' },
  '/(practice)/desk/profile/since': { audience: 'practitioner' },
  '/(practice)/desk/profile/places/[id=uuid]': { audience: 'practitioner', own: 'own_place' },
  '/(practice)/desk/profile/places/[id=uuid]/address': { audience: 'practitioner', own: 'own_place' },
  '/(practice)/desk/profile/wording': { audience: 'practitioner', method: 'POST', body: { text: 'Hello' } },
  '/(staff)/staff/profile-changes': { audience: 'reviewer' },
  '/(staff)/staff/checks': { audience: 'reviewer' },
  '/(practice)/desk/supervision': { audience: 'practitioner' },
  '/(practice)/application': { audience: 'signed_in' },
  '/(practice)/application/begin': { audience: 'signed_in' },
  '/(practice)/application/[id=uuid]': { audience: 'practitioner', own: 'application' },
  '/(practice)/application/[id=uuid]/you': { audience: 'practitioner', own: 'application' },
  '/(practice)/application/[id=uuid]/location': { audience: 'practitioner', own: 'application' },
  '/(practice)/application/[id=uuid]/fees': { audience: 'practitioner', own: 'application' },
  '/(practice)/application/[id=uuid]/profile': { audience: 'practitioner', own: 'application' },
  '/(practice)/application/[id=uuid]/cover': { audience: 'practitioner', own: 'application' },
  '/(practice)/application/[id=uuid]/check': { audience: 'practitioner', own: 'application' },
  '/(practice)/application/[id=uuid]/credentials/[kind]': { audience: 'practitioner', own: 'application' },
  // Of a case that is not public: its practitioner, its patient, and reviewers once it was sent.
  // A drawing of nobody.
  '/portraits/[seed=seed].svg': { audience: 'anyone' },
  '/pictures/[id=uuid]': { audience: 'pictured', own: 'picture' },
  '/urgent-photos/[id=uuid]': { audience: 'on_paper', own: 'urgent_photo' },
  '/evidence/[id=uuid]': { audience: 'subject_or_reviewer', own: 'evidence' },

  '/(staff)/staff/vetting': { audience: 'reviewer' },
  '/(staff)/staff/vetting/[id=uuid]': { audience: 'reviewer', own: 'case' },
  '/(staff)/staff/safety': { audience: 'staff' },
  '/(staff)/staff/safety/recalls/[id=uuid]': { audience: 'staff', own: 'recall' },
  '/(staff)/staff/urgent': { audience: 'operator' },
  '/(staff)/staff/complaints': { audience: 'reviewer' },
  '/(staff)/staff/complaints/[id=uuid]': { audience: 'reviewer', own: 'complaint' },
  '/(staff)/staff/reviews': { audience: 'reviewer' },
  '/(staff)/staff/reviews/[id=uuid]': { audience: 'reviewer', own: 'review' },
  '/(staff)/staff/portfolio': { audience: 'reviewer' },
  '/(staff)/staff/portfolio/[id=uuid]': { audience: 'reviewer', own: 'portfolio' },
  '/(staff)/staff/practitioners': { audience: 'staff' },
  '/(staff)/staff/practitioners/[id=uuid]/suspend': { audience: 'staff', own: 'practitioner' },
  '/(staff)/staff/practitioners/[id=uuid]/end': { audience: 'staff', own: 'practitioner' },
  '/(staff)/staff/audit': { audience: 'operator' },
  '/(staff)/staff/audit/export': { audience: 'operator' },
  '/(staff)/staff/operator': { audience: 'operator' },
  '/(staff)/staff/jobs': { audience: 'operator' },
  '/(staff)/staff/locked-records': { audience: 'operator' },
  // Who has asked for it, and whom a second operator has allowed it.
  '/(staff)/staff/locked-records/[id=uuid]': { audience: 'operator', own: 'locked' },
  '/(staff)/staff/forgetting': { audience: 'staff' },
  '/(staff)/staff/forgetting/[id=uuid]': { audience: 'staff', own: 'forgetting' },
  '/(staff)/staff/policy': { audience: 'staff' },

  '/api/v1/slots': { audience: 'anyone' },
  '/api/v1/suggestions': { audience: 'anyone' },
  '/api/v1/practitioners/[slug]/checks': { audience: 'anyone' },
  '/api/v1/holds': { audience: 'anyone', method: 'POST' },
  '/api/v1/holds/[id=uuid]/extension': { audience: 'holder', own: 'visit', method: 'POST' },
  '/api/v1/holds/[id=uuid]/confirmation': { audience: 'holder', own: 'visit', method: 'POST' },
  '/api/v1/appointments/[id=uuid]/cancellation': { audience: 'both_sides', own: 'visit', method: 'POST' },
  '/api/v1/appointments/[id=uuid]/time': {
    audience: 'both_sides',
    own: 'visit',
    method: 'PUT',
    body: { start: '2030-01-01T10:00:00Z' },
  },
  '/api/v1/portfolio/uploads': { audience: 'practitioner', method: 'POST' },
  '/api/v1/portfolio/uploads/[id=uuid]': { audience: 'practitioner', own: 'upload', query: '?at=0' },
  '/api/v1/closures': { audience: 'practitioner', method: 'POST' },
  '/api/v1/closures/[id=uuid]': { audience: 'practitioner', own: 'closure', method: 'DELETE' },
};
