import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import pg from 'pg';
import { confirmBooking } from '#lib/server/domain/booking/confirm-booking.ts';
import { holdSlot } from '#lib/server/domain/booking/hold-slot.ts';
import type { Actor } from '#lib/server/domain/shared/actor.ts';
import { openDb, openPool } from '#lib/server/platform/db.ts';
import type { TestDatabase } from '../../harness/cluster.ts';
import { startServerProcess } from '../../harness/processes.ts';
import type { Wish } from './stage.ts';

/** One way to book: a time is kept, and then confirmed with what the patient wants to talk about. */
export interface Way {
  /** `client` says which of the clients that work side by side it is. */
  book(wish: Wish, client: number): Promise<void>;
  close(): Promise<void>;
}

const TYPED = {
  concerns: ['frown_lines', 'asymmetry'],
  note: 'I would like to know what is possible.',
  needs: ['step_free'],
};

/** Through the two commands. */
export function byCommand({ urls }: TestDatabase, clients: number): Way {
  const db = openDb(openPool(urls.app, { max: clients, onError: () => {} }));
  return {
    book: async ({ who, where, start, patient }) => {
      const actor: Actor = { kind: 'account', accountId: patient.accountId };
      const { id } = await holdSlot(db, actor, {
        practitioner: who.slug,
        location: where.locationId,
        start,
        visitorToken: randomUUID(),
        requestKey: randomUUID(),
      });
      await confirmBooking(db, actor, {
        appointmentId: id,
        partyId: null,
        typed: TYPED,
        requestKey: randomUUID(),
      });
    },
    close: () => db.destroy(),
  };
}

/** Through the JSON API of one server process. */
export async function overHttp({ urls }: TestDatabase, clients: number): Promise<Way> {
  const server = await startServerProcess(urls);
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const post = (path: string, cookies: string[], body: object) =>
    new Promise<{ id: string; cookies: string[] }>((resolve, reject) => {
      const headers = {
        origin: server.url,
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
        cookie: cookies.join('; '),
      };
      const sent = request(`${server.url}/api/v1/${path}`, { method: 'POST', agent, headers }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => {
          if (response.statusCode !== 201)
            return reject(new Error(`${path}: ${response.statusCode} ${text}`));
          const given = (response.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]!);
          resolve({ ...(JSON.parse(text) as { id: string }), cookies: given });
        });
      });
      sent.on('error', reject);
      sent.end(JSON.stringify(body));
    });
  return {
    book: async ({ who, where, start, session }) => {
      const signedIn = `session=${session}`;
      const hold = await post('holds', [signedIn], {
        practitioner: who.slug,
        location: where.locationId,
        start: start.toString(),
      });
      await post(`holds/${hold.id}/confirmation`, [signedIn, ...hold.cookies], TYPED);
    },
    close: async () => {
      agent.destroy();
      await server.stop();
    },
  };
}

const STATEMENTS = {
  begin: 'BEGIN',
  commit: 'COMMIT',
  actor: `SELECT set_config('app.actor_id', $1, true)`,
  party: 'INSERT INTO booking_party (token_hash) VALUES ($1) RETURNING id',
  block: `INSERT INTO block (practitioner_id, location_id, kind, span) VALUES ($1, $2, 'appointment', tstzrange($3, $4)) RETURNING id`,
  hold: `INSERT INTO appointment (kind, state, practitioner_id, location_id, clinic_id, jurisdiction, time_zone, during,
           block_id, block_span, party_id, patient_id, patient_date_of_birth)
         VALUES ('consultation', 'held', $1, $2, $3, $4, $5, tstzrange($6, $7), $8, tstzrange($9, $10), $11, $12, $13) RETURNING id`,
  draft: 'INSERT INTO booking_draft (appointment_id, date_of_birth) VALUES ($1, $2)',
  event: `INSERT INTO event (type, subject_type, subject_id, clinic_id) VALUES ($1, 'appointment', $2, $3) RETURNING id`,
  job: `SELECT enqueue('deliver_event', json_build_object('eventId', $1::text), queue => $2)`,
  answer: 'INSERT INTO idempotency_key (owner_key, key, fingerprint, body) VALUES ($1, $2, $3, $4)',
  episode: 'INSERT INTO care_episode (patient_id, clinic_id) VALUES ($1, $2) RETURNING id',
  confirm: `UPDATE appointment SET state = 'confirmed', episode_id = $2, concerns = $3, patient_note = $4, needs = $5 WHERE id = $1`,
  link: 'UPDATE booking_party SET patient_id = $2 WHERE id = $1',
  forget: 'DELETE FROM booking_draft WHERE appointment_id = $1',
} as const;

/** What PostgreSQL itself can do: the same rows in the same two transactions, prepared, and nothing looked at first. */
export async function byPreparedStatements({ urls }: TestDatabase, clients: number): Promise<Way> {
  const connections = await Promise.all(
    Array.from({ length: clients }, async () => {
      const connection = new pg.Client({ connectionString: urls.app, options: '-c timezone=UTC' });
      connection.on('error', () => {});
      await connection.connect();
      return connection;
    }),
  );
  return {
    book: async (wish, client) => {
      const run = async (name: keyof typeof STATEMENTS, ...values: unknown[]) => {
        const { rows } = await connections[client]!.query<{ id: string }>({
          name,
          text: STATEMENTS[name],
          values,
        });
        return rows[0]?.id ?? '';
      };
      await writeBooking(run, wish);
    },
    close: async () => {
      await Promise.all(connections.map((connection) => connection.end()));
    },
  };
}

async function writeBooking(
  run: (name: keyof typeof STATEMENTS, ...values: unknown[]) => Promise<string>,
  { who, where, start, patient }: Wish,
): Promise<void> {
  const end = start.add({ minutes: 30 });
  const [blockStart, blockEnd] = [start.subtract({ minutes: 5 }), end.add({ minutes: 10 })].map(String);
  const note = async (type: string, id: string) => {
    const event = await run('event', type, id, where.clinicId);
    await run('job', event, `subject:${id}`);
    const body = { id, practitioner: who.slug, location: where.locationId, start, end };
    const sha256 = (text: string) => createHash('sha256').update(text).digest();
    await run(
      'answer',
      sha256(patient.accountId).toString('hex'),
      randomUUID(),
      sha256(id),
      JSON.stringify(body),
    );
  };

  await run('begin');
  await run('actor', patient.accountId);
  const party = await run('party', randomBytes(32).toString('hex'));
  const block = await run('block', who.id, where.locationId, blockStart, blockEnd);
  const id = await run(
    'hold',
    ...[who.id, where.locationId, where.clinicId, where.jurisdiction, where.timeZone],
    ...[String(start), String(end), block, blockStart, blockEnd],
    ...[party, patient.id, patient.dateOfBirth],
  );
  await run('draft', id, patient.dateOfBirth);
  await note('appointment.held', id);
  await run('commit');

  await run('begin');
  await run('actor', patient.accountId);
  const episode = await run('episode', patient.id, where.clinicId);
  await run('confirm', id, episode, TYPED.concerns, TYPED.note, TYPED.needs);
  await run('link', party, patient.id);
  await run('forget', id);
  await note('appointment.confirmed', id);
  await run('commit');
}
