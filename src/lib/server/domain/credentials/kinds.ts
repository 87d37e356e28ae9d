import type { CredentialKind } from '../policy/codes.ts';

/** What each kind of credential is called, and what an applicant reads about why it is asked for. */
export const CREDENTIAL_KINDS: Readonly<Record<CredentialKind, { name: string; why: string }>> = {
  registration: {
    name: 'Registration',
    why: 'Patients see the register, your number and the day we looked. A number alone proves nothing, so one of us opens the register itself.',
  },
  prescribing_right: {
    name: 'Right to prescribe',
    why: 'In your profession a further qualification, noted on the register, lets you prescribe. Without it you can be listed only with somebody who prescribes.',
  },
  qualification: {
    name: 'Qualification',
    why: 'What you learnt before you worked with faces. Where no register proves a profession, this does.',
  },
  toxin_training: {
    name: 'Training in this treatment',
    why: 'Hands-on practice with a supervisor beside you, and what to do when something goes wrong. Online theory alone never counts, however long it was.',
  },
  life_support: {
    name: 'Life support',
    why: 'Somebody in the room must know what to do in the first minutes of a collapse or an allergic reaction. It is renewed every year.',
  },
  indemnity_insurance: {
    name: 'Indemnity insurance',
    why: 'If somebody is harmed they must be looked after. The policy has to name this work; who prescribes for others needs that named too.',
  },
  premises: {
    name: 'Premises',
    why: 'The law here puts a condition on the place itself. Show that yours meets it.',
  },
};
