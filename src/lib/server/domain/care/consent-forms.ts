import { JURISDICTIONS, type Jurisdiction } from '../policy/codes.ts';
import { evaluatePolicy } from '../policy/evaluate.ts';
import { POLICY_ROWS } from '../policy/rows.ts';
import { RISKS } from './risks.ts';

/** One thing that is agreed to on its own. */
export type ConsentItem = {
  readonly code: string;
  readonly group: 'what' | 'risks' | 'choice' | 'after';
  readonly title: string;
  readonly text: string;
};

/**
 * What is agreed to in one place and language. Once released it never changes: another word is another version, and where
 * it changes what is said, `material` counts up and everybody is asked again.
 */
export type ConsentForm = {
  readonly code: string;
  readonly jurisdiction: Jurisdiction;
  readonly language: string;
  readonly version: number;
  readonly material: number;
  readonly askedFrom: string;
  readonly items: readonly ConsentItem[];
};

export const CONSENT_GROUPS: Readonly<Record<ConsentItem['group'], string>> = {
  what: 'What it is',
  risks: 'What can go wrong',
  choice: 'Your choice',
  after: 'Afterwards',
};

/** Every form, the oldest first. Before them, one form with the four items of `consent-text.ts` was asked everywhere. */
export const CONSENT_FORMS: readonly ConsentForm[] = JURISDICTIONS.map(secondForm);

/** What is asked in a place on a day; before the first form, the first one. */
export function consentFormOn(jurisdiction: Jurisdiction, day: string, language = 'en'): ConsentForm {
  const forms = CONSENT_FORMS.filter((one) => one.jurisdiction === jurisdiction && one.language === language);
  const form = forms.findLast(({ askedFrom }) => askedFrom <= day) ?? forms[0];
  if (form === undefined) throw new Error(`no consent form in ${language} for ${jurisdiction} on ${day}`);
  return form;
}

/**
 * Item by item, each risk on its own. The numbers are those of the law of the place on its first day; a change of them is
 * another version.
 */
function secondForm(jurisdiction: Jurisdiction): ConsentForm {
  const askedFrom = '2025-02-01';
  const { emergency_number, cooling_off_hours_first_or_changed: hours } = evaluatePolicy(
    POLICY_ROWS,
    jurisdiction,
    Temporal.PlainDate.from(askedFrom),
  );
  return {
    code: `${jurisdiction}-en-2`,
    jurisdiction,
    language: 'en',
    version: 2,
    material: 2,
    askedFrom,
    items: [
      {
        code: 'what_it_is',
        group: 'what',
        title: 'What is done',
        text: 'A medicine is given with a fine needle into the muscles named above. They relax for three to four months, then move as before. Nobody can promise how it will look.',
      },
      ...RISKS.map(({ code, title, text }): ConsentItem => ({
        code: `risk_${code}`,
        group: 'risks',
        title,
        text,
      })),
      {
        code: 'alternatives',
        group: 'choice',
        title: 'Other ways, and doing nothing',
        text: 'We talked about other ways. Doing nothing is a good choice too.',
      },
      {
        code: 'cost',
        group: 'choice',
        title: 'What it costs',
        text: 'I know what the treatment and a review visit cost, and who is paid. Changing my mind while I have time to think costs me nothing.',
      },
      {
        code: 'time_to_think',
        group: 'choice',
        title: 'Time to think',
        text: `At least ${hours} hours lie between my consultation and a first or changed treatment. I may take longer.`,
      },
      {
        code: 'understood',
        group: 'choice',
        title: 'My questions',
        text: 'I could ask everything that I wanted to ask, and I understood the answers.',
      },
      {
        code: 'own_choice',
        group: 'choice',
        title: 'My own choice',
        text: 'This is my own choice. Nobody is pressing me.',
      },
      {
        code: 'may_stop',
        group: 'choice',
        title: 'I may stop',
        text: 'I may stop at any time, with no reason given, even in the chair. Until it begins I can take my consent back in My care.',
      },
      {
        code: 'named_injector',
        group: 'choice',
        title: 'Who treats me',
        text: 'I agree to be treated by the person named above, and by nobody else.',
      },
      {
        code: 'whom_to_call',
        group: 'after',
        title: 'Whom to call',
        text: `If something does not feel right I call the clinic; out of hours, the number on my treatment card; in an emergency, ${emergency_number}.`,
      },
    ],
  };
}
