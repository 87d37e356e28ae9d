import fc from '../../harness/examples.ts';
import { describe, expect, it } from 'vitest';
import { paths } from '#lib/paths.ts';
import { searchInput, searchQuery, type SearchInput } from '#lib/server/domain/directory/input.ts';
import { formValues } from '#lib/server/http/form.ts';

const read = (address: string) =>
  searchInput.parse(formValues(new URL(address, 'https://example.org').searchParams));
const write = (asked: SearchInput) => paths.search(searchQuery(asked));

describe('the address of a search', () => {
  it('is short when nothing is asked, and says everything that is', () => {
    expect(write(read('/search'))).toBe('/search');
    const address =
      '/search?q=jaw&concern=jaw&profession=doctor&see=dentist&checked=training&language=pl&gender=woman' +
      '&access=step_free&feeFrom=20&fee=80&on=2026-12-05&day=6&part=morning&place=Leeds&at=42&miles=50&when=week&sort=fee&page=3';
    expect(write(read(address))).toBe(address);
  });

  it('is the same for the same question, however it was put', () => {
    const one = write(read('/search?part=evening&part=morning&language=pl&language=cy&language=pl'));
    const other = write(
      read('/search?language=cy&part=morning&language=pl&part=evening&sort=best&miles=25&when=any'),
    );
    expect(one).toBe(other);
  });

  it('leaves out what makes no sense', () => {
    const nonsense =
      '/search?miles=7&concern=elbow&profession=king&language=%27%20OR%201&gender=x&access=moat&fee=-3&feeFrom=1e9' +
      '&when=never&on=2026-02-31x&day=8&part=night&sort=paid&page=0&at=x&near=91,0';
    expect(write(read(nonsense))).toBe('/search');
  });

  it('says where somebody is to about a kilometre, and not at all beside a place', () => {
    expect(write(read('/search?near=53.804512,-1.548612'))).toBe('/search?near=53.80%2C-1.55');
    expect(write(read('/search?near=53.80,-1.55&place=York'))).toBe('/search?place=York');
    expect(read('/search?near=0.001,-0.001').near).toEqual({ latitude: 0, longitude: 0 });
  });

  it('read, written and read again asks the same', () => {
    const keys = Object.keys(searchInput.shape);
    const value = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom(
        'jaw',
        'chin',
        'doctor',
        'pl',
        'woman',
        'step_free',
        '5',
        '20',
        'week',
        '2026-12-05',
        'fee',
        '53.8,-1.5',
      ),
    );
    const query = fc.array(fc.tuple(fc.constantFrom(...keys), value), { maxLength: 12 });
    fc.assert(
      fc.property(query, (pairs) => {
        const asked = read(`/search?${new URLSearchParams(pairs).toString()}`);
        const address = write(asked);
        expect(write(read(address))).toBe(address);
      }),
      { numRuns: 1_000 },
    );
  });
});
