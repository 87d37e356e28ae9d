import type { ListedProfile } from '../domain/directory/profile.ts';

/** A profile as schema.org has it: who, where, and which certificates somebody looked at. */
export function practitionerJsonLd(profile: ListedProfile, url: string): object {
  const clinics = profile.workplaces.map((place) => ({
    '@type': 'MedicalClinic',
    name: place.clinicName,
    telephone: place.clinicPhone,
    address: {
      '@type': 'PostalAddress',
      streetAddress: place.street,
      addressLocality: place.locality,
      postalCode: place.postcode,
      addressCountry: profile.countryCode,
    },
    geo: { '@type': 'GeoCoordinates', latitude: place.latitude, longitude: place.longitude },
  }));
  const isDoctor = profile.profession === 'doctor';
  return {
    '@context': 'https://schema.org',
    // The vocabulary knows doctors as a kind of practice, everybody else as a person who works at one.
    '@type': isDoctor ? 'IndividualPhysician' : 'Person',
    name: profile.name,
    url,
    knowsLanguage: profile.languages,
    ...(isDoctor ? { practicesAt: clinics } : { jobTitle: profile.professionName, workLocation: clinics }),
    hasCertification: profile.checks.map((check) => ({
      '@type': 'Certification',
      name: check.what,
      issuedBy: { '@type': 'Organization', name: check.register },
      ...(check.number !== undefined && { certificationIdentification: check.number }),
      auditDate: check.checked.datetime,
    })),
    ...(profile.mayConsult && {
      potentialAction: { '@type': 'ReserveAction', name: 'Book a consultation', target: url },
    }),
  };
}
