import { createHash } from 'node:crypto';
import { dose } from '#lib/format/dose.ts';
import { regionNames } from '#lib/format/regions.ts';
import { parseInstant } from '#lib/server/platform/instants.ts';
import { OUTCOME_WORDS, type Outcome } from '../../domain/care/consultation.ts';
import { describeHealthAnswers } from '../../domain/care/health-questions.ts';
import { isRegister, registers } from '../../domain/credentials/registers.ts';
import {
  totalUnits,
  unitsByRegion,
  type ClinicalRecord,
  type Person,
  type Place,
  type RecordConsultation,
  type RecordPhotos,
  type RecordPrescription,
  type RecordReview,
  type RecordTreatment,
  type RecordUrgent,
  type RecordVisit,
} from '../../domain/records/record.ts';
import { professionOf, standingOf } from '../../domain/records/words.ts';

type Resource = { resourceType: string; id: string } & Record<string, unknown>;

/** Where the export is made: its moment, the address of each paper, and the pictures that go with it. */
export type Export = {
  readonly madeAt: Temporal.Instant;
  readonly paper: (name: 'prescription' | 'consent' | 'treatment-card', id: string) => string;
  readonly photos: RecordPhotos;
};

/**
 * A clinical record as a FHIR R4 Bundle. Who did something is a PractitionerRole at the clinic where they did it; a
 * treatment is a Procedure, and one MedicationAdministration with its batch; units stay in the system they were given in. An
 * urgent message is a Communication; its photo a Media that holds the picture itself, for an address would want a sign-in.
 */
export function recordBundle(record: ClinicalRecord, about: Export): object {
  const { patient, visits, answers, consultations, prescriptions, treatments, reviews, urgent } = record;
  const resources = new Map<string, Resource>();
  const add = (resource: Resource): void => void resources.set(resource.id, resource);
  const subject = reference(patient.id);

  add({
    resourceType: 'Patient',
    id: patient.id,
    ...(patient.isDemo && tagged()),
    name: [{ use: 'official', text: patient.name, family: patient.familyName, given: [patient.givenName] }],
    birthDate: patient.dateOfBirth,
  });
  for (const { who, place } of everybody(record)) for (const one of peopleAt(who, place)) add(one);
  for (const visit of visits) add(encounter(visit, subject));
  for (const given of answers)
    add({
      resourceType: 'QuestionnaireResponse',
      id: given.id,
      status: 'completed',
      subject,
      authored: given.answeredAt.toString(),
      source: subject,
      item: describeHealthAnswers(given.answers).map(({ code, question, answer }) => ({
        linkId: code,
        text: question,
        answer: [{ valueString: answer }],
      })),
    });
  for (const one of consultations) add(impression(one, subject));
  for (const one of prescriptions) {
    add(request(one, subject));
    if (one.consent !== null) add(consent(one, subject));
    add(document(one.id, 'prescription', 'Prescription', one.issuedAt, subject, about));
  }
  for (const one of treatments) {
    for (const part of given(one, subject)) add(part);
    add(document(one.appointmentId, 'treatment-card', 'Treatment card', one.signedAt, subject, about));
  }
  for (const one of reviews) for (const part of reviewed(one, visits, subject)) add(part);
  for (const one of urgent) for (const part of written(one, subject, about.photos)) add(part);

  const contained = new Set(resources.keys());
  return {
    resourceType: 'Bundle',
    id: derived(patient.id, `bundle ${about.madeAt}`),
    type: 'collection',
    timestamp: about.madeAt.toString(),
    entry: [...resources.values()].map((resource) => ({
      fullUrl: `urn:uuid:${resource.id}`,
      resource: withoutStrangers(resource, contained) as Resource,
    })),
  };
}

