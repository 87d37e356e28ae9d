const numbered = (count: number, names: (number: number) => string[]) =>
  Array.from({ length: count }, (_, index) => names(index + 1)).flat();
const address = (of: string) => [
  `Provider First Line Business ${of} Address`,
  `Provider Second Line Business ${of} Address`,
  `Provider Business ${of} Address City Name`,
  `Provider Business ${of} Address State Name`,
  `Provider Business ${of} Address Postal Code`,
  `Provider Business ${of} Address Country Code (If outside U.S.)`,
  `Provider Business ${of} Address Telephone Number`,
  `Provider Business ${of} Address Fax Number`,
];

/** The columns of a file of NPPES in their order, all 330 of them. */
export const NPPES_COLUMNS: readonly string[] = [
  'NPI',
  'Entity Type Code',
  'Replacement NPI',
  'Employer Identification Number (EIN)',
  'Provider Organization Name (Legal Business Name)',
  'Provider Last Name (Legal Name)',
  'Provider First Name',
  'Provider Middle Name',
  'Provider Name Prefix Text',
  'Provider Name Suffix Text',
  'Provider Credential Text',
  'Provider Other Organization Name',
  'Provider Other Organization Name Type Code',
  'Provider Other Last Name',
  'Provider Other First Name',
  'Provider Other Middle Name',
  'Provider Other Name Prefix Text',
  'Provider Other Name Suffix Text',
  'Provider Other Credential Text',
  'Provider Other Last Name Type Code',
  ...address('Mailing'),
  ...address('Practice Location'),
  'Provider Enumeration Date',
  'Last Update Date',
  'NPI Deactivation Reason Code',
  'NPI Deactivation Date',
  'NPI Reactivation Date',
  'Provider Sex Code',
  'Authorized Official Last Name',
  'Authorized Official First Name',
  'Authorized Official Middle Name',
  'Authorized Official Title or Position',
  'Authorized Official Telephone Number',
  ...numbered(15, (number) => [
    `Healthcare Provider Taxonomy Code_${number}`,
    `Provider License Number_${number}`,
    `Provider License Number State Code_${number}`,
    `Healthcare Provider Primary Taxonomy Switch_${number}`,
  ]),
  ...numbered(50, (number) => [
    `Other Provider Identifier_${number}`,
    `Other Provider Identifier Type Code_${number}`,
    `Other Provider Identifier State_${number}`,
    `Other Provider Identifier Issuer_${number}`,
  ]),
  'Is Sole Proprietor',
  'Is Organization Subpart',
  'Parent Organization LBN',
  'Parent Organization TIN',
  'Authorized Official Name Prefix Text',
  'Authorized Official Name Suffix Text',
  'Authorized Official Credential Text',
  ...numbered(15, (number) => [`Healthcare Provider Taxonomy Group_${number}`]),
  'Certification Date',
];

/** A row of such a file: every cell in quotation marks, as published; what is not given is empty. */
export function nppesRow(cells: Readonly<Record<string, string>>): string {
  const unknown = Object.keys(cells).filter((name) => !NPPES_COLUMNS.includes(name));
  if (unknown.length > 0) throw new Error(`no columns of NPPES: ${unknown.join(', ')}`);
  return NPPES_COLUMNS.map((name) => `"${(cells[name] ?? '').replaceAll('"', '""')}"`).join(',');
}
