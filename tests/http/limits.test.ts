import { expect, it } from 'vitest';
import { networkOf, openLimits } from '#lib/server/http/limits.ts';
import { openPool } from '#lib/server/platform/db.ts';
import { afterFile } from '../harness/after.ts';
import { createTestDatabase } from '../harness/database.ts';

it.each([
  ['203.0.113.9', '203.0.113.9'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['2001:db8:12:34:5678:9abc:def0:1', '2001:db8:12:34'],
  ['2001:0DB8:0012:0034::1', '2001:db8:12:34'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['2001:db8:12:34::', '2001:db8:12:34'],
  ['::1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['not an address', 'not an address'],
])('the network of %s is %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

it('a network is counted as one, however many addresses it has, and no other with it', async () => {
  const { urls } = await createTestDatabase();
  const pool = openPool(urls.app, { max: 2, onError: () => {} });
  afterFile(() => pool.end());
  const limits = openLimits(pool);
  for (let nth = 1; nth <= 10; nth += 1) await limits.take('cardByAddress', `2001:db8:1:2:${nth}::1`);
  const refused: unknown = expect.objectContaining({ code: 'too_many_requests' });
  await expect(limits.take('cardByAddress', '2001:db8:1:2:ffff::1')).rejects.toEqual(refused);
  await limits.take('cardByAddress', '2001:db8:1:3::1');
});
