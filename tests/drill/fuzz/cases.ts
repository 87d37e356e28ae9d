import type { Role } from '../../http/authorisation.ts';
import type { Method } from '../../http/route-tree.ts';
import { BROKEN_JSON } from './values.ts';
import type { Target } from './targets.ts';

/** One request, ready to be sent, and to be sent again. */
export interface Case {
  readonly route: string;
  readonly role: Role;
  readonly method: Method;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}

/** Where in a request something can be put. */
export type Place = {
  readonly in: 'segment' | 'query' | 'field' | 'json' | 'header' | 'name' | 'action';
  readonly of: string;
};
export type Change = { readonly place: Place; readonly value: string };

const HEADERS = [
  'cookie',
  'accept',
  'accept-language',
  'user-agent',
  'referer',
  'idempotency-key',
  'if-none-match',
  'range',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'authorization',
  'content-type',
  'x-sveltekit-action',
];

/** Every place of a target. */
export function placesOf(target: Target): Place[] {
  const of = (where: Place['in'], names: readonly (string | number)[]) =>
    names.map((name): Place => ({ in: where, of: String(name) }));
  return [
    ...of('field', [...new Set(target.fields.map(({ name }) => name))]),
    ...of('json', target.json === null ? [] : leavesOf(target.json)),
    ...of('segment', target.slots),
    ...of('query', Object.keys(target.query)),
    ...of('header', HEADERS),
    ...of('name', target.method === 'GET' ? ['query'] : ['body']),
    ...of('action', target.action === null ? [] : ['action']),
  ];
}

/** The request of a target with these changes in it. */
export function withChanges(target: Target, changes: readonly Change[], isWhole: boolean): Case {
  const at = (where: Place['in']) => changes.filter(({ place }) => place.in === where);
  const segments = [...target.segments];
  for (const { place, value } of at('segment')) segments[Number(place.of)] = encoded(value);
  const query = at('query').map(({ place, value }) => `${place.of}=${encoded(value)}`);
  const names = at('name').map(({ value }) => value);
  if (target.method === 'GET') query.push(...names.map((name) => `${encoded(name)}=1`));
  const [action = target.action] = at('action').map(({ value }) => value);
  if (action !== null && action !== 'default') query.unshift(`/${encoded(action)}`);
  if (at('action').length > 0 && action === 'default') query.unshift('/default');
  const headers: Record<string, string> = {};
  for (const { place, value } of at('header'))
    headers[place.of] = value.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '');
  // The form's own answer is enough most of the time; a page around it takes ten times as long.
  headers.accept ??= isWhole ? 'text/html' : 'application/json';

  let body: string | null = null;
  if (target.json !== null) {
    body = jsonWith(target.json, at('json'));
    if (names.length > 0)
      body = `{${[`${JSON.stringify(names[0])}:1`, body.slice(1, -1)].filter((part) => part !== '').join(',')}}`;
    headers['content-type'] ??= 'application/json';
  } else if (target.method !== 'GET') {
    const changed = new Map(at('field').map(({ place, value }) => [place.of, value]));
    const pairs = target.fields.map(({ name, value }) => [name, changed.get(name) ?? value] as const);
    body = [...pairs, ...names.map((name) => [name, '1'] as const)]
      .map((pair) => pair.map(encoded).join('='))
      .join('&');
    headers['content-type'] ??= 'application/x-www-form-urlencoded';
  }
  return {
    route: target.route,
    role: target.role,
    method: target.method,
    path: `/${segments.join('/')}${query.length > 0 ? `?${query.join('&')}` : ''}`,
    headers,
    body: body === null ? null : Buffer.from(body),
  };
}

/** Percent-encoded; halves of characters too, as the bytes that they would be. */
function encoded(text: string): string {
  return [...text]
    .map((letter) => {
      const unit = letter.charCodeAt(0);
      const isHalf = letter.length === 1 && unit >= 0xd800 && unit <= 0xdfff;
      if (!isHalf) return encodeURIComponent(letter);
      return [0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 63), 0x80 | (unit & 63)]
        .map((byte) => `%${byte.toString(16)}`)
        .join('');
    })
    .join('');
}

