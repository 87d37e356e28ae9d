/** The first form, the same everywhere, before there were forms of a place: for consents that were given to it. */
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
