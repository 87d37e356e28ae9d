/** The wording that a consent was given to. A changed word is a new version; consents keep the version they saw. */
export const CONSENT_TEXT_VERSION = '1';

/** What the patient agrees to, each on its own. The guard `consent_items` wants all four. */
export const CONSENT_ITEMS = [
  {
    code: 'understood',
    label:
      'I have read what can go wrong, my questions were answered, and I know about other ways and doing nothing.',
  },
  { code: 'own_choice', label: 'This is my own choice. Nobody is pressing me.' },
  { code: 'may_stop', label: 'I know that I may stop at any time, with no reason given, even in the chair.' },
  { code: 'named_injector', label: 'I agree to be treated by the person named above, and by nobody else.' },
] as const;
