import { expect, it } from 'vitest';
import { breadcrumbData, structuredDataElement } from '#lib/ui/structured-data.ts';

it('says where a page lies as its breadcrumbs do, with whole addresses', () => {
  const trail = [
    { text: 'Find someone', href: '/search' },
    { text: 'Dr Amara Okafor-Bell', href: '/practitioners/amara-okafor-bell' },
    { text: 'Checks' },
  ];
  expect(breadcrumbData(trail, 'https://steadyhand.example/practitioners/amara-okafor-bell/checks')).toEqual({
    '@context': 'https://schema.org',
    '@type': 'BreadcrumbList',
    itemListElement: [
      { '@type': 'ListItem', position: 1, name: 'Find someone', item: 'https://steadyhand.example/search' },
      {
        '@type': 'ListItem',
        position: 2,
        name: 'Dr Amara Okafor-Bell',
        item: 'https://steadyhand.example/practitioners/amara-okafor-bell',
      },
      { '@type': 'ListItem', position: 3, name: 'Checks' },
    ],
  });
});

it('ends where it ends, whatever somebody is called', () => {
  const name = '</script><script>alert(1)</script>';
  const element = structuredDataElement({ name });
  expect(element.match(/<\/?script/g)).toHaveLength(2);
  expect(JSON.parse(/>(.*)</.exec(element)![1]!)).toEqual({ name });
});
