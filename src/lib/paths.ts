/** Every address we link to. Browser-safe. */

type Query = Readonly<Record<string, string | number | readonly string[] | null | undefined>>;

function withQuery(path: string, query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === '') continue;
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one));
  }
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** Papers of a record that can be printed. */
export type PaperName =
  | 'prescription'
  | 'consent'
  | 'treatment-card'
  | 'aftercare'
  | 'start-check'
  | 'gp-letter'
  | 'record'
  | 'case-file';

export const paths = {
  // (public)
  home: () => '/',
  search: (query: Query = {}) => withQuery('/search', query),
  suggestions: (field: 'place' | 'words', typed: string) =>
    withQuery('/api/v1/suggestions', { field, typed }),
  howSearchWorks: () => '/how-search-works',
  practitioner: (slug: string, query: Query = {}) => withQuery(`/practitioners/${slug}`, query),
  practitionerPictures: (slug: string) => `/practitioners/${slug}/pictures`,
  practitionerChecks: (slug: string) => `/practitioners/${slug}/checks`,
  practitionerChecksJson: (slug: string) => `/api/v1/practitioners/${slug}/checks`,
  howWeCheck: () => '/how-we-check',
  contact: () => '/contact',
  securityTxt: () => '/.well-known/security.txt',
  terms: () => '/terms',
  privacyNotice: () => '/privacy',
  safetyReport: () => '/safety-report',
  workWithUs: () => '/work-with-us',
  verify: (code?: string) => withQuery('/verify', { code }),
  emergencyCard: (code?: string) => withQuery('/emergency-card', { code }),
  urgent: (jurisdiction?: string) => withQuery('/urgent', { in: jurisdiction }),
  book: (slug: string, locationId: string, startsAt: string) =>
    withQuery(`/practitioners/${slug}/book`, { location: locationId, start: startsAt }),
  booking: (appointmentId: string, step: 'you' | 'concerns' | 'help' | 'account' | 'check' | 'confirmed') =>
    `/bookings/${appointmentId}/${step}`,

  // (account)
  register: (next?: string) => withQuery('/account/register', { next }),
  signIn: (next?: string) => withQuery('/account/sign-in', { next }),
  signOut: () => '/account/sign-out',
  verifyAddress: (token?: string, next?: string) => withQuery('/account/verify', { token, next }),
  forgotPassword: () => '/account/forgot-password',
  recoverAccount: () => '/account/recover',
  stopRecovery: (token: string) => withQuery('/account/recover/stop', { token }),
  finishRecovery: (token: string) => withQuery('/account/recover/finish', { token }),
  resetPassword: (token?: string) => withQuery('/account/reset-password', { token }),
  sessions: () => '/account/sessions',
  changePassword: () => '/account/password',
  changeAddress: () => '/account/email',
  confirmAddress: (token?: string) => withQuery('/account/email/confirm', { token }),
  undoAddress: (token?: string) => withQuery('/account/email/undo', { token }),
  secondStep: (next?: string) => withQuery('/account/second-step', { next }),
  secondFactor: (next?: string) => withQuery('/account/second-factor', { next }),
  authenticatorApp: (next?: string) => withQuery('/account/second-factor/app', { next }),
  recoveryCodes: () => '/account/second-factor/codes',
  passkeys: (next?: string) => withQuery('/account/passkeys', { next }),
  passkeyChallenge: () => '/account/passkeys/challenge',
  passkeySignIn: () => '/account/passkeys/sign-in',
  messages: (query: Query = {}) => withQuery('/account/messages', query),
  stopLetters: (secret?: string) => withQuery('/account/messages/stop', { secret }),
  shortMessages: () => '/account/messages/short',
  stopInOneClick: (secret: string) => withQuery('/account/messages/stop/one-click', { secret }),
  calendarFeeds: () => '/account/calendar-feeds',
  privacy: (query: Query = {}) => withQuery('/account/privacy', query),
  forgetMe: () => '/account/privacy/forget',
  agreeToTerms: (next?: string) => withQuery('/account/terms', { next }),
  privacyCopy: () => '/account/privacy/copy',
  calendarFeed: (secret: string) => `/calendars/${secret}.ics`,

  // (patient)
  myCarers: () => '/my-care/carers',
  teamAccept: (code?: string) => withQuery('/team/accept', { code }),
  carer: () => '/carer',
  carerAccept: (code?: string) => withQuery('/carer/accept', { code }),
  carerMove: (appointmentId: string, query: Query = {}) =>
    withQuery(`/carer/appointments/${appointmentId}/move`, query),
  carerCancel: (appointmentId: string) => `/carer/appointments/${appointmentId}/cancel`,
  claimRecord: () => '/claim-record',
  myCare: () => '/my-care',
  myAppointment: (id: string) => `/my-care/appointments/${id}`,
  moveAppointment: (id: string, query: Query = {}) => withQuery(`/my-care/appointments/${id}/move`, query),
  cancelAppointment: (id: string) => `/my-care/appointments/${id}/cancel`,
  myRecord: () => '/my-care/record',
  mySharing: () => '/my-care/record/sharing',
  myHealth: () => '/my-care/health',
  myConsultation: (id: string) => `/my-care/consultations/${id}`,
  myConsent: (prescriptionId: string) => `/my-care/prescriptions/${prescriptionId}/consent`,
  bookTreatment: (prescriptionId: string, query: Query = {}) =>
    withQuery(`/my-care/prescriptions/${prescriptionId}/treatment`, query),
  bookTopUp: (prescriptionId: string, query: Query = {}) =>
    withQuery(`/my-care/prescriptions/${prescriptionId}/top-up`, query),
  bookReview: (appointmentId: string, query: Query = {}) =>
    withQuery(`/my-care/appointments/${appointmentId}/review-visit`, query),
  waitlist: () => '/my-care/waitlist',
  askForEarlier: (query: { appointment?: string; practitioner?: string } = {}) =>
    withQuery('/my-care/waitlist/ask', query),
  waitlistOffer: (id: string) => `/my-care/waitlist/offers/${id}`,
  myComplaints: () => '/my-care/complaints',
  complain: (about: { appointment?: string; practitioner?: string }) =>
    withQuery('/my-care/complaints/new', about),
  myComplaint: (id: string) => `/my-care/complaints/${id}`,
  myReviews: () => '/my-care/reviews',
  myReview: (appointmentId: string) => `/my-care/appointments/${appointmentId}/review`,
  myPhotos: () => '/my-care/photos',
  myRecall: (id: string) => `/my-care/recalls/${id}`,
  myEffects: (appointmentId: string) => `/my-care/appointments/${appointmentId}/effects`,
  myUrgent: (appointmentId: string) => `/my-care/appointments/${appointmentId}/urgent`,

  // Documents, for whoever may read them
  paper: (name: PaperName, id: string) => `/documents/${name}/${id}`,
  recordAsFhir: (patientId: string) => `/documents/fhir/${patientId}`,
  shared: (secret: string) => `/shared/${secret}`,
  opened: (secret: string) => `/opened/${secret}`,

  // (practice)
  applications: () => '/application',
  beginApplication: (jurisdiction?: string) => withQuery('/application/begin', { in: jurisdiction }),
  application: (id: string, step?: 'you' | 'profile' | 'location' | 'fees' | 'cover' | 'check') =>
    step === undefined ? `/application/${id}` : `/application/${id}/${step}`,
  applicationCredential: (id: string, kind: string) => `/application/${id}/credentials/${kind}`,
  deskProfile: (step?: 'name' | 'profession' | 'since' | 'wording', query: Query = {}) =>
    withQuery(step === undefined ? '/desk/profile' : `/desk/profile/${step}`, query),
  deskProfilePlace: (locationId: string, step?: 'address') =>
    step === undefined ? `/desk/profile/places/${locationId}` : `/desk/profile/places/${locationId}/${step}`,
  deskSupervision: (query: Query = {}) => withQuery('/desk/supervision', query),
  evidence: (id: string) => `/evidence/${id}`,
  desk: (query: Query = {}) => withQuery('/desk', query),
  daySheet: (query: Query = {}) => withQuery('/desk/day-sheet', query),
  deskCalendar: (query: Query = {}) => withQuery('/desk/calendar', query),
  closures: () => '/desk/closures',
  newClosure: (query: Query = {}) => withQuery('/desk/closures/new', query),
  runningLate: () => '/desk/running-late',
  deskUrgent: () => '/desk/urgent',
  deskBatches: () => '/desk/batches',
  deskEffects: () => '/desk/effects',
  deskEffect: (id: string) => `/desk/effects/${id}`,
  newEffect: (appointmentId: string) => `/desk/appointments/${appointmentId}/effect`,
  appeals: () => '/desk/appeals',
  deskComplaints: () => '/desk/complaints',
  deskComplaint: (id: string) => `/desk/complaints/${id}`,
  deskEnding: () => '/desk/ending',
  deskReviews: (query: Query = {}) => withQuery('/desk/reviews', query),
  deskReview: (id: string) => `/desk/reviews/${id}`,
  deskPortfolio: () => '/desk/portfolio',
  newPortfolioCase: (treatmentId: string) => `/desk/portfolio/new/${treatmentId}`,
  deskPortfolioCase: (id: string) => `/desk/portfolio/${id}`,
  deskPortfolioPicture: (caseId: string, side: 'before' | 'after') => `/desk/portfolio/${caseId}/${side}`,
  portfolioUploads: () => '/api/v1/portfolio/uploads',
  portfolioUpload: (id: string) => `/api/v1/portfolio/uploads/${id}`,
  portrait: (seed: number) => `/portraits/${seed}.svg`,
  picture: (id: string) => `/pictures/${id}`,
  urgentPhoto: (id: string) => `/urgent-photos/${id}`,
  deskTeam: () => '/desk/team',
  endMember: (query: Query = {}) => withQuery('/desk/team/end', query),
  deskSchedule: (query: Query = {}) => withQuery('/desk/schedule', query),
  deskAppointment: (id: string) => `/desk/appointments/${id}`,
  deskConsultation: (appointmentId: string) => `/desk/appointments/${appointmentId}/consultation`,
  deskHealth: (appointmentId: string) => `/desk/appointments/${appointmentId}/health`,
  deskPrescription: (appointmentId: string) => `/desk/appointments/${appointmentId}/prescription`,
  deskTreatment: (appointmentId: string, part?: 'answers' | 'consent' | 'start') =>
    `/desk/appointments/${appointmentId}/treatment${part === undefined ? '' : `#${part}`}`,
  deskReviewVisit: (appointmentId: string) => `/desk/appointments/${appointmentId}/review-visit`,
  deskEarlyTreatment: (prescriptionId: string) => `/desk/prescriptions/${prescriptionId}/early-treatment`,
  deskTopUp: (prescriptionId: string, query: Query = {}) =>
    withQuery(`/desk/prescriptions/${prescriptionId}/top-up`, query),
  deskPatients: () => '/desk/patients',
  deskPatient: (id: string) => `/desk/patients/${id}`,
  deskCaseFile: (id: string) => `/desk/patients/${id}/case-file`,
  deskOtherCalendars: () => '/desk/calendars',
  deskConnectCalendar: () => '/desk/calendars/connect',
  deskDisconnectCalendar: (id: string) => `/desk/calendars/${id}/disconnect`,
  deskImport: () => '/desk/import',
  reception: (query: Query = {}) => withQuery('/desk/reception', query),
  receptionVisit: (id: string) => `/desk/reception/appointments/${id}`,
  receptionLetter: (id: string) => `/desk/reception/appointments/${id}/letter`,
  receptionMove: (id: string, query: Query = {}) =>
    withQuery(`/desk/reception/appointments/${id}/move`, query),
  receptionCancel: (id: string) => `/desk/reception/appointments/${id}/cancel`,
  receptionBook: (query: Query = {}) => withQuery('/desk/reception/book', query),
  receptionPerson: (id: string, query: Query = {}) => withQuery(`/desk/reception/people/${id}`, query),
  receptionWaitlist: (id: string) => `/desk/reception/people/${id}/waitlist`,
  receptionTopUp: (id: string, query: Query = {}) => withQuery(`/desk/reception/people/${id}/top-up`, query),
  receptionEntries: () => '/desk/reception/entries',
  paperConsents: (query: Query = {}) => withQuery('/desk/reception/paper-consents', query),
  paperConsent: (prescriptionId: string) => `/documents/paper-consent/${prescriptionId}`,

  // (staff)
  staffUrgent: () => '/staff/urgent',
  staffSafety: (query: Query = {}) => withQuery('/staff/safety', query),
  staffRecall: (id: string) => `/staff/safety/recalls/${id}`,
  vettingQueue: () => '/staff/vetting',
  registerChecks: (query: Query = {}) => withQuery('/staff/checks', query),
  vettingCase: (id: string, query: Query = {}) => withQuery(`/staff/vetting/${id}`, query),
  profileChanges: (query: Query = {}) => withQuery('/staff/profile-changes', query),
  staffPractitioners: (query: Query = {}) => withQuery('/staff/practitioners', query),
  complaintQueue: () => '/staff/complaints',
  portfolioQueue: () => '/staff/portfolio',
  staffPortfolioCase: (id: string) => `/staff/portfolio/${id}`,
  staffComplaint: (id: string) => `/staff/complaints/${id}`,
  reviewQueue: () => '/staff/reviews',
  staffReview: (id: string) => `/staff/reviews/${id}`,
  suspendPractitioner: (id: string) => `/staff/practitioners/${id}/suspend`,
  endPractice: (id: string) => `/staff/practitioners/${id}/end`,
  operator: () => '/staff/operator',
  staffAudit: (query: Query = {}) => withQuery('/staff/audit', query),
  auditExport: (query: Query = {}) => withQuery('/staff/audit/export', query),
  staffRecoveries: () => '/staff/recoveries',
  staffRecovery: (id: string) => `/staff/recoveries/${id}`,
  staffForgettings: () => '/staff/forgetting',
  staffForgetting: (erasureId: string) => `/staff/forgetting/${erasureId}`,
  staffLockedRecords: (query: Query = {}) => withQuery('/staff/locked-records', query),
  staffLockedRecord: (patientId: string) => `/staff/locked-records/${patientId}`,
  staffJobs: (query: Query = {}) => withQuery('/staff/jobs', query),
  staffPolicy: (query: Query = {}) => withQuery('/staff/policy', query),

  mailboxLetter: (id: string) => withQuery('/dev/mailbox/letter', { id }),
  mailbox: (to?: string) => withQuery('/dev/mailbox', { to }),
} as const;
