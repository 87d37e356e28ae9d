import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLine, type FaultyLine, type LineFault } from './faulty-line.ts';

const BODY = 'a long answer, '.repeat(2_000);

describe('a faulty line', () => {
  let server: Server;
  let line: FaultyLine;
  beforeAll(async () => {
    server = createServer((_request, response) => response.end(BODY));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    line = await openLine((server.address() as { port: number }).port, 1);
  });
  afterAll(async () => {
    await line.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const ask = async (fault: LineFault, patienceMs = 20_000) => {
    line.become(fault);
    const answer = await fetch(line.url, { signal: AbortSignal.timeout(patienceMs) })
      .then((response) => response.text())
      .catch(() => null);
    return answer === null ? 'none' : answer === BODY ? 'whole' : 'other';
  };

  it('brings everything as it is while it is sound, and again afterwards', async () => {
    expect(await ask({ kind: 'sound' })).toBe('whole');
    expect(await ask({ kind: 'silent' }, 200)).toBe('none');
    expect(await ask({ kind: 'sound' })).toBe('whole');
  });

  it('takes its time where it is slow', async () => {
    const startedAt = performance.now();
    expect(await ask({ kind: 'slow', milliseconds: 100 })).toBe('whole');
    expect(performance.now() - startedAt).toBeGreaterThan(195);
  });

  it.each(['reset', 'cut short'] as const)('ends half-way where it is %s', async (kind) => {
    expect(await ask({ kind })).toBe('none');
  });

  it('changes bytes, and counts them', async () => {
    const answers = [];
    for (let asked = 0; asked < 10; asked++) answers.push(await ask({ kind: 'corrupt', share: 1 }, 2_000));
    expect(answers).not.toContain('whole');
    expect(line.changed()).toBeGreaterThanOrEqual(10);
  });
});
