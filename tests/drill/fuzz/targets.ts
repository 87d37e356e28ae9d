import { globSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DomUtils, parseDocument } from 'htmlparser2';
import { formsOf, type Field } from '../../harness/forms.ts';
import type { Stage } from '../../http/authorisation-stage.ts';
import { authorisation, insiders, owns, roles, strangers, type Role } from '../../http/authorisation.ts';
import { routeTree, type Method, type Route } from '../../http/route-tree.ts';

/** Something that can be asked for, with what can be changed in asking. */
export interface Target {
  readonly family: Family;
  readonly route: string;
  readonly role: Role;
  readonly method: Method;
  /** The parts of the address between slashes, and which of them stand for something. */
  readonly segments: readonly string[];
  readonly slots: readonly number[];
  readonly query: Readonly<Record<string, string>>;
  readonly action: string | null;
  readonly fields: readonly Field[];
  readonly json: object | null;
}

export const FAMILIES = ['public', 'machines', 'api', 'account', 'patient', 'practice', 'staff'] as const;
export type Family = (typeof FAMILIES)[number];

function familyOf(route: string): Family {
  const group = /^\/\((\w+)\)/.exec(route)?.[1];
  if (group !== undefined) return group as Family;
  return route.startsWith('/api/') ? 'api' : 'machines';
}

/** What pages show, as the one who may see it: page by page, and how often somebody asked in vain. */
export interface Seen {
  readonly route: Route;
  readonly role: Role;
  readonly path: string;
  readonly html: string;
}

/** Opens every page as whom it is for. */
export async function openPages(url: string, stage: Stage): Promise<Seen[]> {
  const seen: Seen[] = [];
  for (const route of routeTree().filter(({ isPage }) => isPage)) {
    for (const role of actorsOf(route.id)) {
      const path = addressOf(route.id, stage);
      const headers = { accept: 'text/html', ...cookieOf(stage, role) };
      const response = await fetch(new URL(path, url), { headers, redirect: 'manual' });
      const html = await response.text();
      if (response.status === 200) seen.push({ route, role, path, html });
    }
  }
  return seen;
}

/** Who is asked to try it: everybody whose own it is, at most three. */
function actorsOf(route: string): Role[] {
  const { audience, own } = authorisation[route]!;
  const whose = roles.filter((role) =>
    own === undefined ? insiders[audience].includes(role) : owns(role, audience, 'one'),
  );
  const known = whose.filter((role) => !strangers.includes(role) && !role.startsWith('other'));
  return [...(whose.includes('visitor') ? (['visitor'] as const) : []), ...known].slice(0, 3);
}

const addressOf = (route: string, stage: Stage) => {
  const { own } = authorisation[route]!;
  return stage.addressOf(route, own && stage.sides.one.ids[own]);
};

/** The header of who asks. */
export function cookieOf(stage: Stage, role: Role): { cookie?: string } {
  const cookie = stage.cookies[role];
  return cookie === null ? {} : { cookie };
}

/** Everything that can be asked of the application: every page, every form on it, every endpoint and its methods. */
export function targetsOf(seen: readonly Seen[], stage: Stage): Target[] {
  const routes = routeTree();
  const queries = queriesOf(routes, seen);
  // For a form that no page showed: every name that its family uses.
  const names = new Map<Family, Map<string, Field>>();
  for (const { route, html, path } of seen) {
    const pool = names.get(familyOf(route.id)) ?? new Map<string, Field>();
    for (const { fields } of formsOf(html, path)) for (const field of fields) pool.set(field.name, field);
    names.set(familyOf(route.id), pool);
  }
  return routes.flatMap((route) => {
    const address = addressOf(route.id, stage);
    const segments = address.split('/').slice(1);
    const parts = route.id.split('/').filter((part) => part !== '' && !part.startsWith('('));
    const base = {
      family: familyOf(route.id),
      route: route.id,
      segments,
      slots: parts.flatMap((part, index) => (part.includes('[') ? [index] : [])),
      query: queries.get(route.id) ?? {},
    };
    const actors = actorsOf(route.id);
    const [role = 'patient'] = actors;
    const reads = actors.length > 0 ? actors : [role];
    const gets = route.methods.includes('GET')
      ? reads.map((who): Target => ({
          ...base,
          role: who,
          method: 'GET',
          action: null,
          fields: [],
          json: null,
        }))
      : [];
    if (!route.isPage)
      return [
        ...gets,
        ...route.methods
          .filter((method) => method !== 'GET')
          .map((method): Target => ({
            ...base,
            role,
            method,
            action: null,
            fields: [],
            json: bodyOf(route.id, stage),
          })),
      ];
    return [
      ...gets,
      ...route.actions.map((action): Target => {
        const query = action === 'default' ? '' : `?/${action}`;
        const shown = seen
          .filter((page) => page.route.id === route.id)
          .flatMap((page) => formsOf(page.html, page.path).map((form) => ({ ...form, role: page.role })))
          .find((form) => form.method === 'POST' && form.action.startsWith(address + query));
        const fields = shown?.fields ?? [...(names.get(base.family)?.values() ?? [])].slice(0, 25);
        return { ...base, role: shown?.role ?? role, method: 'POST', action, fields, json: null };
      }),
    ];
  });
}

