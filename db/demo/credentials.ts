import { completeNpi, registers, type RegisterCode } from '#lib/server/domain/credentials/registers.ts';
import { reviewerSlugs } from './cast.ts';
import type { Random } from './random.ts';
import type {
  CredentialKind,
  DayOffset,
  DemoCheck,
  DemoCredential,
  DemoVetting,
  Jurisdiction,
  ListingState,
  Profession,
} from './types.ts';

export interface Dossier {
  npi: string | null;
  credentials: DemoCredential[];
  vetting: DemoVetting | null;
  suspendedOn: DayOffset | null;
}

/** Listed people were approved before their first visit in this story and after their papers were issued. */
const APPROVED_BETWEEN: [DayOffset, DayOffset] = [-180, -125];

const YEAR = 365;

const REGISTER_RECHECK_DAYS = 7;

const NEWEST_PAPER: DayOffset = APPROVED_BETWEEN[0] - 10;
const OLDEST_PAPER: DayOffset = -3 * YEAR;

/** What holds today holds for a month to come, so that nobody leaves while the calendars of this story run. */
const SOONEST_EXPIRY: DayOffset = 35;

interface Applicant {
  jurisdiction: Jurisdiction;
  profession: Profession;
  listingState: ListingState;
  /** With papers as new as can be, which outlast a demonstration that moves the clock by weeks. */
  newPapers: boolean;
}

/** Prepares the papers of one practitioner after another; no register number is given twice, nor one that others have. */
export function registrar(
  random: Random,
  others: readonly Pick<Dossier, 'npi' | 'credentials'>[] = [],
): (applicant: Applicant) => Dossier {
  const given = new Set(
    others.flatMap(({ npi, credentials }) => [
      `npi ${npi}`,
      ...credentials.map(({ register, number }) => `${register} ${number}`),
    ]),
  );

  function numberOf(register: RegisterCode, profession: Profession): string {
    for (;;) {
      const number = unissuedNumber(random, register, profession);
      if (given.has(`${register} ${number}`)) continue;
      given.add(`${register} ${number}`);
      return number;
    }
  }

  return function prepare({ jurisdiction, profession, listingState, newPapers }) {
    const vetting = vettingOf(random, listingState);
    const recheck = { on: -random.int(0, REGISTER_RECHECK_DAYS - 1), by: random.pick(reviewerSlugs) };
    const lapsing =
      listingState === 'lapsed' ? random.pick(['indemnity_insurance', 'life_support'] as const) : null;

    const credentials = papersOf(random, jurisdiction, profession, numberOf)
      .filter(() => listingState !== 'draft' || random.chance(0.6))
      .flatMap(({ entries, validDays, ...paper }) => {
        const lapses = entries.some(({ kind }) => kind === lapsing);
        const oldest = newPapers ? NEWEST_PAPER : Math.max(OLDEST_PAPER, SOONEST_EXPIRY - validDays);
        const issuedOn = lapses ? -validDays - random.int(2, 60) : random.int(oldest, NEWEST_PAPER);
        return entries.map((entry): DemoCredential => {
          const issued = { ...entry, ...paper, issuedOn, expiresOn: issuedOn + validDays };
          return { ...issued, checks: checksOf(issued, vetting, recheck) };
        });
      });
    return {
      npi: jurisdiction === 'texas' && profession !== 'esthetician' ? numberOf('npi', profession) : null,
      credentials,
      vetting,
      suspendedOn: listingState === 'suspended' ? -random.int(3, 40) : null,
    };
  };
}

/**
 * Well-formed numbers from ranges that the registers have not reached, so that no invented person carries the number
 * of a real one: NPIs begin with 1 to this day, PINs carry the year of joining, and so on.
 */
