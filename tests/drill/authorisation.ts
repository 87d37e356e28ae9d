import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { actsBySecretAlone } from '#lib/server/http/origin.ts';
import { ensureBuilt } from '../../src/bin/build.ts';
import type { Figure } from '../bin/figures.ts';
import { startCluster } from '../harness/cluster.ts';
import { formsOf, type Form } from '../harness/forms.ts';
import { startServerProcess } from '../harness/processes.ts';
import { setStage, type Stage } from '../http/authorisation-stage.ts';
import {
  authorisation,
  insiders,
  owns,
  roles,
  strangers,
  type Audience,
  type Role,
} from '../http/authorisation.ts';
import { routeTree, UNSAFE, type Method, type Route } from '../http/route-tree.ts';
import { changedBetween, digestOf } from './authorisation/digest.ts';
import { ID_FIELDS, idsOfOthers } from './authorisation/fields.ts';

/*
 * Every address of the application, as its folders say it, asked for by everybody: with an id of their own, with somebody
 * else's, and with one that does not exist. What tests/http/authorisation.ts declares is what has to happen. Reading changes
 * nothing, and nothing is changed from elsewhere.
 */

const SEED = 1;
const AT_ONCE = 4;
const ELSEWHERE = [undefined, 'null', 'https://elsewhere.example'] as const;
const TYPES = [
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/json',
  'text/plain',
  undefined,
  'x/y; z',
] as const;

/** What reading a page may write, and why. Everything else is a finding. */
const READS_WRITE: Readonly<Record<string, { why: string; columns?: readonly string[] }>> = {
  session: { why: 'when it was last in use', columns: ['last_seen_at'] },
  rate_limit: { why: 'who tries secrets and codes is counted' },
  audit: { why: 'who reads a record is written down' },
  audit_head: { why: 'where the chain of the lines above ends' },
};

interface Answer {
  status: number;
  location: string;
  /** Those of its headers that say what it is. */
  kind: string;
  body: string;
}

interface Request {
  path: string;
  cookie: string | null;
  method?: Method;
  origin?: string | undefined;
  type?: string | undefined;
  body?: string;
  accept?: string;
}

/** Runs the drill on `npm run drill -- authorisation`. */
export async function run(): Promise<Figure[]> {
  await ensureBuilt(console.error);
  const cluster = await startCluster();
  try {
    const { urls, superuserUrl } = await cluster.create('demo');
    const owner = new pg.Client({ connectionString: urls.owner });
    const everything = new pg.Client({ connectionString: superuserUrl });
    await Promise.all([owner.connect(), everything.connect()]);
    const stage = await setStage(owner);
    const server = await startServerProcess(urls);
    const drill = new Drill(server.url, stage, everything);

    await drill.read();
    await drill.fromElsewhere();
    await drill.otherMethods();
    await drill.outsidersActs();
    await drill.formsOfOthers();
    const strict = await startServerProcess(urls, { env: { SECOND_FACTOR: 'required' } });
    await drill.withoutSecondFactor(strict.url);
    await strict.stop();
    await drill.idsInFields();
    await drill.insidersActs();

    await server.stop();
    await Promise.all([owner.end(), everything.end()]);
    return drill.figures();
  } finally {
    await cluster.stop();
  }
}

/** What came of one kind of question: how often it was asked, and what went wrong. */
class Tally {
  readonly wrong: string[] = [];
  asked = 0;
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  judge(isRight: boolean, say: () => string): void {
    this.asked += 1;
    if (!isRight) this.wrong.push(say());
  }

  figure(unit: string): Figure {
    for (const line of this.wrong.slice(0, 60)) console.error(`${this.name}: ${line}`);
    const [value, n] = [this.wrong.length, this.asked];
    return { name: this.name, value, unit, bar: 0, ok: value === 0 && n > 0, seed: SEED, n };
  }
}

