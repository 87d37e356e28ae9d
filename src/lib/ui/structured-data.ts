/** schema.org data as the element that carries it. No "<" can then end the element early, whatever people wrote. */
export function structuredDataElement(data: object): string {
  const json = JSON.stringify(data).replaceAll('<', String.raw`\u003c`);
  return `<script type="application/ld+json">${json}</script>`;
}

/** Where a page lies, as schema.org has it; `here` is its own absolute address. */
export function breadcrumbData(trail: readonly { text: string; href?: string }[], here: string): object {
  return {
    '@context': 'https://schema.org',
    '@type': 'BreadcrumbList',
    itemListElement: trail.map(({ text, href }, index) => ({
      '@type': 'ListItem',
      position: index + 1,
      name: text,
      ...(href !== undefined && { item: new URL(href, here).href }),
    })),
  };
}