function leavesOf(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inside = Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, `${path}/${key}`));
  return path === '' ? inside : [path, ...inside];
}

function jsonWith(json: object, changes: readonly Change[]): string {
  const at = new Map(changes.map(({ place, value }) => [place.of, value]));
  const write = (value: unknown, path: string): string => {
    const raw = at.get(path);
    if (raw !== undefined) return raw;
    if (Array.isArray(value))
      return `[${value.map((one, index) => write(one, `${path}/${index}`)).join(',')}]`;
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    return `{${Object.entries(value)
      .map(([key, inner]) => `${JSON.stringify(key)}:${write(inner, `${path}/${key}`)}`)
      .join(',')}}`;
  };
  return write(json, '');
}

const FORM = 'application/x-www-form-urlencoded';
type Shape = (target: Target) => { type: string | null; body: string | Buffer };
const pairsOf = ({ fields }: Target, name = (key: string) => key) =>
  fields.map((field) => `${encoded(name(field.name))}=${encoded(field.value)}`);
const form =
  (make: (target: Target) => string): Shape =>
  (target) => ({ type: FORM, body: make(target) });
const parts = (target: Target, head: (name: string) => string, tail = '--x--\r\n') =>
  target.fields.map((field) => `--x\r\n${head(field.name)}\r\n\r\n${field.value}\r\n`).join('') + tail;
const multipart =
  (head: (name: string) => string, type = 'multipart/form-data; boundary=x', tail?: string): Shape =>
  (target) => ({ type, body: parts(target, head, tail) });
const named = (name: string) => `Content-Disposition: form-data; name="${name}"`;

/** Whole bodies of another shape than a form of ours sends. */
export const SHAPES: readonly Shape[] = [
  form(() => ''),
  form((target) => [...pairsOf(target), ...pairsOf(target)].join('&')),
  form((target) => pairsOf(target, (name) => `${name}[]`).join('&')),
  form((target) => pairsOf(target, (name) => `${name}[0]`).join('&')),
  form((target) => pairsOf(target, (name) => `${name}[__proto__][x]`).join('&')),
  form((target) => pairsOf(target, (name) => name.toUpperCase()).join('&')),
  form((target) =>
    [...pairsOf(target), '__proto__=1', '__proto__=2', 'constructor=1', 'toString=1', 'then=1'].join('&'),
  ),
  form((target) =>
    [...pairsOf(target), '__proto__[]=1', 'constructor[prototype][x]=1', '[]=1', '=1', '='].join('&'),
  ),
  form((target) => [...pairsOf(target), ...Array.from({ length: 3_000 }, (_, nth) => `f${nth}=1`)].join('&')),
  form((target) =>
    target.fields
      .map(({ name }) => `${encoded(name)}=${'a'.repeat(20_000)}`)
      .join('&')
      .slice(0, 500_000),
  ),
  form((target) => target.fields.map(({ name }) => `${encoded(name)}=a&`.repeat(300)).join('')),
  form((target) => pairsOf(target).join(';')),
  form((target) => `${pairsOf(target).join('&')}&a=%&b=%zz&c=%ff&%=1`),
  form((target) => `${'&'.repeat(10_000)}${pairsOf(target).join('&')}`),
  form(() => 'a'.repeat(600_000)),
  form((target) => JSON.stringify(Object.fromEntries(target.fields.map(({ name, value }) => [name, value])))),
  (target) => ({ type: `${FORM}; charset=utf-16`, body: pairsOf(target).join('&') }),
  (target) => ({ type: `${FORM}; charset=x; charset=y;;`, body: pairsOf(target).join('&') }),
  (target) => ({
    type: 'application/json',
    body: JSON.stringify(Object.fromEntries(target.fields.map(({ name, value }) => [name, value]))),
  }),
  (target) => ({ type: 'text/plain', body: pairsOf(target).join('\r\n') }),
  (target) => ({ type: null, body: pairsOf(target).join('&') }),
  (target) => ({ type: 'x/y; z', body: pairsOf(target).join('&') }),
  (target) => ({ type: 'multipart/form-data', body: pairsOf(target).join('&') }),
  (target) => ({ type: 'multipart/form-data; boundary=', body: parts(target, named) }),
  (target) => ({ type: `multipart/form-data; boundary=${'x'.repeat(300)}`, body: parts(target, named) }),
  () => ({ type: 'multipart/form-data; boundary=x', body: '' }),
  () => ({ type: 'multipart/form-data; boundary=x', body: '--x--' }),
  () => ({
    type: 'multipart/form-data; boundary=x',
    body: Buffer.from(Array.from({ length: 2_000 }, (_, nth) => (nth * nth * 31) % 256)),
  }),
  multipart(named),
  multipart(named, 'multipart/form-data; boundary=y'),
  multipart(named, 'multipart/form-data; boundary=x', ''),
  multipart(named, 'multipart/mixed; boundary=x'),
  multipart((name) => `${named(name)}; filename="a.txt"`),
  multipart((name) => `${named(name)}; filename=""`),
  multipart((name) => `${named(name)}; filename="../../a\0.png"\r\nContent-Type: image/png`),
  multipart((name) => `${named(name)}; filename="${'a'.repeat(5_000)}.pdf"\r\nContent-Type: application/pdf`),
  multipart((name) => `${named(name)}; filename*=UTF-8''%ff%00`),
  multipart((name) => `${named(name)}; filename="a.pdf"\r\nContent-Type: ${'x'.repeat(500)}`),
  multipart((name) => `${named(name)}\r\nContent-Transfer-Encoding: base64`),
  multipart((name) => `${named(name)}\r\nContent-Type: multipart/mixed; boundary=z`),
  multipart((name) => `${named(name)}\r\nX-Long: ${'a'.repeat(20_000)}`),
  multipart((name) => `Content-Disposition: attachment; name=${name}`),
  multipart(() => 'Content-Disposition: form-data'),
  multipart(() => ''),
  (target) => ({
    type: 'multipart/form-data; boundary=x',
    body:
      target.fields.map((field) => `--x\r\n${named(field.name)}\r\n\r\n\0${field.value}\ud800\r\n`).join('') +
      '--x--\r\n',
  }),
  (target) => ({
    type: 'multipart/form-data; boundary=x',
    body: `--x\r\n${named('file')}; filename="a\0b.pdf"\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.4 x\r\n${parts(target, named)}`,
  }),
];