/** What may stand behind the question mark of each address: what its folder reads, what forms send and links say. */
function queriesOf(routes: readonly Route[], seen: readonly Seen[]): Map<string, Record<string, string>> {
  const queries = new Map<string, Record<string, string>>(routes.map(({ id }) => [id, {}]));
  for (const file of globSync('src/routes/**/*.ts')) {
    const query = queries.get(`/${dirname(file).split('/').slice(2).join('/')}`);
    if (query === undefined) continue;
    for (const [, name] of readFileSync(file, 'utf8').matchAll(
      /searchParams\.(?:get|getAll|has)\('([\w-]+)'\)/g,
    ))
      query[name!] ??= '1';
  }
  const patterns = routes.map(({ id }) => {
    const path = id.replaceAll(/\/\([^)]+\)/g, '').replaceAll(/\[[^\]]+\]/g, '[^/]+');
    return { id, pattern: new RegExp(`^${path === '' ? '/' : path}$`) };
  });
  const note = (address: URL, more: readonly string[] = []) => {
    const { id } = patterns.find(({ pattern }) => pattern.test(address.pathname)) ?? {};
    const query = id === undefined ? undefined : queries.get(id);
    if (query === undefined) return;
    for (const [name, value] of address.searchParams) if (!name.startsWith('/')) query[name] = value;
    for (const name of more) query[name] ??= '';
  };
  for (const { html, path } of seen) {
    const here = new URL(path, 'http://here.test');
    for (const { attribs } of DomUtils.getElementsByTagName('a', parseDocument(html)))
      if (attribs.href !== undefined && URL.canParse(attribs.href, here)) note(new URL(attribs.href, here));
    for (const { method, action, fields } of formsOf(html, path))
      if (method === 'GET')
        note(
          new URL(action, here),
          fields.map(({ name }) => name),
        );
  }
  for (const [route, query] of Object.entries(API_QUERIES)) Object.assign(queries.get(route)!, query);
  return queries;
}

const API_QUERIES: Readonly<Record<string, Record<string, string>>> = {
  '/api/v1/slots': { practitioner: 'nobody', location: '', from: '2026-02-10', to: '2026-02-20', needs: '' },
  '/api/v1/suggestions': { field: 'words', typed: 'lon' },
  '/api/v1/portfolio/uploads/[id=uuid]': { at: '0' },
};

/** A body that an endpoint understands. */
function bodyOf(route: string, stage: Stage): object {
  const { ids, slug } = stage.sides.one;
  const start = '2030-03-05T10:00:00Z';
  const bytes = 'A'.repeat(43);
  const bodies: Record<string, object> = {
    '/api/v1/holds': {
      practitioner: slug,
      location: ids.own_place,
      start,
      dateOfBirth: '1961-03-12',
      needs: [],
    },
    '/api/v1/appointments/[id=uuid]/time': { start },
    '/api/v1/appointments/[id=uuid]/cancellation': { reason: 'Not well.' },
    '/api/v1/closures': {
      location: ids.own_place,
      from: start,
      to: '2030-03-05T12:00:00Z',
      kind: 'leave',
      note: 'Away.',
      decisions: [{ appointment: ids.visit, do: 'cancel' }],
    },
    '/api/v1/portfolio/uploads': {
      caseId: ids.portfolio,
      side: 'before',
      size: 1000,
      sha256: 'a'.repeat(64),
    },
    '/(account)/account/passkeys/challenge': { purpose: 'use' },
    '/(account)/account/passkeys/sign-in': {
      credential: {
        id: bytes,
        rawId: bytes,
        type: 'public-key',
        clientExtensionResults: {},
        response: { clientDataJSON: bytes, authenticatorData: bytes, signature: bytes, userHandle: bytes },
      },
      next: '/my-care',
    },
    '/(practice)/desk/profile/wording': { text: 'Hello' },
  };
  return bodies[route] ?? {};
}
