import type { Profession } from '../policy/codes.ts';

/** What stands behind the name of a profession, in words for patients that may stand on any page. */
export const PROFESSION_MEANINGS: Readonly<Record<Profession, string>> = {
  doctor: 'Trained and registered as a medical doctor.',
  dentist: 'Trained and registered as a dentist.',
  nurse_prescriber: 'A registered nurse with a further qualification to prescribe, which the register shows.',
  pharmacist_prescriber:
    'A registered pharmacist with a further qualification to prescribe, which the register shows.',
  nurse_practitioner: 'A nurse with advanced training and a licence of their own, who may prescribe.',
  physician_assistant: 'Licensed to examine and to prescribe in agreement with a doctor.',
  registered_nurse: 'A registered nurse, who may not prescribe.',
  esthetician: 'Trained in the care of skin; not a health professional, and may not prescribe.',
};
