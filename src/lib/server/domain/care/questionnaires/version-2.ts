import type { Option, Questionnaire, Said } from './questionnaire.ts';

const finding = (code: string, severity: Said['severity']): readonly Said[] => [{ code, severity }];
const no: Option = { value: 'no', label: 'No' };
const yesSays = (says: readonly Said[]): Option => ({ value: 'yes', label: 'Yes', says });
const unsureSays = (says: readonly Said[]): Option => ({ value: 'unsure', label: 'Not sure', says });
/** No says nothing; yes and not sure raise the same, each with its weight. */
const raises = (code: string, yes: Said['severity'], unsure: Said['severity'] = yes): readonly Option[] => [
  no,
  yesSays(finding(code, yes)),
  unsureSays(finding(code, unsure)),
];

/**
 * Questions that branch, say why they are asked, and carry what an answer says. Weights are those of the product labels
 * and of UK consultation forms; an absolute one is given only where the words of the answer leave no doubt.
 */
export const VERSION_2: Questionnaire = {
  version: '2',
  askedFrom: '2025-02-01',
  sections: [
    {
      code: 'now',
      title: 'You, now',
      questions: [
        {
          code: 'pregnant',
          text: 'Are you pregnant, or could you be?',
          why: 'It is not known what this medicine does to a child before birth, so it waits. You can come back afterwards.',
          answer: 'choice',
          options: raises('pregnancy', 'absolute', 'relative'),
        },
        {
          code: 'breastfeeding',
          text: 'Are you breastfeeding?',
          why: 'It is not known whether the medicine gets into the milk, so it waits.',
          answer: 'choice',
          options: [no, yesSays(finding('breastfeeding', 'absolute'))],
        },
        {
          code: 'face_infection',
          text: 'Do you have an infection on your face or neck now?',
          hint: 'A cold sore, an infected spot, a wound.',
          why: 'Nothing is given through skin that is infected. It can wait until it has healed.',
          answer: 'choice',
          options: raises('infection_at_site', 'relative'),
        },
      ],
    },
    {
      code: 'nerves',
      title: 'Nerves and muscles',
      questions: [
        {
          code: 'neuromuscular_condition',
          text: 'Has a doctor ever said that you have an illness of the nerves or muscles?',
          hint: 'Such as myasthenia gravis, Lambert-Eaton syndrome or motor neurone disease (ALS).',
          why: 'With some of them, even a small amount of this medicine is dangerous.',
          answer: 'choice',
          options: [
            no,
            { value: 'yes', label: 'Yes' },
            unsureSays(finding('neuromuscular_disease', 'relative')),
          ],
        },
        {
          code: 'neuromuscular_which',
          text: 'Which one?',
          answer: 'choice',
          ifYesTo: 'neuromuscular_condition',
          options: [
            {
              value: 'myasthenia_gravis',
              label: 'Myasthenia gravis',
              says: finding('neuromuscular_disease', 'absolute'),
            },
            {
              value: 'lambert_eaton',
              label: 'Lambert-Eaton syndrome',
              says: finding('neuromuscular_disease', 'absolute'),
            },
            {
              value: 'als',
              label: 'Motor neurone disease (ALS)',
              says: finding('neuromuscular_disease', 'absolute'),
            },
            {
              value: 'other',
              label: 'Another one, or I do not know its name',
              says: finding('neuromuscular_disease', 'relative'),
            },
          ],
        },
        {
          code: 'swallowing_or_breathing',
          text: 'Do you have trouble swallowing, speaking or breathing?',
          why: 'Very rarely the medicine reaches other muscles. Who has such trouble already is at more risk.',
          answer: 'choice',
          options: raises('swallowing_or_breathing', 'relative'),
        },
        {
          code: 'face_or_eyelids',
          text: 'Have you had surgery, an injury, weakness or a droop of the face or eyelids?',
          why: 'It changes which muscles hold the brow and the lid.',
          answer: 'choice',
          options: raises('eyelid_surgery_or_ptosis', 'relative'),
        },
        {
          code: 'face_or_eyelids_what',
          text: 'What was it, and when?',
          answer: 'words',
          required: true,
          ifYesTo: 'face_or_eyelids',
        },
        {
          code: 'dry_eyes',
          text: 'Are your eyes dry or sore, or do you use eye drops?',
          why: 'Near the eyes, treatment can make them drier for a while.',
          answer: 'choice',
          options: raises('dry_eye', 'caution'),
        },
      ],
    },
    {
      code: 'reactions',
      title: 'Reactions and allergies',
      questions: [
        {
          code: 'earlier_reaction',
          text: 'Has a treatment like this ever gone wrong for you?',
          why: 'What happened once can happen again.',
          answer: 'choice',
          options: [no, { value: 'yes', label: 'Yes' }, unsureSays(finding('earlier_reaction', 'relative'))],
        },
        {
          code: 'earlier_reaction_what',
          text: 'What happened?',
          answer: 'choice',
          ifYesTo: 'earlier_reaction',
          options: [
            {
              value: 'allergic',
              label: 'An allergic reaction to the medicine: swelling, a rash all over, trouble breathing',
              says: finding('hypersensitivity', 'absolute'),
            },
            {
              value: 'droop',
              label: 'An eyelid or brow that drooped',
              says: [
                { code: 'earlier_reaction', severity: 'relative' },
                { code: 'eyelid_surgery_or_ptosis', severity: 'relative' },
              ],
            },
            {
              value: 'spread',
              label: 'Trouble swallowing, speaking or seeing',
              says: [
                { code: 'earlier_reaction', severity: 'relative' },
                { code: 'swallowing_or_breathing', severity: 'relative' },
              ],
            },
            { value: 'other', label: 'Something else', says: finding('earlier_reaction', 'relative') },
          ],
        },
        {
          code: 'cows_milk',
          text: 'Are you allergic to the protein in cow’s milk?',
          hint: 'Not the same as trouble with lactose, the sugar in milk.',
          why: 'Some of these medicines may hold traces of it. They are then left out; others are not.',
          answer: 'choice',
          options: raises('cows_milk_allergy', 'caution'),
        },
        {
          code: 'other_allergy',
          text: 'Are you allergic to albumin, to a medicine or to anything else?',
          why: 'These medicines hold more than one ingredient.',
          answer: 'choice',
          options: raises('other_allergy', 'relative'),
        },
        {
          code: 'other_allergy_what',
          text: 'To what, and what happens then?',
          answer: 'words',
          required: true,
          ifYesTo: 'other_allergy',
        },
        {
          code: 'thick_scars',
          text: 'Do your scars grow thick and raised?',
          why: 'Needles leave small wounds.',
          answer: 'choice',
          options: raises('keloid', 'caution'),
        },
      ],
    },
    {
      code: 'medicines',
      title: 'Medicines',
      questions: [
        {
          code: 'blood_thinners',
          text: 'Do you bleed or bruise easily, or take something that thins the blood?',
          hint: 'Such as warfarin, apixaban, clopidogrel or aspirin. Do not stop a medicine without asking your doctor.',
          why: 'Bruises are then larger, and more likely.',
          answer: 'choice',
          options: raises('bleeding', 'caution'),
        },
        {
          code: 'muscle_medicines',
          text: 'In the last four weeks, have you had an antibiotic, a muscle relaxant or another medicine for muscles?',
          hint: 'Such as gentamicin, tobramycin, streptomycin or baclofen.',
          why: 'Some of them make this medicine stronger.',
          answer: 'choice',
          options: raises('transmission_medicines', 'relative'),
        },
        {
          code: 'muscle_medicines_which',
          text: 'Which one, and until when?',
          answer: 'words',
          required: true,
          ifYesTo: 'muscle_medicines',
        },
        {
          code: 'medicines',
          text: 'Which medicines do you take?',
          hint: 'Sleeping tablets too, and what you buy without a prescription. Write “none” if none.',
          answer: 'words',
        },
      ],
    },
    {
      code: 'elsewhere',
      title: 'Treatments elsewhere',
      questions: [
        {
          code: 'treated_elsewhere',
          text: 'In the last four months, has anybody given you a medicine of this kind, anywhere on your body?',
          hint: 'For any reason: lines, migraine, sweating, a stiff muscle, the bladder. Visits booked here do not count.',
          why: 'Amounts add up over the whole body, so there has to be time in between.',
          answer: 'choice',
          options: raises('recent_treatment', 'relative'),
        },
        {
          code: 'treated_elsewhere_for',
          text: 'What was it for?',
          answer: 'choice',
          ifYesTo: 'treated_elsewhere',
          options: [
            { value: 'lines', label: 'Lines of the face' },
            { value: 'migraine', label: 'Migraine' },
            { value: 'sweating', label: 'Sweating' },
            { value: 'muscle', label: 'A stiff or cramped muscle' },
            { value: 'bladder', label: 'The bladder' },
            { value: 'other', label: 'Something else' },
          ],
        },
        {
          code: 'lastTreatedElsewhereOn',
          text: 'When was the last time?',
          hint: 'Your best guess at the day is fine. For example, 27 3 2026',
          answer: 'date',
          required: true,
          ifYesTo: 'treated_elsewhere',
        },
      ],
    },
    {
      code: 'feelings',
      title: 'How you feel about it',
      intro:
        'Most people dislike something about their looks. Everybody is asked this, and no answer is held against you: it tells us what would help.',
      questions: [
        {
          code: 'looks_worry',
          text: 'Do you think about how you look for more than an hour on most days?',
          why: 'When worry is heavy, a treatment seldom makes it lighter. Then we talk about that first.',
          answer: 'choice',
          options: raises('body_image', 'relative'),
        },
        {
          code: 'looks_keep_away',
          text: 'Does how you look keep you from seeing people, from work or from going out?',
          answer: 'choice',
          options: raises('body_image', 'relative'),
        },
        {
          code: 'pressed',
          text: 'Is anybody pressing you to have this done?',
          why: 'It is your face, and your choice alone. Your prescriber talks with you without anybody else in the room.',
          answer: 'choice',
          options: raises('under_pressure', 'relative'),
        },
        {
          code: 'more',
          text: 'Is there anything you want to add?',
          hint: 'Other illnesses or operations, or what is on your mind.',
          answer: 'words',
        },
      ],
    },
  ],
};
