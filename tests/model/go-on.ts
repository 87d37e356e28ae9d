import { verbs, type Try, type Verb, type VisitKind } from './verbs.ts';

type Step = { readonly visit?: VisitKind; readonly verbs: readonly Verb[] };

/** The next lawful step of a patient's road, as everybody would take it who means well. */
function nextStep({ consultation, outcome, prescription, treatment, review }: Try['facts']): Step {
  const isOpen = (state: string | undefined) => state === 'confirmed' || state === 'arrived';

  if (review?.state === 'started') return { verbs: ['recordReview'] };
  if (isOpen(review?.state)) return { visit: 'review', verbs: ['passTimeToVisit', 'startVisit'] };
  if (treatment?.state === 'started') return { verbs: ['signTreatment'] };
  if (isOpen(treatment?.state))
    return {
      visit: 'treatment',
      verbs: [
        'passTimeToVisit',
        'receiveVial',
        'confirmHealth',
        'confirmConsent',
        'sayHere',
        'startTreatment',
      ],
    };
  if (consultation?.state === 'held') return { verbs: ['confirm'] };
  if (isOpen(consultation?.state)) return { visit: 'consultation', verbs: ['passTimeToVisit', 'startVisit'] };
  if (consultation?.state === 'started') return { verbs: ['takeAnswers', 'signConsultation'] };
  if (prescription?.state === 'active' && prescription.consent !== 'given') return { verbs: ['giveConsent'] };
  if (prescription?.state === 'active' && treatment?.state !== 'completed')
    return { verbs: ['bookTreatment'] };
  if (treatment?.state === 'completed' && !review) return { verbs: ['bookReview'] };
  if (outcome === 'suitable' && prescription?.visit !== consultation?.id) return { verbs: ['prescribe'] };
  if (prescription?.state === 'active' && review?.state === 'completed') return { verbs: ['bookTopUp'] };
  return { verbs: ['hold'] };
}

/** Takes a step to its end, command by command, each from where the one before has led. */
export async function goOn(
  one: Try,
  look: () => Promise<Try['facts']>,
  wasDone: (verb: Verb) => void,
): Promise<void> {
  const step = nextStep(one.facts);
  for (const verb of step.verbs) {
    await verbs[verb]({ ...one, visit: step.visit, variant: 0, actor: null, facts: await look() });
    wasDone(verb);
  }
}