function unissuedNumber(random: Random, register: RegisterCode, profession: Profession): string {
  const digits = (count: number) => Array.from({ length: count }, () => random.int(0, 9)).join('');
  const letter = () => random.pick([...'ABCDEFGHIJKL']);
  switch (register) {
    case 'gmc':
      return `9${digits(6)}`;
    case 'nmc':
      return `${random.int(40, 59)}${letter()}${digits(4)}${random.pick([...'ECSN'])}`;
    case 'gdc':
      return `9${digits(5)}`;
    case 'gphc':
      return `29${digits(5)}`;
    case 'npi':
      return completeNpi(`29${digits(7)}`);
    case 'tx_medical_board':
      return `${random.pick(['Y', 'Z'])}${digits(4)}`;
    case 'tx_physician_assistant_board':
      return `PA9${digits(4)}`;
    case 'tx_board_of_nursing':
      return profession === 'nurse_practitioner' ? `AP9${digits(5)}` : `99${digits(5)}`;
    case 'tx_dental':
      return `9${digits(4)}`;
    case 'tx_licensing':
      return `99${digits(5)}`;
    case 'imc':
    case 'nmbi':
    case 'dental_council_ie':
    case 'ahpra':
    case 'ca_medical_board':
    case 'ca_osteopathic_board':
    case 'ca_physician_assistant_board':
    case 'ca_board_of_nursing':
    case 'cpso':
    case 'cno':
      throw new Error(`the town is in England and Texas, and nobody in it has a number of ${register}`);
  }
}

/** One document or register page, which may state several things. */
interface Paper extends Pick<DemoCredential, 'issuer' | 'register' | 'number'> {
  entries: Pick<DemoCredential, 'kind' | 'title'>[];
  validDays: number;
}

interface Registration {
  register: RegisterCode;
  title: string;
  validDays: number;
  /** How the right to prescribe stands in the register, for those who have it. */
  prescribing?: string;
}

const registrations: Record<Jurisdiction, Partial<Record<Profession, Registration>>> = {
  england: {
    doctor: {
      register: 'gmc',
      title: 'Registered medical practitioner',
      validDays: YEAR,
      prescribing: 'Licence to practise, with full prescribing rights',
    },
    dentist: {
      register: 'gdc',
      title: 'Registered dentist',
      validDays: YEAR,
      prescribing: 'Prescribing rights of a registered dentist',
    },
    nurse_prescriber: {
      register: 'nmc',
      title: 'Registered nurse',
      validDays: 3 * YEAR,
      prescribing: 'Nurse independent prescriber (V300)',
    },
    pharmacist_prescriber: {
      register: 'gphc',
      title: 'Registered pharmacist',
      validDays: YEAR,
      prescribing: 'Pharmacist independent prescriber',
    },
    registered_nurse: { register: 'nmc', title: 'Registered nurse', validDays: 3 * YEAR },
  },
  texas: {
    doctor: {
      register: 'tx_medical_board',
      title: 'Licensed physician',
      validDays: 2 * YEAR,
      prescribing: 'Full license with prescribing authority',
    },
    nurse_practitioner: {
      register: 'tx_board_of_nursing',
      title: 'Advanced practice registered nurse',
      validDays: 2 * YEAR,
      prescribing: 'Prescriptive authority agreement with a Texas physician',
    },
    physician_assistant: {
      register: 'tx_physician_assistant_board',
      title: 'Licensed physician assistant',
      validDays: 2 * YEAR,
      prescribing: 'Prescriptive authority agreement with a Texas physician',
    },
    registered_nurse: {
      register: 'tx_board_of_nursing',
      title: 'Licensed registered nurse',
      validDays: 2 * YEAR,
    },
    esthetician: { register: 'tx_licensing', title: 'Licensed esthetician', validDays: 2 * YEAR },
  },
};

const issuers: Record<Jurisdiction, Record<'school' | 'lifeSupport' | 'insurer' | 'awarder', string[]>> = {
  england: {
    school: [
      'Fenland School of Facial Aesthetics',
      'Northern Academy of Clinical Aesthetics',
      'The Marlowe Course',
    ],
    lifeSupport: ['Calm Hands Resuscitation Training', 'Severn Lifesaving Courses', 'First Minutes Training'],
    insurer: ['Harbour Mutual Indemnity', 'Sextant Professional Cover', 'Cormorant Medical Defence'],
    awarder: ['Wharfedale Awards', 'Guild of Skin Practitioners'],
  },
  texas: {
    school: [
      'Lone Star Institute of Facial Aesthetics',
      'Pecos Clinical Academy',
      'Gulf Coast Hands-on Training',
    ],
    lifeSupport: ['Bayou Life Support School', 'Panhandle Resuscitation Training', 'Ready Hands CPR'],
    insurer: ['Pecan Street Mutual', 'Caprock Professional Liability', 'Brazos Indemnity'],
    awarder: ['Bluebonnet College of Skin Care', 'Rio Bravo Technical College'],
  },
};

