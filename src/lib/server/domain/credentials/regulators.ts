import { isRegister, registers, type RegisterCode } from './registers.ts';

/** Where each register takes complaints about those it registers: its own page, or its front page. To be reviewed by a person. */
const COMPLAINTS: Record<RegisterCode, string> = {
  gmc: 'https://www.gmc-uk.org/concerns',
  nmc: 'https://www.nmc.org.uk/concerns-nurses-midwives/',
  gdc: 'https://www.gdc-uk.org/raising-concerns',
  gphc: 'https://www.pharmacyregulation.org/',
  imc: 'https://www.medicalcouncil.ie/',
  nmbi: 'https://www.nmbi.ie/',
  dental_council_ie: 'https://www.dentalcouncil.ie/',
  ahpra: 'https://www.ahpra.gov.au/',
  npi: 'https://npiregistry.cms.hhs.gov/',
  tx_medical_board: 'https://www.tmb.state.tx.us/page/place-a-complaint',
  tx_physician_assistant_board: 'https://www.tmb.state.tx.us/page/place-a-complaint',
  tx_board_of_nursing: 'https://www.bon.texas.gov/',
  tx_dental: 'https://tsbde.texas.gov/',
  tx_licensing: 'https://www.tdlr.texas.gov/',
  ca_medical_board: 'https://www.mbc.ca.gov/',
  ca_osteopathic_board: 'https://www.ombc.ca.gov/',
  ca_physician_assistant_board: 'https://www.pab.ca.gov/',
  ca_board_of_nursing: 'https://www.rn.ca.gov/',
  cpso: 'https://www.cpso.on.ca/',
  cno: 'https://www.cno.org/',
};

/** Who looks at a practice, or at how a complaint was dealt with, beside the register. */
const OMBUDSMEN: Readonly<Record<string, Body>> = {
  england: { name: 'Care Quality Commission', url: 'https://www.cqc.org.uk/' },
  scotland: {
    name: 'Healthcare Improvement Scotland',
    url: 'https://www.healthcareimprovementscotland.scot/',
  },
  queensland: { name: 'Office of the Health Ombudsman', url: 'https://www.oho.qld.gov.au/' },
  ontario: { name: 'Health Professions Appeal and Review Board', url: 'https://www.hparb.on.ca/' },
};

/** A public body and where it is found. */
export type Body = { name: string; url: string };

/**
 * The regulator of a register and the ombudsman of a place, in the order in which somebody turns to them. Where no
 * register is named, `complaintUrl` of the place stands in.
 */
export function bodiesFor(register: string | null, jurisdiction: string, complaintUrl: string): Body[] {
  const regulator = isRegister(register)
    ? { name: registers[register].name, url: COMPLAINTS[register] }
    : { name: 'The public authority there', url: complaintUrl };
  const ombudsman = OMBUDSMEN[jurisdiction];
  return ombudsman === undefined ? [regulator] : [regulator, ombudsman];
}
