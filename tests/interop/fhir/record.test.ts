import JSONSchemaValidator from '@asymmetrik/fhir-json-schema-validator';
import { Fhir } from 'fhir/fhir.js';
import sharp from 'sharp';
import { beforeAll, expect, it } from 'vitest';
import { reportUrgent } from '#lib/server/domain/care/report-urgent.ts';
import { exportRecord } from '#lib/server/domain/records/reads.ts';
import { recordBundle } from '#lib/server/interop/fhir/record.ts';
import * as care from '../../builders/care.ts';
import { photograph } from '../../builders/portfolio.ts';
import { as, openWorld, treated, type World } from '../../domain/records/world.ts';

type Bundle = { entry: { fullUrl: string; resource: { resourceType: string } }[] };

let world: World;
let seen: Awaited<ReturnType<typeof treated>>;
beforeAll(async () => {
  world = await openWorld();
  seen = await treated(world);
  await care.reviewed(world.owner, seen.treatment);
  await reportUrgent(world.db, { desk: 'https://steadyhand.example/desk' }, as(seen.me), {
    treatmentId: seen.treatment.id,
    message: 'My left lid hangs.',
    phone: '07700 900111',
    photo: new File([new Uint8Array(await photograph())], 'lid.jpg', { type: 'image/jpeg' }),
  });
});

type Media = { resourceType: 'Media'; content: { data: string } };
const isMedia = (one: { resourceType: string }): one is Media => one.resourceType === 'Media';

async function bundleFor(who: { accountId: string }): Promise<Bundle> {
  const { record, photos, madeAt } = await exportRecord(world.db, as(who), seen.me.id);
  const paper = (name: string, id: string) => `https://steadyhand.example/documents/${name}/${id}`;
  return recordBundle(record, { madeAt, paper, photos }) as Bundle;
}

it('holds what a record is made of', async () => {
  const { entry } = await bundleFor(seen.me);
  const kinds = new Set(entry.map(({ resource }) => resource.resourceType));
  expect([...kinds].toSorted()).toEqual([
    'ClinicalImpression',
    'Communication',
    'Consent',
    'DocumentReference',
    'Encounter',
    'Media',
    'Medication',
    'MedicationAdministration',
    'MedicationRequest',
    'Observation',
    'Organization',
    'Patient',
    'Practitioner',
    'PractitionerRole',
    'Procedure',
    'QuestionnaireResponse',
  ]);
});

it('holds the photo of an urgent message as it is kept, for who may see it', async () => {
  for (const who of [seen.me, world.town.prescriber, world.town.injector]) {
    const media = (await bundleFor(who)).entry.map(({ resource }) => resource).filter(isMedia);
    expect(media).toHaveLength(1);
    const picture = await sharp(Buffer.from(media[0]!.content.data, 'base64')).metadata();
    expect([picture.format, picture.exif]).toEqual(['jpeg', undefined]);
  }
});

it('points at nothing that it does not hold, for each reader', async () => {
  for (const who of [seen.me, world.town.prescriber, world.town.injector]) {
    const bundle = await bundleFor(who);
    const known = new Set(bundle.entry.map(({ fullUrl }) => fullUrl));
    const pointed = [...JSON.stringify(bundle).matchAll(/"reference":"([^"]+)"/g)].map((found) => found[1]!);
    expect(pointed.length).toBeGreaterThan(5);
    expect(pointed.filter((reference) => !known.has(reference))).toEqual([]);
  }
});

it('is a Bundle of R4 to the official JSON schema', async () => {
  const validator = new JSONSchemaValidator();
  for (const who of [seen.me, world.town.injector]) {
    const bundle = await bundleFor(who);
    expect(validator.validate(bundle)).toEqual([]);
  }
  // It would say so.
  expect(validator.validate({ ...(await bundleFor(seen.me)), type: 7 })).not.toEqual([]);
});

it('is a Bundle of R4 to the profiles of its resources', async () => {
  const validator = new Fhir();
  for (const who of [seen.me, world.town.injector]) {
    const { valid, messages } = validator.validate(await bundleFor(who), { errorOnUnexpected: true });
    expect(messages.filter(({ severity }) => ['error', 'fatal'].includes(String(severity)))).toEqual([]);
    expect(valid).toBe(true);
  }
  const broken = await bundleFor(seen.me);
  Object.assign(
    broken.entry.find(({ resource }) => resource.resourceType === 'MedicationRequest')!.resource,
    {
      status: 'no such status',
    },
  );
  expect(validator.validate(broken).valid).toBe(false);
});
