import { startSession } from '#lib/server/domain/accounts/sessions.ts';
import { openDb, openPool } from '#lib/server/platform/db.ts';
import { ensureBuilt } from '../../src/bin/build.ts';
import type { Figure } from '../bin/figures.ts';
import { passTime } from '../builders/act.ts';
import { account, practitioner, staffMember } from '../builders/people.ts';
import { openDaily, place, practise } from '../builders/places.ts';
import { loadReference } from '../builders/reference.ts';
import { vet } from '../builders/vetting.ts';
import { startCluster } from '../harness/cluster.ts';
import { startServerProcess } from '../harness/processes.ts';

/*
 * Holds run out while nobody sweeps: no worker runs here. Each time must be offered again at once, taken by somebody
 * else, and be refused to the one who comes back too late to confirm.
 */

const HOLDS = 50;
const SEED = 1;

/** Runs the drill against one server process. */
export async function run(): Promise<Figure[]> {
  await ensureBuilt(console.error);
  const cluster = await startCluster();
  try {
    const { urls } = await cluster.create();
    const owner = openDb(openPool(urls.owner, { max: 2, onError: () => {} }));
    await loadReference(owner);
    const where = await place(owner);
    const doctor = await practitioner(owner, 'doctor');
    await practise(owner, doctor, where);
    await openDaily(owner, doctor, where);
    await vet(owner, doctor, [await staffMember(owner), await staffMember(owner)]);
    const server = await startServerProcess(urls);

    const post = async (path: string, body: object, cookies: string[] = []) => {
      const response = await fetch(`${server.url}/api/v1/${path}`, {
        method: 'POST',
        headers: { origin: server.url, 'content-type': 'application/json', cookie: cookies.join('; ') },
        body: JSON.stringify(body),
      });
      const answer = (await response.json()) as { id?: string; code?: string };
      const [party = ''] = (response.headers.get('set-cookie') ?? '').split(';');
      return { status: response.status, ...answer, party };
    };
    const offered = async () => {
      const response = await fetch(`${server.url}/api/v1/slots?practitioner=${doctor.slug}&to=2100-01-01`);
      return ((await response.json()) as { slots: { start: string }[] }).slots.map(({ start }) => start);
    };
    const keep = (start: string) =>
      post('holds', {
        practitioner: doctor.slug,
        location: where.locationId,
        start,
        dateOfBirth: '1984-03-27',
      });

    // Two hours on, so that none of them falls behind the notice while time passes.
    const starts = (await offered())
      .slice(8)
      .filter((_, index) => index % 4 === 0)
      .slice(0, HOLDS);
    const first = [];
    for (const start of starts) first.push(await keep(start));
    const hidden = (await offered()).filter((start) => starts.includes(start)).length;
    await passTime(owner, { minutes: 11 });
    const again = (await offered()).filter((start) => starts.includes(start)).length;
    const second = [];
    for (const start of starts) second.push(await keep(start));

    const { accountId } = await account(owner);
    const session = `session=${await startSession(owner, accountId)}`;
    const late = [];
    for (const { id, party } of first) {
      late.push(
        await post(`holds/${id}/confirmation`, { givenName: 'Ada', familyName: 'Osei' }, [session, party]),
      );
    }
    await server.stop();
    await owner.destroy();

    const figure = (name: string, value: number, bar: number): Figure => ({
      name,
      value,
      unit: 'times',
      bar,
      ok: value === bar,
      seed: SEED,
      n: HOLDS,
    });
    return [
      figure('kept', first.filter(({ status }) => status === 201).length, HOLDS),
      figure('offered while kept', hidden, 0),
      figure('offered again once run out', again, HOLDS),
      figure('taken by another', second.filter(({ status }) => status === 201).length, HOLDS),
      figure('late confirmations refused', late.filter(({ code }) => code === 'hold_ended').length, HOLDS),
    ];
  } finally {
    await cluster.stop();
  }
}
