import { expect, it } from 'vitest';
import { readProfile } from '#lib/server/domain/directory/profile.ts';
import { practitionerJsonLd } from '#lib/server/interop/json-ld.ts';
import { openDb, openPool } from '#lib/server/platform/db.ts';
import { createTestDatabase } from '../harness/database.ts';
import { afterFile } from '../harness/after.ts';

it('names the person, the clinics and each certificate with who holds the record of it', async () => {
  const { urls } = await createTestDatabase('demo');
  const db = openDb(openPool(urls.app, { max: 2, onError: () => {} }));
  afterFile(() => db.destroy());
  const jsonLd = async (slug: string) => {
    const profile = await readProfile(db, slug, 0);
    if (!profile.listed) throw new Error(`${slug} is not listed`);
    return practitionerJsonLd(profile, `https://steadyhand.example/practitioners/${slug}`);
  };

  expect(await jsonLd('amara-okafor-bell')).toMatchObject({
    '@type': 'IndividualPhysician',
    name: 'Dr Amara Okafor-Bell',
    practicesAt: [{ '@type': 'MedicalClinic', address: { addressCountry: 'GB' } }],
    hasCertification: expect.arrayContaining([
      expect.objectContaining({
        issuedBy: { '@type': 'Organization', name: 'General Medical Council' },
        certificationIdentification: expect.stringMatching(/^\d{7}$/) as string,
      }),
    ]) as object[],
    potentialAction: { '@type': 'ReserveAction' },
  });
  const esthetician = await jsonLd('maya-lindqvist');
  expect(esthetician).toMatchObject({ '@type': 'Person', jobTitle: 'Esthetician' });
  expect(esthetician).not.toHaveProperty('potentialAction');
});
