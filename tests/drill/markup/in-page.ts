/*
 * What stands in a page while it is looked at. Texts of these files run in the browser and not here, so they are texts.
 */

/** Comes before everything else in a page: what the payloads call, and what a policy stops. */
export const WATCH = `
  window.ranNumbers = [];
  window.blocked = [];
  window.ran = (nth) => { window.ranNumbers.push(nth); };
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sample }) => {
    window.blocked.push([effectiveDirective, blockedURI, sample].join(' '));
  });
`;

/**
 * What a page has become of the texts: what ran or was blocked, and what stands there as an element, a handler, a script or an
 * address of theirs. An element of theirs is one that no page of ours has; a script of ours has this answer's nonce.
 */
export const LOOK = `[
  ...window.ranNumbers.map((nth) => 'ran ' + nth),
  ...window.blocked.map((what) => 'blocked ' + what),
  ...[...document.scripts]
    .filter((one) => one.nonce === '' && one.type !== 'application/ld+json')
    .map((one) => 'a script without our nonce: ' + one.outerHTML.slice(0, 80)),
  ...[...document.scripts]
    .filter((one) => one.type === 'application/ld+json')
    .flatMap((one) => { try { JSON.parse(one.text); return []; } catch { return ['structured data that is cut short']; } }),
  ...[...document.querySelectorAll('ran-box, marquee, embed, object, iframe, frame, math, mglyph, base, animate, applet')]
    .map((one) => 'an element of theirs: ' + one.outerHTML.slice(0, 80)),
  ...[...document.querySelectorAll('*')].flatMap((element) => [...element.attributes].flatMap(({ name, value }) => {
    if (/^on/i.test(name) && /ran\\(/.test(value)) return ['a handler: ' + element.localName + ' ' + name];
    if (!/^(?:xlink:)?(?:href|src|action|formaction|data|poster|background|ping|cite|srcdoc)$/i.test(name)) return [];
    let address;
    try { address = new URL(value, document.baseURI); } catch { return []; }
    const isTheirs = !/^(?:https?|mailto|tel|sms|blob):$/.test(address.protocol) && !/^data:image\\//.test(value)
      || /^\\/ran\\//.test(address.pathname) || address.hostname === 'ran.example';
    return isTheirs ? ['an address: ' + element.localName + ' ' + name + '=' + value.slice(0, 80)] : [];
  })),
]`;

/** Everything that somebody could read in a page, controls and their labels too. */
export const TEXT = `document.documentElement.textContent
  + [...document.querySelectorAll('input, textarea, [title], [alt], [aria-label], [content]')]
      .map((one) => [one.value, one.title, one.alt, one.content, one.getAttribute('aria-label')].join(' ')).join(' ')`;