/** The same for endpoints that take JSON. */
export const JSON_SHAPES: readonly Shape[] = [
  ...BROKEN_JSON.map((body): Shape => () => ({ type: 'application/json', body })),
  () => ({ type: 'application/json', body: Buffer.from([0xff, 0xfe, 0x7b, 0x00]) }),
  () => ({ type: 'application/json', body: `"${'a'.repeat(600_000)}"` }),
  () => ({ type: 'application/json', body: '['.repeat(200_000) }),
  ({ json }) => ({ type: 'application/json; charset=utf-16', body: JSON.stringify(json) }),
  ({ json }) => ({ type: 'application/jsonp', body: JSON.stringify(json) }),
  ({ json }) => ({ type: 'text/plain', body: JSON.stringify(json) }),
  ({ json }) => ({ type: null, body: JSON.stringify(json) }),
  ({ json }) => ({ type: 'application/json', body: JSON.stringify([json]) }),
  ({ json }) => ({ type: 'application/json', body: JSON.stringify({ ...json, unknown: 1 }) }),
  ({ json }) => ({ type: 'application/json', body: JSON.stringify({ json }) }),
  () => ({ type: FORM, body: 'a=b' }),
  () => ({ type: 'multipart/form-data; boundary=x', body: '--x--' }),
];

/** The request of a target with a body of that shape. */
export function shaped(target: Target, shape: Shape, isWhole: boolean): Case {
  const plain = withChanges(target, [], isWhole);
  const { type, body } = shape(target);
  const { 'content-type': _, ...headers } = plain.headers;
  return {
    ...plain,
    headers: type === null ? headers : { ...headers, 'content-type': type },
    body: Buffer.from(body),
  };
}
