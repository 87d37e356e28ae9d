import { afterAll, expect, it } from 'vitest';
import { openMail } from '#lib/server/platform/mail.ts';
import { openMailSink } from '../../harness/mail-sink.ts';
import { corpus, tryOne } from './corpus.ts';

const sink = await openMailSink();
const transport = openMail({
  kind: 'smtp',
  url: sink.url,
  from: 'letters@steadyhand.test',
  answersTo: 'people@steadyhand.test',
});
afterAll(async () => {
  transport.close();
  await sink.goAway();
});

it('no text becomes a header, a recipient, a property or an entry', async () => {
  expect(corpus.length).toBeGreaterThanOrEqual(60);
  const wrong: string[] = [];
  for (const one of corpus)
    for (const fault of await tryOne(transport, sink, one))
      wrong.push(`${one.field} ${JSON.stringify(one.text.slice(0, 60))}: ${fault}`);
  expect(wrong).toEqual([]);
});