/** The same name gives the same id, so that two exports speak of the same things. */
function derived(id: string, name: string): string {
  const hex = createHash('sha256').update(`${id} ${name}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const reference = (id: string) => ({ reference: `urn:uuid:${id}` });
const words = (text: string) => ({ text });
const tagged = () => ({
  meta: { tag: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HTEST' }] },
});

/** A practitioner's own part names visits that others hold; a reference to what is not there is left out. */
function withoutStrangers(value: unknown, known: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) {
    const kept = value.map((one) => withoutStrangers(one, known)).filter((one) => one !== undefined);
    return kept.length === 0 ? undefined : kept;
  }
  if (value === null || typeof value !== 'object') return value;
  const { reference: to } = value as { reference?: string };
  if (typeof to === 'string' && !known.has(to.replace('urn:uuid:', ''))) return undefined;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => {
      const kept = withoutStrangers(one, known);
      return kept === undefined ? [] : [[key, kept]];
    }),
  );
}

function everybody(record: ClinicalRecord): { who: Person; place: Place }[] {
  return [
    ...record.visits.map((visit) => ({ who: visit.practitioner, place: visit })),
    ...record.consultations.map((one) => ({ who: one.prescriber, place: one })),
    ...record.prescriptions.flatMap((one) => [
      { who: one.prescriber, place: one },
      { who: one.injector, place: one },
    ]),
    ...record.treatments.flatMap((one) => [
      { who: one.injector, place: one },
      ...(one.prescriber === null ? [] : [{ who: one.prescriber, place: one }]),
    ]),
  ];
}

const roleId = (who: Person, place: Place) => derived(who.id, `at ${place.clinicId}`);
const roleOf = (who: Person, place: Place) => ({ ...reference(roleId(who, place)), display: who.name });

function peopleAt(who: Person, place: Place): Resource[] {
  const { register, number } = who;
  const known = register !== null && number !== null && isRegister(register) ? registers[register] : null;
  return [
    {
      resourceType: 'Organization',
      id: place.clinicId,
      name: place.clinicName,
      telecom: [{ system: 'phone', value: place.clinicPhone }],
      address: [{ text: place.address }],
    },
    {
      resourceType: 'Practitioner',
      id: who.id,
      name: [{ text: who.name }],
      ...(known !== null && {
        identifier: [
          {
            ...(known.identifierSystem !== undefined && { system: known.identifierSystem }),
            value: number,
            assigner: { display: known.name },
          },
        ],
      }),
      qualification: [{ code: words(professionOf(who)) }],
    },
    {
      resourceType: 'PractitionerRole',
      id: roleId(who, place),
      practitioner: { ...reference(who.id), display: who.name },
      organization: { ...reference(place.clinicId), display: place.clinicName },
      code: [words(professionOf(who))],
    },
  ];
}

const KINDS = { consultation: 'Consultation', treatment: 'Treatment', follow_up: 'Review visit' } as const;

function encounter(visit: RecordVisit, subject: object): Resource {
  return {
    resourceType: 'Encounter',
    id: visit.id,
    status: 'finished',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB', display: 'ambulatory' },
    type: [words(KINDS[visit.kind])],
    subject,
    participant: [{ individual: roleOf(visit.practitioner, visit) }],
    period: {
      start: (visit.startedAt ?? visit.startsAt).toString(),
      ...(visit.endedAt !== null && { end: visit.endedAt.toString() }),
    },
    serviceProvider: reference(visit.clinicId),
  };
}

function impression(one: RecordConsultation, subject: object): Resource {
  const isWrong = one.addenda.some(({ kind }) => kind === 'entered_in_error');
  return {
    resourceType: 'ClinicalImpression',
    id: one.id,
    status: isWrong ? 'entered-in-error' : 'completed',
    description: `Face-to-face consultation about ${regionNames(one.regions).toLowerCase() || 'nothing in particular'}`,
    subject,
    encounter: reference(one.appointmentId),
    effectiveDateTime: one.signedAt.toString(),
    date: one.signedAt.toString(),
    assessor: roleOf(one.prescriber, one),
    summary: [OUTCOME_WORDS[one.outcome as Outcome] ?? one.outcome, one.plan].filter(Boolean).join('. '),
    ...(one.findings.length > 0 && {
      finding: one.findings.map(({ code, severity, note }) => ({
        itemCodeableConcept: words(code.replaceAll('_', ' ')),
        basis: [severity, note].filter(Boolean).join(': '),
      })),
    }),
    note: [
      one.examination,
      one.baseline,
      one.history,
      ...one.questions.map(({ question, answer }) => `${question} ${answer}`),
      ...one.addenda.map(({ text }) => text),
    ]
      .filter((text) => text.trim() !== '')
      .map((text) => ({ text })),
    ...(one.healthAnswersId !== null && {
      investigation: [{ code: words('Health answers'), item: [reference(one.healthAnswersId)] }],
    }),
  };
}

const REQUEST_STATUS = {
  valid: 'active',
  used: 'completed',
  cancelled: 'cancelled',
  expired: 'stopped',
} as const;

const amount = (value: number, unitSystem: string | null) => ({ value, unit: dose(0, unitSystem).slice(2) });

function request(one: RecordPrescription, subject: object): Resource {
  return {
    resourceType: 'MedicationRequest',
    id: one.id,
    status: REQUEST_STATUS[standingOf(one)],
    ...(one.endReason !== '' && { statusReason: words(one.endReason) }),
    intent: 'order',
    medicationCodeableConcept: words(`${one.productName} (botulinum toxin type A)`),
    subject,
    authoredOn: one.issuedAt.toString(),
    requester: roleOf(one.prescriber, one),
    performer: roleOf(one.injector, one),
    supportingInformation: [reference(one.consultationId)],
    dosageInstruction: [
      {
        sequence: 1,
        text: one.directions || 'As planned at the consultation',
        site: words(regionNames(one.regions)),
        doseAndRate: [{ doseQuantity: amount(one.doseUnits, one.unitSystem) }],
      },
      ...(one.topUpUnits > 0
        ? [
            {
              sequence: 2,
              text: 'Kept back for one top-up after a review visit in person',
              doseAndRate: [{ doseQuantity: amount(one.topUpUnits, one.unitSystem) }],
            },
          ]
        : []),
    ],
    dispenseRequest: {
      validityPeriod: { start: one.issuedAt.toString(), end: one.expiresAt.toString() },
      numberOfRepeatsAllowed: 0,
    },
  };
}

function consent(one: RecordPrescription, subject: object): Resource {
  const { id, state, textVersion, givenAt, confirmedAt } = one.consent!;
  return {
    resourceType: 'Consent',
    id,
    status: state === 'given' ? 'active' : 'inactive',
    scope: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'treatment' }],
    },
    category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0', display: 'Consent Document' }] }],
    patient: subject,
    dateTime: parseInstant(givenAt).toString(),
    performer: [subject],
    organization: [reference(one.clinicId)],
    policyRule: words(`Consent to treatment, wording ${textVersion}`),
    ...(confirmedAt !== null && {
      verification: [
        { verified: true, verifiedWith: subject, verificationDate: parseInstant(confirmedAt).toString() },
      ],
    }),
    provision: { type: 'permit', data: [{ meaning: 'related', reference: reference(one.id) }] },
  };
}

function given(one: RecordTreatment, subject: object): Resource[] {
  const [medicine, administration] = [derived(one.id, 'medicine'), derived(one.id, 'administration')];
  const regions = unitsByRegion(one.points);
  const performer = [{ actor: roleOf(one.injector, one) }];
  return [
    {
      resourceType: 'Medication',
      id: medicine,
      code: words(`${one.productName} (botulinum toxin type A)`),
      batch: { lotNumber: one.batch, expirationDate: one.batchExpiresOn },
    },
    {
      resourceType: 'MedicationAdministration',
      id: administration,
      status: one.endedAs === 'stopped' ? 'stopped' : 'completed',
      medicationReference: reference(medicine),
      subject,
      context: reference(one.appointmentId),
      effectiveDateTime: one.startedAt.toString(),
      performer,
      ...(one.prescriptionId !== null && { request: reference(one.prescriptionId) }),
      ...(one.deviations.length > 0 && {
        note: one.deviations.map(({ kind, reason }) => ({ text: `${kind.replaceAll('_', ' ')}: ${reason}` })),
      }),
      dosage: {
        site: words(regionNames(regions.map(({ region }) => region)) || 'Nowhere'),
        dose: amount(totalUnits(one.points), one.unitSystem),
      },
    },
    {
      resourceType: 'Procedure',
      id: one.id,
      status: one.endedAs === 'stopped' ? 'stopped' : 'completed',
      code: words(`Injection of botulinum toxin${one.isTopUp ? ', top-up' : ''}`),
      subject,
      encounter: reference(one.appointmentId),
      performedDateTime: one.startedAt.toString(),
      performer,
      bodySite: regions.map(({ region }) => words(regionNames([region]))),
      note: [one.note, one.immediateReaction].filter((text) => text.trim() !== '').map((text) => ({ text })),
    },
    ...regions.map(({ region, units }) => ({
      resourceType: 'Observation',
      id: derived(one.id, `units ${region}`),
      status: 'final',
      category: [
        {
          coding: [
            { system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'procedure' },
          ],
        },
      ],
      code: words('Units given in one region'),
      subject,
      encounter: reference(one.appointmentId),
      effectiveDateTime: one.startedAt.toString(),
      performer: [roleOf(one.injector, one)],
      partOf: [reference(administration)],
      bodySite: words(regionNames([region])),
      valueQuantity: amount(units, one.unitSystem),
    })),
  ];
}

function reviewed(one: RecordReview, visits: readonly RecordVisit[], subject: object): Resource[] {
  const visit = visits.find(({ id }) => id === one.appointmentId);
  const performer = visit === undefined ? [] : [roleOf(visit.practitioner, visit)];
  return [
    {
      resourceType: 'Observation',
      id: one.id,
      status: 'final',
      code: words('Finding at the review visit'),
      subject,
      encounter: reference(one.appointmentId),
      effectiveDateTime: one.writtenAt.toString(),
      performer,
      valueString: one.findings,
      ...(one.movementKept !== '' && { note: [{ text: `Movement kept: ${one.movementKept}` }] }),
    },
    ...(one.adverseEvent === ''
      ? []
      : [
          {
            resourceType: 'AdverseEvent',
            id: derived(one.id, 'adverse event'),
            actuality: 'actual',
            event: words(one.adverseEvent),
            subject,
            encounter: reference(one.appointmentId),
            recordedDate: one.writtenAt.toString(),
          },
        ]),
  ];
}

function written(one: RecordUrgent, subject: object, photos: RecordPhotos): Resource[] {
  const { id, appointmentId, sentAt, message, photoId } = one;
  const picture = photoId === null ? undefined : photos.get(photoId);
  const photo: Resource[] =
    photoId === null || picture === undefined
      ? []
      : [
          {
            resourceType: 'Media',
            id: photoId,
            status: 'completed',
            type: {
              coding: [
                {
                  system: 'http://terminology.hl7.org/CodeSystem/media-type',
                  code: 'image',
                  display: 'Image',
                },
              ],
            },
            subject,
            encounter: reference(appointmentId),
            createdDateTime: sentAt.toString(),
            operator: subject,
            content: {
              contentType: 'image/jpeg',
              data: Buffer.from(picture).toString('base64'),
              title: 'Photo that came with an urgent message',
              creation: sentAt.toString(),
            },
          },
        ];
  return [
    {
      resourceType: 'Communication',
      id,
      status: 'completed',
      priority: 'urgent',
      subject,
      encounter: reference(appointmentId),
      sent: sentAt.toString(),
      sender: subject,
      payload: [
        { contentString: message },
        ...photo.map((media) => ({ contentReference: reference(media.id) })),
      ],
    },
    ...photo,
  ];
}

function document(
  id: string,
  name: 'prescription' | 'treatment-card',
  title: string,
  at: Temporal.Instant,
  subject: object,
  { paper }: Export,
): Resource {
  return {
    resourceType: 'DocumentReference',
    id: derived(id, name),
    status: 'current',
    type: words(title),
    subject,
    date: at.toString(),
    content: [{ attachment: { contentType: 'application/pdf', url: paper(name, id), title } }],
  };
}
