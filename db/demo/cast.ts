import type { DemoAccount, DemoHours, DemoPractitioner, Jurisdiction, Profession, Weekday } from './types.ts';

/** The people you can sign in as: the same in every town, whatever the seed. */

export const EMAIL_DOMAIN = 'demo.steadyhand.example';
export const reviewerSlugs = ['demo-reviewer-one', 'demo-reviewer-two'] as const;

/** A practitioner whose name, words and week are fixed; the rest is drawn like everybody's. */
export interface CastMember extends Pick<
  DemoPractitioner,
  | 'displayName'
  | 'familyName'
  | 'gender'
  | 'pronouns'
  | 'languages'
  | 'yearsOfExperience'
  | 'headline'
  | 'biography'
> {
  slug: string;
  email: string;
  jurisdiction: Jurisdiction;
  profession: Profession;
  city: string;
  calledName: string;
  consultationMinutes: number;
  weeklyHours: DemoHours[];
}

const hours = (weekdays: Weekday[], opens: number, closes: number): DemoHours[] =>
  weekdays.map((weekday) => ({ weekday, startMinute: opens * 60, endMinute: closes * 60 }));

const longWeek = [
  ...hours([1, 2, 3, 4, 5], 9, 13),
  ...hours([1, 2, 4], 14, 18),
  ...hours([3], 15, 20),
  ...hours([6], 9, 12),
];

export const prescriber: CastMember = {
  slug: 'amara-okafor-bell',
  email: `prescriber@${EMAIL_DOMAIN}`,
  jurisdiction: 'england',
  profession: 'doctor',
  city: 'London',
  displayName: 'Amara Okafor-Bell',
  familyName: 'Okafor-Bell',
  calledName: 'Amara',
  consultationMinutes: 40,
  weeklyHours: longWeek,
  gender: 'woman',
  pronouns: 'she/her',
  languages: ['en', 'ig', 'fr'],
  yearsOfExperience: 17,
  headline: 'Long first conversations about lines and facial expression',
  biography: [
    'I was an eyelid surgeon for nine years before I opened this room, and I still measure brows before I say anything about them.',
    'A first visit with me is forty minutes of talking and looking. I write down what you would miss as well as what bothers you, and you take the page home. About one person in four decides to do nothing, and I count those as good days.',
    'I work with one esthetician, whom I chose because she says no as readily as I do. Outside the clinic I sing second alto and grow far too many tomatoes.',
  ].join('\n\n'),
};

export const esthetician: CastMember = {
  slug: 'maya-lindqvist',
  email: `esthetician@${EMAIL_DOMAIN}`,
  jurisdiction: 'england',
  profession: 'esthetician',
  city: 'London',
  displayName: 'Maya Lindqvist',
  familyName: 'Lindqvist',
  calledName: 'Maya',
  consultationMinutes: 30,
  weeklyHours: longWeek,
  gender: 'woman',
  pronouns: 'she/her',
  languages: ['en', 'sv'],
  yearsOfExperience: 11,
  headline: 'Working beside Dr Okafor-Bell, who sees every patient first',
  biography: [
    'I began in theatre make-up, shading cheekbones for people in the back row, and learnt more anatomy there than I knew at the time.',
    'These days I work only to a written plan. Dr Okafor-Bell sees you first, in person; if the two of you decide to go on, you come to me, and I read the plan aloud before we start. If anything has changed since, a cold, a new tablet, a doubt, we stop and ring her.',
  ].join('\n\n'),
};

export const texasPrescriber: CastMember = {
  slug: 'rafael-ybarra-montemayor',
  email: `texas.prescriber@${EMAIL_DOMAIN}`,
  jurisdiction: 'texas',
  profession: 'nurse_practitioner',
  city: 'El Paso',
  displayName: 'Rafael Ybarra Montemayor',
  familyName: 'Ybarra Montemayor',
  calledName: 'Rafael',
  consultationMinutes: 30,
  weeklyHours: longWeek,
  gender: 'man',
  pronouns: 'he/him',
  languages: ['en', 'es'],
  yearsOfExperience: 14,
  headline: 'Straight talk in two languages, an hour before the rest of Texas',
  biography: [
    'I flew with a medical helicopter for six years and then wanted a job with a door that closes. I have had one in El Paso since, with mountain light and good chairs.',
    'Ask me in English or Spanish. I will tell you what I would do, what I would not, and what happens if we leave it alone. You never have to decide on the day.',
  ].join('\n\n'),
};

export const castPractitioners = [prescriber, esthetician, texasPrescriber];

type Login = Pick<DemoAccount, 'slug' | 'role' | 'fullName' | 'email'> & Partial<DemoAccount>;

const account = (login: Login): DemoAccount => ({
  practitionerSlug: null,
  clinicSlug: null,
  patientSlug: null,
  demo: true,
  ...login,
});

const practitionerAccount = (slug: string, { displayName, email, slug: practitionerSlug }: CastMember) =>
  account({ slug, role: 'practitioner', fullName: displayName, email, practitionerSlug });

/** Every fixed account. The receptionist sits where the London prescriber works. */
export function castAccounts(receptionistsClinicSlug: string): DemoAccount[] {
  const at = (name: string) => `${name}@${EMAIL_DOMAIN}`;
  return [
    account({
      slug: 'demo-patient',
      role: 'patient',
      fullName: 'Hannah Whitlock',
      email: at('patient'),
      patientSlug: 'hannah-whitlock',
    }),
    practitionerAccount('demo-prescriber', prescriber),
    practitionerAccount('demo-esthetician', esthetician),
    practitionerAccount('demo-texas-prescriber', texasPrescriber),
    account({
      slug: 'demo-receptionist',
      role: 'receptionist',
      fullName: 'Joe Adeyinka',
      email: at('reception'),
      clinicSlug: receptionistsClinicSlug,
    }),
    account({
      slug: 'demo-applicant',
      role: 'applicant',
      fullName: 'Niamh Corrigan',
      email: at('applicant'),
    }),
    account({ slug: reviewerSlugs[0], role: 'reviewer', fullName: 'Ines Prior', email: at('reviewer.one') }),
    account({
      slug: reviewerSlugs[1],
      role: 'reviewer',
      fullName: 'Tomos Vaughan',
      email: at('reviewer.two'),
    }),
    account({ slug: 'demo-operator', role: 'operator', fullName: 'Bea Thorne', email: at('operator') }),
  ];
}
