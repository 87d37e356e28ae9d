/** Everything needed to recognise a number of one register and to look it up at its source. */
export interface Register {
  name: string;
  /** What the register calls its number. */
  numberName: string;
  format: RegExp;
  /** The format in words, for the person who mistyped it. */
  formatHint: string;
  hasValidCheckDigit?: (number: string) => boolean;
  searchUrl: string;
  /** The naming system that FHIR uses for these numbers, where one is published. */
  identifierSystem?: string;
  /** `assumed` formats come from no published rule and must be confirmed before they refuse anybody in production. */
  status: 'sourced' | 'assumed';
}

const defineRegisters = <Code extends string>(table: Record<Code, Register>): Record<Code, Register> => table;

/** The professional registers we check numbers of. A well-formed number is never proof of registration. */
export const registers = defineRegisters({
  gmc: {
    name: 'General Medical Council',
    numberName: 'GMC reference number',
    format: /^\d{7}$/,
    formatHint: '7 digits',
    searchUrl: 'https://www.gmc-uk.org/registrants',
    identifierSystem: 'https://fhir.hl7.org.uk/Id/gmc-number',
    status: 'sourced',
  },
  nmc: {
    name: 'Nursing and Midwifery Council',
    numberName: 'NMC PIN',
    format: /^\d{2}[A-Z]\d{4}[A-Z]$/,
    formatHint: '2 digits, a letter, 4 digits and a letter, such as 01A2345N',
    searchUrl: 'https://www.nmc.org.uk/registration/search-the-register/',
    identifierSystem: 'https://fhir.hl7.org.uk/Id/nmc-number',
    status: 'sourced',
  },
  gdc: {
    name: 'General Dental Council',
    numberName: 'GDC registration number',
    format: /^\d{5,6}$/,
    formatHint: '5 or 6 digits',
    searchUrl: 'https://olr.gdc-uk.org/searchregister',
    status: 'assumed',
  },
  gphc: {
    name: 'General Pharmaceutical Council',
    numberName: 'GPhC registration number',
    format: /^2\d{6}$/,
    formatHint: '7 digits beginning with 2',
    searchUrl: 'https://www.pharmacyregulation.org/registers',
    identifierSystem: 'https://fhir.hl7.org.uk/Id/gphc-number',
    status: 'sourced',
  },
  npi: {
    name: 'National Plan and Provider Enumeration System',
    numberName: 'NPI',
    format: /^[12]\d{9}$/,
    formatHint: '10 digits beginning with 1 or 2',
    hasValidCheckDigit: (number) => passesLuhn(NPI_CARD_PREFIX + number),
    searchUrl: 'https://npiregistry.cms.hhs.gov/search',
    identifierSystem: 'http://hl7.org/fhir/sid/us-npi',
    status: 'sourced',
  },
  tx_medical_board: {
    name: 'Texas Medical Board',
    numberName: 'Texas physician license',
    format: /^[A-Z]\d{4}$/,
    formatHint: 'a letter and 4 digits',
    searchUrl: 'https://profile.tmb.state.tx.us/',
    status: 'assumed',
  },
  tx_physician_assistant_board: {
    name: 'Texas Physician Assistant Board',
    numberName: 'Texas physician assistant license',
    format: /^PA\d{5}$/,
    formatHint: 'PA and 5 digits',
    searchUrl: 'https://profile.tmb.state.tx.us/',
    status: 'assumed',
  },
  tx_board_of_nursing: {
    name: 'Texas Board of Nursing',
    numberName: 'Texas nursing license',
    format: /^(AP\d{6}|\d{5,7})$/,
    formatHint: '5 to 7 digits, or AP and 6 digits for an advanced practice license',
    searchUrl: 'https://txbn.boardsofnursing.org/licenselookup/',
    status: 'assumed',
  },
  tx_dental: {
    name: 'Texas State Board of Dental Examiners',
    numberName: 'Texas dental license',
    format: /^\d{4,5}$/,
    formatHint: '4 or 5 digits',
    searchUrl: 'https://tsbde.texas.gov/licensee-lookup/',
    status: 'assumed',
  },
  tx_licensing: {
    name: 'Texas Department of Licensing and Regulation',
    numberName: 'Texas esthetician license',
    format: /^\d{6,7}$/,
    formatHint: '6 or 7 digits',
    searchUrl: 'https://www.tdlr.texas.gov/LicenseSearch/',
    status: 'assumed',
  },
});

export type RegisterCode = keyof typeof registers;

/** Whether this is the code of a register we know. */
export function isRegister(code: string | null): code is RegisterCode {
  return code !== null && Object.hasOwn(registers, code);
}

export type RegisterNumberCheck = { ok: true } | { ok: false; reason: 'format' | 'check_digit' };

/** Says whether `number` could have been issued by `register`. Expects the number as printed there: no spaces, upper case. */
export function checkRegisterNumber(register: RegisterCode, number: string): RegisterNumberCheck {
  const { format, hasValidCheckDigit } = registers[register];
  if (!format.test(number)) return { ok: false, reason: 'format' };
  if (hasValidCheckDigit && !hasValidCheckDigit(number)) return { ok: false, reason: 'check_digit' };
  return { ok: true };
}

/** Appends the check digit to the first nine digits of an NPI. */
export function completeNpi(firstNineDigits: string): string {
  const complete = Array.from({ length: 10 }, (_, digit) => `${firstNineDigits}${digit}`).find(
    (candidate) => checkRegisterNumber('npi', candidate).ok,
  );
  if (!complete) throw new Error(`not the first nine digits of an NPI: ${firstNineDigits}`);
  return complete;
}

// 45 CFR 162.406 takes the check digit from ISO/IEC 7812, where 80 means health and 840 the United States.
const NPI_CARD_PREFIX = '80840';

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (const [fromTheRight, digit] of [...digits].reverse().entries()) {
    const value = Number(digit) * (fromTheRight % 2 === 0 ? 1 : 2);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}