class Drill {
  readonly #url: string;
  readonly #stage: Stage;
  readonly #database: pg.Client;
  readonly #routes = routeTree();
  /** What the pages showed to whom they are for. */
  readonly #forms = new Map<string, { role: Role; forms: Form[] }>();
  readonly #matrix = new Tally('cells that are not as declared');
  readonly #alike = new Tally('another’s told from one that does not exist');
  readonly #unsteady = new Tally('pages that answer otherwise the second time');
  readonly #written = new Tally('addresses whose reading wrote something');
  readonly #foreign = new Tally('requests from elsewhere that were let in');
  readonly #foreignWrote = new Tally('tables written from elsewhere');
  readonly #undeclared = new Tally('methods that nobody declared and that were answered');
  readonly #outside = new Tally('forms and endpoints that answered who is outside');
  readonly #told = new Tally('forms that tell another’s from what does not exist');
  readonly #outsideWrote = new Tally('forms by which somebody outside wrote something');
  readonly #factor = new Tally('addresses opened without a second factor that is required');
  readonly #inside = new Tally('forms and endpoints closed to whom they are for');
  #done = 0;
  /** Of the forms with somebody else's id, those that looked beyond the form of what was sent. */
  #reached = 0;

  constructor(url: string, stage: Stage, database: pg.Client) {
    this.#url = url;
    this.#stage = stage;
    this.#database = database;
  }

  figures(): Figure[] {
    const told = { bar: null, ok: true, seed: SEED };
    return [
      { ...told, name: 'addresses', value: this.#routes.length, unit: 'routes', n: roles.length },
      {
        ...told,
        name: 'forms',
        value: this.#routes.reduce((sum, { actions }) => sum + actions.length, 0),
        unit: 'actions',
        n: this.#routes.length,
      },
      this.#matrix.figure('cells'),
      this.#alike.figure('cells'),
      this.#unsteady.figure('cells'),
      this.#written.figure('addresses'),
      this.#foreign.figure('requests'),
      this.#foreignWrote.figure('tables'),
      this.#undeclared.figure('requests'),
      this.#outside.figure('requests'),
      this.#told.figure('pairs'),
      this.#outsideWrote.figure('forms'),
      this.#factor.figure('requests'),
      this.#inside.figure('requests'),
      {
        ...told,
        name: 'ids of others in fields that were looked up',
        value: this.#reached,
        unit: 'requests',
        n: this.#told.asked,
      },
      {
        ...told,
        name: 'forms carried out for whom they are for',
        value: this.#done,
        unit: 'forms',
        n: this.#inside.asked,
      },
    ];
  }

  /** Every page and every endpoint that is read, by everybody, twice. */
  async read(): Promise<void> {
    const leave = Object.fromEntries(
      Object.entries(READS_WRITE).flatMap(([table, { columns }]) => (columns ? [[table, columns]] : [])),
    );
    let before = await digestOf(this.#database, leave);
    for (const route of this.#routes.filter(({ methods }) => methods.includes('GET'))) {
      await inLanes(roles, (role) => this.#readAs(route, role));
      const after = await digestOf(this.#database, leave);
      const wrote = changedBetween(before, after).filter(
        (table) => READS_WRITE[table] === undefined || READS_WRITE[table].columns !== undefined,
      );
      this.#written.judge(wrote.length === 0, () => `${route.id}: ${wrote.join(', ')}`);
      before = after;
      await this.#forget();
    }
  }

  async #readAs(route: Route, role: Role): Promise<void> {
    const row = authorisation[route.id]!;
    const cookie = this.#stage.cookies[role];
    const twice = async (path: string) => {
      const first = await this.#ask({ path, cookie });
      const second = await this.#ask({ path, cookie });
      this.#unsteady.judge(
        first.status === second.status && first.location === second.location,
        () => `${route.id} as ${role}: ${first.status}, then ${second.status}`,
      );
      return first;
    };
    if (row.own === undefined) {
      const path = this.#stage.addressOf(route.id);
      const answer = await twice(path);
      this.#judge(route.id, role, 'none', mayEnter(row.audience, role), answer);
      if (answer.status === 200) this.#keepForms(route, role, path, answer);
      if (!route.id.includes('[slug]')) return;
      const nobody = await twice(path.replace(/(?<=\/practitioners\/)[^/?]+/, 'nobody-of-this-name'));
      // Where the question itself makes no sense, it makes none for nobody either.
      const isFine = nobody.status === 404 || (nobody.status === 422 && answer.status === 422);
      this.#matrix.judge(isFine, () => `${route.id} of nobody as ${role}: ${seen(nobody)}`);
      return;
    }
    const absentId = randomUUID();
    const absent = await twice(this.#stage.addressOf(route.id, absentId));
    this.#judge(route.id, role, 'absent', false, absent);
    for (const side of ['one', 'other'] as const) {
      const id = this.#stage.sides[side].ids[row.own];
      const path = this.#stage.addressOf(route.id, id, side);
      const answer = await twice(path);
      const isOwn = owns(role, row.audience, side);
      this.#judge(route.id, role, isOwn ? 'own' : 'another’s', isOwn, answer);
      if (isOwn) {
        if (answer.status === 200 && side === 'one') this.#keepForms(route, role, path, answer);
      } else this.#compare(this.#alike, `${route.id} as ${role}`, [answer, id], [absent, absentId]);
    }
  }

  #keepForms(route: Route, role: Role, path: string, { body }: Answer): void {
    if (!route.isPage || strangers.includes(role)) return;
    const forms = formsOf(body, path).filter(
      ({ method, action }) => method === 'POST' && action.split('?')[0] === path,
    );
    const there = this.#forms.get(route.id);
    if (there === undefined || forms.length > there.forms.length) this.#forms.set(route.id, { role, forms });
  }

  #judge(route: string, role: Role, which: string, isLetIn: boolean, answer: Answer): void {
    this.#matrix.judge(
      isAsDeclared(route, role, isLetIn, answer),
      () => `${route} as ${role}, ${which}: ${seen(answer)}`,
    );
  }

