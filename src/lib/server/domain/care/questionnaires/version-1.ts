import type { HealthQuestion, Option, Questionnaire } from './questionnaire.ts';

const options: readonly Option[] = [
  { value: 'no', label: 'No' },
  { value: 'yes', label: 'Yes' },
  { value: 'unsure', label: 'Not sure' },
];
const choice = (code: string, text: string, hint?: string): HealthQuestion => ({
  code,
  text,
  ...(hint !== undefined && { hint }),
  answer: 'choice',
  options,
});

/** The first questions. What an answer meant was the prescriber's to say: they carry no findings. */
export const VERSION_1: Questionnaire = {
  version: '1',
  askedFrom: '2024-01-01',
  sections: [
    {
      code: 'health',
      title: 'Your health',
      questions: [
        choice('pregnant_or_breastfeeding', 'Are you pregnant, trying to be, or breastfeeding?'),
        choice(
          'neuromuscular_condition',
          'Do you have a condition of the nerves or muscles?',
          'Such as myasthenia gravis, Lambert-Eaton syndrome or motor neurone disease (ALS).',
        ),
        choice('swallowing_or_breathing', 'Do you have trouble swallowing, speaking or breathing?'),
        choice(
          'allergy_to_toxin',
          'Have you ever reacted badly to a treatment like this?',
          'An allergic reaction, a drooping eyelid, or anything that worried you.',
        ),
        choice('cows_milk_allergy', 'Are you allergic to cow’s milk, egg white (albumin) or any medicine?'),
        choice('skin_infection', 'Is there a rash, a cold sore or an infection on your face or neck now?'),
        choice('eyelid_surgery', 'Have you had surgery, an injury or weakness of the face or eyelids?'),
        choice(
          'blood_thinners',
          'Do you bleed or bruise easily, or take something that thins the blood?',
          'Such as warfarin, apixaban, clopidogrel or aspirin. Do not stop a medicine without asking your doctor.',
        ),
        choice(
          'distress_about_looks',
          'Do worries about how you look take up much of your day?',
          'It helps us to talk about it. It is not held against you.',
        ),
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
        {
          code: 'lastTreatedElsewhereOn',
          text: 'When were you last treated with this kind of medicine anywhere else?',
          hint: 'For any reason, migraine or sweating too. Leave all three empty if never.',
          answer: 'date',
        },
      ],
    },
  ],
};
