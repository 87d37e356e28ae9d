/** One health question, as the patient reads it. `answer`: a choice of yes, no and not sure, or words. */
export type HealthQuestion = {
  readonly code: string;
  readonly text: string;
  readonly hint?: string;
  readonly answer: 'choice' | 'words';
};

/** Answers by question code. */
export type HealthAnswers = Readonly<Record<string, string>>;

/** Changed questions are a new version, written beside the answers, so that old answers are read as they were asked. */
export const HEALTH_QUESTIONS_VERSION = '1';

export const CHOICES = [
  { value: 'no', label: 'No' },
  { value: 'yes', label: 'Yes' },
  { value: 'unsure', label: 'Not sure' },
] as const;

/**
 * From the warnings and contraindications of the product labels, in plain words. The patient answers; what an answer
 * means (ruled out, careful, no matter) is the prescriber's to say.
 */
export const HEALTH_QUESTIONS: readonly HealthQuestion[] = [
  {
    code: 'pregnant_or_breastfeeding',
    text: 'Are you pregnant, trying to be, or breastfeeding?',
    answer: 'choice',
  },
  {
    code: 'neuromuscular_condition',
    text: 'Do you have a condition of the nerves or muscles?',
    hint: 'Such as myasthenia gravis, Lambert-Eaton syndrome or motor neurone disease (ALS).',
    answer: 'choice',
  },
  {
    code: 'swallowing_or_breathing',
    text: 'Do you have trouble swallowing, speaking or breathing?',
    answer: 'choice',
  },
  {
    code: 'allergy_to_toxin',
    text: 'Have you ever reacted badly to a treatment like this?',
    hint: 'An allergic reaction, a drooping eyelid, or anything that worried you.',
    answer: 'choice',
  },
  {
    code: 'cows_milk_allergy',
    text: 'Are you allergic to cow’s milk, egg white (albumin) or any medicine?',
    answer: 'choice',
  },
  {
    code: 'skin_infection',
    text: 'Is there a rash, a cold sore or an infection on your face or neck now?',
    answer: 'choice',
  },
  {
    code: 'eyelid_surgery',
    text: 'Have you had surgery, an injury or weakness of the face or eyelids?',
    answer: 'choice',
  },
  {
    code: 'blood_thinners',
    text: 'Do you bleed or bruise easily, or take something that thins the blood?',
    hint: 'Such as warfarin, apixaban, clopidogrel or aspirin. Do not stop a medicine without asking your doctor.',
    answer: 'choice',
  },
  {
    code: 'distress_about_looks',
    text: 'Do worries about how you look take up much of your day?',
    hint: 'It helps us to talk about it. It is not held against you.',
    answer: 'choice',
  },
  {
    code: 'medicines',
    text: 'Which medicines do you take?',
    hint: 'Antibiotics too, sleeping tablets, and what you buy without a prescription. Write “none” if none.',
    answer: 'words',
  },
  {
    code: 'more',
    text: 'Is there anything you want to add?',
    hint: 'Where you said yes or not sure; other illnesses, operations or allergies.',
    answer: 'words',
  },
];

/** What was answered, one line for each question, the questions of older versions too. */
export function describeHealthAnswers(
  answers: unknown,
): { code: string; question: string; answer: string }[] {
  const given = (answers ?? {}) as HealthAnswers;
  const asked = HEALTH_QUESTIONS.map(({ code, text }) => ({ code, question: text }));
  const others = Object.keys(given)
    .filter((code) => code !== 'version' && !asked.some((question) => question.code === code))
    .map((code) => ({ code, question: sentence(code) }));
  return [...asked, ...others]
    .map((question) => ({ ...question, answer: wordFor(given[question.code]) }))
    .filter(({ answer }) => answer !== '');
}

function wordFor(answer: string | undefined): string {
  return CHOICES.find(({ value }) => value === answer)?.label ?? answer ?? '';
}

function sentence(code: string): string {
  const words = code.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