  #compare(tally: Tally, about: string, one: [Answer, string], other: [Answer, string]): void {
    const [a, b] = [one, other].map(([{ status, location, kind, body }, id]) =>
      [status, location, kind, body].map((part) => plain(String(part), id)),
    ) as [string[], string[]];
    const apart = a.findIndex((part, index) => part !== b[index]);
    tally.judge(apart === -1, () => `${about}: ${difference(a[apart]!, b[apart]!)}`);
  }

  /** Every method that could change something, from no page of ours, with every kind of body, by whom it is for. */
  async fromElsewhere(): Promise<void> {
    const before = await digestOf(this.#database);
    const requests: (Request & { about: string; route: string })[] = [];
    for (const route of this.#routes) {
      const row = authorisation[route.id]!;
      const role = roles.find((one) => mayEnter(row.audience, one) && !strangers.includes(one));
      const cookie = role === undefined ? null : this.#stage.cookies[role];
      const id = row.own && this.#stage.sides.one.ids[row.own];
      const address = this.#stage.addressOf(route.id, id);
      for (const method of UNSAFE) {
        const paths =
          method === 'POST' && route.actions.length > 0
            ? route.actions.map((action) => address + queryOf(action))
            : [address];
        for (const path of paths)
          for (const origin of ELSEWHERE)
            for (const type of TYPES) {
              const about = `${method} ${route.id}${path.slice(address.length)} ${origin} ${type}`;
              requests.push({
                about,
                route: route.id,
                path,
                cookie,
                method,
                origin,
                type,
                body: bodyOf(type),
              });
            }
      }
    }
    await inLanes(requests, async ({ about, route, ...request }) => {
      const { status } = await this.#ask(request);
      // What is known by a secret or a signature alone may come from anywhere, and without it gets nowhere.
      const isStopped = actsBySecretAlone(route) ? status >= 400 && status < 500 : status === 403;
      this.#foreign.judge(isStopped, () => `${about}: ${status}`);
    });
    // Who tries a secret is counted, wherever they come from.
    const wrote = changedBetween(before, await digestOf(this.#database)).filter(
      (table) => table !== 'rate_limit',
    );
    this.#foreignWrote.judge(wrote.length === 0, () => wrote.join(', '));
  }

  /** Methods that a folder does not name are answered by nobody. */
  async otherMethods(): Promise<void> {
    const before = await digestOf(this.#database, { session: ['last_seen_at'] });
    for (const route of this.#routes) {
      const row = authorisation[route.id]!;
      const role = roles.find((one) => mayEnter(row.audience, one) && !strangers.includes(one)) ?? 'visitor';
      const path = this.#stage.addressOf(route.id, row.own && this.#stage.sides.one.ids[row.own]);
      await inLanes(
        UNSAFE.filter((method) => !route.methods.includes(method)),
        async (method) => {
          const { status } = await this.#send({
            path,
            cookie: this.#stage.cookies[role],
            method,
            type: TYPES[0],
          });
          this.#undeclared.judge(status === 405 || status === 404, () => `${method} ${route.id}: ${status}`);
        },
      );
    }
    const wrote = changedBetween(before, await digestOf(this.#database, { session: ['last_seen_at'] }));
    this.#undeclared.judge(wrote.length === 0, () => `wrote ${wrote.join(', ')}`);
  }

  /** Every form and endpoint, empty, by everybody whom it is not for. */
  async outsidersActs(): Promise<void> {
    for (const route of this.#routes) {
      const row = authorisation[route.id]!;
      for (const { name, method, path, audience, type, body } of this.#actsOf(route))
        await inLanes(roles, async (role) => {
          const ask = (id?: string) => {
            const cookie = this.#stage.cookies[role];
            return this.#send({ path: path(id), cookie, method, type, body });
          };
          const about = `${method} ${route.id} ${name} as ${role}`;
          if (row.own === undefined) {
            if (mayEnter(audience, role)) return;
            const answer = await ask();
            this.#outside.judge(
              isAsDeclared(route.id, role, false, answer),
              () => `${about}: ${seen(answer)}`,
            );
            return;
          }
          const absentId = randomUUID();
          const absent = await ask(absentId);
          this.#outside.judge(
            isAsDeclared(route.id, role, false, absent),
            () => `${about}, absent: ${seen(absent)}`,
          );
          for (const side of ['one', 'other'] as const) {
            if (owns(role, audience, side)) continue;
            const id = this.#stage.sides[side].ids[row.own];
            this.#compare(this.#told, `${about}, empty`, [await ask(id), id], [absent, absentId]);
          }
        });
      await this.#forget();
    }
  }

  /** The forms that a page shows to its own, sent by everybody else: with its ids, and with ids that do not exist. */
  async formsOfOthers(): Promise<void> {
    const known = await this.#privateIds();
    let before = await digestOf(this.#database, { session: ['last_seen_at'] });
    for (const route of this.#routes) {
      const { role: owner, forms } = this.#forms.get(route.id) ?? { role: 'visitor', forms: [] };
      const row = authorisation[route.id]!;
      for (const form of forms) {
        const inBody = form.fields.filter(({ value }) => known.has(value)).map(({ value }) => value);
        await inLanes(roles, async (role) => {
          if (role === owner) return;
          const about = `${route.id} ${form.action.split('?')[1] ?? ''} as ${role}`;
          const cookie = this.#stage.cookies[role];
          const send = (path: string, fields: Form['fields']) =>
            this.#send({
              path,
              cookie,
              method: 'POST',
              type: TYPES[0],
              body: new URLSearchParams(
                fields.map(({ name, value }): [string, string] => [name, value]),
              ).toString(),
              // The form's own answer, without the page around it.
              accept: 'application/json',
            });
          if (row.own !== undefined && !owns(role, row.audience, 'one')) {
            const id = this.#stage.sides.one.ids[row.own];
            const absent = randomUUID();
            this.#compare(
              this.#told,
              `${about}, by address`,
              [await send(form.action, form.fields), id],
              [await send(form.action.replace(id, absent), form.fields), absent],
            );
          }
          if (inBody.length === 0 || owns(role, row.audience, 'one')) return;
          const side = row.own !== undefined && owns(role, row.audience, 'other') ? 'other' : 'one';
          if (row.own !== undefined && side === 'one') return;
          const path =
            row.own === undefined
              ? form.action
              : form.action.replace(this.#stage.sides.one.ids[row.own], this.#stage.sides.other.ids[row.own]);
          for (const id of new Set(inBody)) {
            const absent = randomUUID();
            const swapped = form.fields.map((field) =>
              field.value === id ? { ...field, value: absent } : field,
            );
            this.#compare(
              this.#told,
              `${about}, by field`,
              [await send(path, form.fields), id],
              [await send(path, swapped), absent],
            );
          }
        });
        const after = await digestOf(this.#database, { session: ['last_seen_at'] });
        const wrote = changedBetween(before, after).filter((table) => table !== 'rate_limit');
        const isForMany = row.own === undefined && inBody.length === 0;
        this.#outsideWrote.judge(
          isForMany || wrote.length === 0,
          () => `${route.id} ${form.action}: ${wrote.join(', ')}`,
        );
        before = after;
      }
      await this.#forget();
    }
  }

  /** Forms that want an id in a field, by whom they are for: with the id of something of somebody else's, and with nobody's. */
  async idsInFields(): Promise<void> {
    const usual = [...this.#forms.values()].flatMap(({ forms }) => forms.flatMap(({ fields }) => fields));
    for (const route of this.#routes.filter(({ isPage }) => isPage))
      for (const { name, path, audience } of this.#actsOf(route)) {
        const row = authorisation[route.id]!;
        const address = path(row.own && this.#stage.sides.one.ids[row.own]);
        const send = async (role: Role, fields: Record<string, string>) =>
          this.#send({
            path: address,
            cookie: await this.#stage.signIn(role),
            method: 'POST',
            type: TYPES[0],
            body: new URLSearchParams(fields).toString(),
            accept: 'application/json',
          });
        const tries: { role: Role; field: string; id: string; others: Record<string, string> }[] = [];
        for (const role of roles) {
          const account = this.#stage.accounts[role];
          const isIn = row.own === undefined ? mayEnter(audience, role) : owns(role, audience, 'one');
          // Staff have a part in everybody's.
          if (!isIn || account === undefined || ['reviewer', 'operator', 'locked'].includes(role)) continue;
          // What is missing is told by name, as JSON in a text of JSON.
          const { body } = await send(role, { none: '1' });
          const isWanted = (field: string) => body.includes(`"${field}\\"`);
          const others = Object.fromEntries(
            usual.filter((one) => isWanted(one.name)).map((one) => [one.name, one.value]),
          );
          for (const field of Object.keys(ID_FIELDS).filter(isWanted))
            for (const id of await idsOfOthers(this.#database, field, account))
              tries.push({ role, field, id, others });
        }
        if (tries.length === 0) continue;
        const before = await digestOf(this.#database);
        for (const { role, field, id, others } of tries) {
          const absent = randomUUID();
          const answer = await send(role, { ...others, [field]: id });
          const nothing = await send(role, { ...others, [field]: absent });
          this.#compare(
            this.#told,
            `${route.id} ${name} as ${role}, ${field}`,
            [answer, id],
            [nothing, absent],
          );
          if (/"status":(?!422)/.test(answer.body)) this.#reached += 1;
        }
        const wrote = changedBetween(before, await digestOf(this.#database)).filter(
          (table) => table !== 'rate_limit' && table !== 'session',
        );
        this.#outsideWrote.judge(
          wrote.length === 0,
          () => `${route.id} ${name}, ids in fields: ${wrote.join(', ')}`,
        );
        await this.#forget();
      }
  }

  /** Ids that stand for something of somebody's: not places, people who are listed, products and rules, which anybody may name. */
  async #privateIds(): Promise<Set<string>> {
    const { rows: columns } = await this.#database.query<{ table: string; column: string }>(`
      SELECT c.table_name AS table, c.column_name AS column FROM information_schema.columns c
        JOIN information_schema.tables t USING (table_schema, table_name)
       WHERE c.table_schema = 'public' AND c.data_type = 'uuid' AND c.column_name = 'id' AND t.table_type = 'BASE TABLE'
         AND c.table_name NOT IN ('location', 'clinic', 'practitioner', 'room')`);
    const selects = columns.map(({ table, column }) => `SELECT ${column}::text AS id FROM ${table}`);
    const { rows } = await this.#database.query<{ id: string }>(selects.join(' UNION '));
    return new Set(rows.map(({ id }) => id));
  }

  /** Where a second factor is required, who has none gets no further than to their account. */
  async withoutSecondFactor(url: string): Promise<void> {
    for (const route of this.#routes) {
      if (route.id.startsWith('/(account)/account/')) continue;
      const row = authorisation[route.id]!;
      const path = this.#stage.addressOf(route.id, row.own && this.#stage.sides.one.ids[row.own]);
      for (const role of ['prescriber', 'reception', 'reviewer', 'operator'] as const)
        await inLanes(route.methods, async (method) => {
          const cookie = this.#stage.cookies[role];
          const origin = method === 'GET' ? undefined : url;
          const answer = await this.#ask({ path, cookie, method, origin, type: TYPES[0], body: '' }, url);
          const isStopped =
            answer.status === 403 ||
            (answer.status === 303 && answer.location.startsWith('/account/second-factor'));
          this.#factor.judge(isStopped, () => `${method} ${route.id} as ${role}: ${seen(answer)}`);
        });
    }
  }

  /** Every form and endpoint by whom it is for, filled in where the page shows how. This changes what it likes, and comes last. */
  async insidersActs(): Promise<void> {
    for (const route of this.#routes) {
      const row = authorisation[route.id]!;
      const shown = this.#forms.get(route.id);
      for (const { name, method, path, audience, type, body } of this.#actsOf(route))
        for (const role of roles) {
          const isIn = row.own === undefined ? mayEnter(audience, role) : owns(role, audience, 'one');
          if (!isIn || strangers.includes(role)) continue;
          const id = row.own && this.#stage.sides.one.ids[row.own];
          const address = path(id);
          const form =
            shown?.role === role
              ? shown.forms.find(({ action }) => action.includes(`?/${name}`) || name === 'default')
              : undefined;
          const filled =
            form &&
            new URLSearchParams(
              form.fields.map((field): [string, string] => [field.name, field.value]),
            ).toString();
          // Some end sessions: each is sent with one of its own.
          const send = async (text: string) =>
            this.#send({
              path: address,
              cookie: await this.#stage.signIn(role),
              method,
              type,
              body: text,
              // The form's own answer: with the page around it, “no such code” looks like “no such page”.
              accept: 'application/json',
            });
          const answer = await send(filled ?? body);
          const isTaken = answers(answer) || answers(await send(body)) || (await this.#isGone(address, role));
          this.#inside.judge(isTaken, () => `${method} ${route.id} ${name} as ${role}: ${seen(answer)}`);
          if (filled !== undefined && /^{"type":"(?:success|redirect)"/.test(answer.body)) this.#done += 1;
        }
      await this.#forget();
    }
  }

  /** Whether the page of a form is there no more for whom it was for, after all that was done. */
  async #isGone(address: string, role: Role): Promise<boolean> {
    const path = address.split('?')[0]!;
    return (await this.#ask({ path, cookie: await this.#stage.signIn(role) })).status === 404;
  }

  #actsOf(route: Route) {
    const row = authorisation[route.id]!;
    const json = 'application/json';
    const at = (query: string) => (id?: string) => this.#stage.addressOf(route.id, id) + query;
    const { query = '' } = row;
    if (!route.isPage)
      return route.methods
        .filter((method) => method !== 'GET')
        .map((method) => {
          const body = JSON.stringify(row.body ?? {});
          return { name: '', method, path: at(query), audience: row.audience, type: json, body };
        });
    return route.actions.map((name) => {
      const audience = row.actions?.[name] ?? row.audience;
      return { name, method: 'POST' as const, path: at(queryOf(name)), audience, type: TYPES[0], body: '' };
    });
  }

  /** Counters of tries are no part of this. */
  async #forget(): Promise<void> {
    await this.#database.query('DELETE FROM rate_limit');
  }

  /** As a page of ours sends it. */
  #send(request: Request): Promise<Answer> {
    return this.#ask({ ...request, origin: this.#url });
  }

  async #ask(request: Request, base = this.#url): Promise<Answer> {
    const { path, cookie, method = 'GET', origin, type, body, accept = 'text/html' } = request;
    const response = await fetch(new URL(path, base), {
      method,
      redirect: 'manual',
      headers: {
        accept,
        ...(cookie !== null && { cookie }),
        ...(origin !== undefined && { origin }),
        ...(type !== undefined && method !== 'GET' && { 'content-type': type }),
      },
      // Bytes, because a text would get a content type of its own.
      ...(body !== undefined && method !== 'GET' && { body: new TextEncoder().encode(body) }),
    });
    const { status, headers } = response;
    const kind = ['content-type', 'cache-control', 'content-disposition', 'vary']
      .map((name) => `${name}: ${headers.get(name)}`)
      .join('; ');
    return { status, location: headers.get('location') ?? '', kind, body: await response.text() };
  }
}

const queryOf = (action: string) => (action === 'default' ? '' : `?/${action}`);

function bodyOf(type: string | undefined): string {
  if (type === 'application/json') return '{}';
  return type?.startsWith('multipart/')
    ? '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--\r\n'
    : 'a=b';
}

const mayEnter = (audience: Audience, role: Role) => insiders[audience].includes(role);

const asksToSignIn = ({ status, location }: Answer) =>
  status === 401 || (status === 303 && location.startsWith('/account/sign-in'));

/** It answers, whatever it says: something may be wrong with what was sent, or with the time. */
const isOpen = (answer: Answer) =>
  answer.status < 500 && ![401, 403, 404, 405].includes(answer.status) && !asksToSignIn(answer);

/** It looked at what was sent, and may have said no to that: a wrong password, a code of nobody's, not theirs to do now. */
function answers({ status, location, body }: Answer): boolean {
  if (body.startsWith('{"type":"failure"')) return true;
  if (body.startsWith('{"type":"redirect"')) return !body.includes('/account/sign-in?next=');
  return status < 500 && ![404, 405].includes(status) && !location.startsWith('/account/sign-in?next=');
}

/** Who is let in gets an answer; strangers are led to the door, except where nobody is known by a session; for others there is nothing. */
function isAsDeclared(route: string, role: Role, isLetIn: boolean, answer: Answer): boolean {
  if (isLetIn) return isOpen(answer);
  if (answer.status === 404) return true;
  return strangers.includes(role) && authorisation[route]!.audience !== 'monitor' && asksToSignIn(answer);
}

const seen = ({ status, location }: Answer) => `${status}${location === '' ? '' : ` to ${location}`}`;

/** A text without the id that was asked for, and without what is drawn anew for every answer. */
function plain(text: string, id: string): string {
  return text
    .replaceAll(id, 'ID')
    .replaceAll(/nonce="[^"]*"/g, 'nonce')
    .replaceAll(/"errorId":"[^"]*"/g, 'errorId');
}

function difference(a: string, b: string): string {
  const at = [...a].findIndex((letter, index) => letter !== b[index]);
  const from = Math.max(0, at - 20);
  return `${JSON.stringify(a.slice(from, at + 60))} and ${JSON.stringify(b.slice(from, at + 60))}`;
}

/** All of them, a few at a time. */
async function inLanes<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const lane = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}