function papersOf(
  random: Random,
  jurisdiction: Jurisdiction,
  profession: Profession,
  numberOf: (register: RegisterCode, profession: Profession) => string,
): Paper[] {
  const from = issuers[jurisdiction];
  const document = (
    kind: CredentialKind,
    title: string,
    issuer: string,
    prefix: string,
    validDays: number,
  ): Paper => ({
    entries: [{ kind, title }],
    issuer,
    register: null,
    number: `${prefix}-${random.int(100_000, 999_999)}`,
    validDays,
  });
  return [
    ...registeredPapers(registrations[jurisdiction][profession], profession, numberOf),
    // England keeps no register of beauty therapists: their qualification stands in the place of a registration.
    ...(profession === 'esthetician' && jurisdiction === 'england'
      ? [
          document(
            'registration',
            'Level 7 diploma in clinical skin practice',
            random.pick(from.awarder),
            'L7',
            3 * YEAR,
          ),
        ]
      : []),
    ...(profession === 'esthetician' || random.chance(0.3)
      ? [
          document(
            'qualification',
            'Advanced certificate in skin health',
            random.pick(from.awarder),
            'SH',
            10 * YEAR,
          ),
        ]
      : []),
    document(
      'toxin_training',
      `Supervised hands-on training in facial aesthetics, ${random.int(10, 24)} people seen`,
      random.pick(from.school),
      'FA',
      3 * YEAR,
    ),
    document(
      'life_support',
      'Basic life support and anaphylaxis',
      random.pick(from.lifeSupport),
      'BLS',
      YEAR,
    ),
    document(
      'indemnity_insurance',
      'Professional indemnity insurance',
      random.pick(from.insurer),
      'PI',
      YEAR,
    ),
  ];
}

function registeredPapers(
  registration: Registration | undefined,
  profession: Profession,
  numberOf: (register: RegisterCode, profession: Profession) => string,
): Paper[] {
  if (!registration) return [];
  const { register, title, validDays, prescribing } = registration;
  const entries: Paper['entries'] = [{ kind: 'registration', title }];
  if (prescribing) entries.push({ kind: 'prescribing_right', title: prescribing });
  return [
    {
      entries,
      issuer: registers[register].name,
      register,
      number: numberOf(register, profession),
      validDays,
    },
  ];
}

function vettingOf(random: Random, listingState: ListingState): DemoVetting | null {
  const [checker, decider] = random.shuffled(reviewerSlugs) as [string, string];
  switch (listingState) {
    case 'draft':
      return null;
    case 'submitted':
      return { submittedOn: -random.int(0, 6), checked: null, approved: null };
    case 'checks_complete': {
      const on = -random.int(1, 4);
      return { submittedOn: on - random.int(1, 5), checked: { on, by: checker }, approved: null };
    }
    case 'listed':
    case 'lapsed':
    case 'suspended': {
      const on = random.int(...APPROVED_BETWEEN);
      const checkedOn = on - random.int(0, 3);
      return {
        submittedOn: checkedOn - random.int(1, 6),
        checked: { on: checkedOn, by: checker },
        approved: { on, by: decider },
      };
    }
  }
}

/** The check that the decision rests on, and for a register the latest of the weekly ones. */
function checksOf(
  { register, title, issuer, expiresOn }: Omit<DemoCredential, 'checks'>,
  vetting: DemoVetting | null,
  recheck: Pick<DemoCheck, 'on' | 'by'>,
): DemoCheck[] {
  if (!vetting?.checked) return [];
  if (!register) {
    const source = `${title}, confirmed by ${issuer}`;
    return [{ ...vetting.checked, method: 'document', source, sourceUrl: null, nextDueOn: expiresOn }];
  }
  const { name: source, searchUrl: sourceUrl } = registers[register];
  return [vetting.checked, ...(vetting.approved ? [recheck] : [])].map(({ on, by }) => ({
    on,
    by,
    method: 'register_page',
    source,
    sourceUrl,
    nextDueOn: on + REGISTER_RECHECK_DAYS,
  }));
}
