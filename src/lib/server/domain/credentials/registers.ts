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

/**
 * The professional registers we check numbers of. A well-formed number is never proof of registration. A register whose
 * format is published is named with its source; of the others nothing is known but what their look-ups show.
 */
export const registers = defineRegisters({
  // United Kingdom (England, Scotland)

  // GMC, “Using the register”: seven digits, no check digit is published. The old form of L and six digits is of limited
  // registration, which ended in 2007.
  gmc: {
    name: 'General Medical Council',
    numberName: 'GMC reference number',
    format: /^\d{7}$/,
    formatHint: '7 digits',
    searchUrl: 'https://www.gmc-uk.org/registrants',
    identifierSystem: 'https://fhir.hl7.org.uk/Id/gmc-number',
    status: 'sourced',
  },
  // NMC PIN: year, month's half as a letter, a serial of four digits, country of entry (E, W, S, N; O from abroad).
  nmc: {
    name: 'Nursing and Midwifery Council',
    numberName: 'NMC PIN',
    format: /^\d{2}[A-Z]\d{4}[A-Z]$/,
    formatHint: '2 digits, a letter, 4 digits and a letter, such as 01A2345N',
    searchUrl: 'https://www.nmc.org.uk/registration/search-the-register/',
    identifierSystem: 'https://fhir.hl7.org.uk/Id/nmc-number',
    status: 'sourced',
  },
  // Not the NHS dental number, which is D and seven digits.
  gdc: {
    name: 'General Dental Council',
    numberName: 'GDC registration number',
    format: /^\d{5,6}$/,
    formatHint: '5 or 6 digits',
    searchUrl: 'https://olr.gdc-uk.org/searchregister',
    status: 'assumed',
  },
  // GPhC register of pharmacists; pharmacy technicians begin with 5, premises with 1 or 9.
  gphc: {
    name: 'General Pharmaceutical Council',
    numberName: 'GPhC registration number',
    format: /^2\d{6}$/,
    formatHint: '7 digits beginning with 2',
    searchUrl: 'https://www.pharmacyregulation.org/registers',
    identifierSystem: 'https://fhir.hl7.org.uk/Id/gphc-number',
    status: 'sourced',
  },

  // Ireland

  imc: {
    name: 'Medical Council of Ireland',
    numberName: 'Medical Council registration number',
    format: /^\d{5,6}$/,
    formatHint: '5 or 6 digits',
    searchUrl: 'https://www.medicalcouncil.ie/public-information/check-the-register/',
    status: 'assumed',
  },
  nmbi: {
    name: 'Nursing and Midwifery Board of Ireland',
    numberName: 'NMBI PIN',
    format: /^\d{5,6}$/,
    formatHint: '5 or 6 digits',
    searchUrl: 'https://www.nmbi.ie/Check-the-Register',
    status: 'assumed',
  },
  dental_council_ie: {
    name: 'Dental Council of Ireland',
    numberName: 'Dental Council registration number',
    format: /^\d{1,4}(\/\d{2})?$/,
    formatHint: 'up to 4 digits, with the year behind a slash where it has one',
    searchUrl: 'https://www.dentalcouncil.ie/g_dentalregister.php',
    status: 'assumed',
  },

  // Australia

  // HL7 Australia, “AHPRA Registration Number”: three letters for the profession and ten digits, no check digit.
  ahpra: {
    name: 'Australian Health Practitioner Regulation Agency',
    numberName: 'Ahpra registration number',
    format: /^[A-Z]{3}\d{10}$/,
    formatHint: '3 letters and 10 digits, such as MED0000932846',
    searchUrl: 'https://www.ahpra.gov.au/registration/registers-of-practitioners.aspx',
    identifierSystem: 'http://hl7.org.au/id/ahpra-registration-number',
    status: 'sourced',
  },

  // United States

  // 45 CFR 162.406: ten digits, the last of them a check digit. A number, not a licence.
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
  ca_medical_board: {
    name: 'Medical Board of California',
    numberName: 'California physician license',
    format: /^(A|AFE|C|CFE|G|GFE)\d{3,6}$/,
    formatHint: 'A, C or G and up to 6 digits',
    searchUrl: 'https://search.dca.ca.gov/',
    status: 'assumed',
  },
  ca_osteopathic_board: {
    name: 'Osteopathic Medical Board of California',
    numberName: 'California osteopathic license',
    format: /^20A\d{3,5}$/,
    formatHint: '20A and up to 5 digits',
    searchUrl: 'https://search.dca.ca.gov/',
    status: 'assumed',
  },
  ca_physician_assistant_board: {
    name: 'Physician Assistant Board of California',
    numberName: 'California physician assistant license',
    format: /^PA\d{4,5}$/,
    formatHint: 'PA and 4 or 5 digits',
    searchUrl: 'https://search.dca.ca.gov/',
    status: 'assumed',
  },
  ca_board_of_nursing: {
    name: 'California Board of Registered Nursing',
    numberName: 'California nursing license',
    format: /^(RN|NP|NPF)?\d{4,8}$/,
    formatHint: '4 to 8 digits, with RN, NP or NPF before them where the register writes it',
    searchUrl: 'https://search.dca.ca.gov/',
    status: 'assumed',
  },

  // Ontario

  cpso: {
    name: 'College of Physicians and Surgeons of Ontario',
    numberName: 'CPSO number',
    format: /^\d{5,6}$/,
    formatHint: '5 or 6 digits',
    searchUrl: 'https://register.cpso.on.ca/',
    status: 'assumed',
  },
  cno: {
    name: 'College of Nurses of Ontario',
    numberName: 'CNO registration number',
    format: /^[A-Z0-9]{7,8}$/,
    formatHint: '7 or 8 digits or letters',
    searchUrl: 'https://registry.cno.org/',
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
