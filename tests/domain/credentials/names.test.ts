import fc from '../../harness/examples.ts';
import { describe, expect, it } from 'vitest';
import { compareNames, type NameMatch } from '#lib/server/domain/credentials/names.ts';

type Case = [
  own: string,
  family: string,
  registeredGiven: string,
  registeredFamily: string,
  match: NameMatch,
  reason?: RegExp,
];

const compare = (
  own: string,
  family: string,
  given: string,
  registered: string,
  others: [string, string][] = [],
) =>
  compareNames(
    { displayName: own, familyName: family },
    {
      givenNames: given,
      familyName: registered,
      otherNames: others.map(([familyName, givenNames]) => ({ familyName, givenNames })),
    },
  );

const cases: Case[] = [
  ['Amara Okafor-Bell', 'Okafor-Bell', 'AMARA', 'OKAFOR BELL', 'same'],
  ['Siobhán O’Neill', 'O’Neill', 'SIOBHAN', "O'NEILL", 'same'],
  ['Søren Łukasz Weiß', 'Weiß', 'SOREN LUKASZ', 'WEISS', 'same'],
  ['Dr José Núñez', 'Núñez', 'Jose\u0301', 'NUNEZ', 'same'],
  ['Maria Garcia', 'Garcia', 'MARIA DEL CARMEN', 'GARCIA', 'same'],
  ['Maria C. Garcia', 'Garcia', 'MARIA CARMEN', 'GARCIA', 'same'],
  ['Maria Carmen Garcia', 'Garcia', 'MARIA LUISA', 'GARCIA', 'close', /middle names differ/],
  ['J Smith', 'Smith', 'JOHN', 'SMITH', 'close', /initial/],
  ['Carmen Garcia', 'Garcia', 'MARIA CARMEN', 'GARCIA', 'close', /middle name/],
  ['Nguyễn Văn An', 'Nguyễn', 'NGUYEN', 'VAN AN', 'close', /other way round/],
  ['Rafael Ybarra Montemayor', 'Ybarra Montemayor', 'RAFAEL', 'MONTEMAYOR YBARRA', 'close', /another order/],
  ['Ann Jonson', 'Jonson', 'ANN', 'JOHNSON', 'close', /one letter/],
  ['Katherine Shaw', 'Shaw', 'KATHARINE', 'SHAW', 'close', /one letter/],
  ['Rafael Ybarra', 'Ybarra', 'RAFAEL', 'YBARRA MONTEMAYOR', 'partial', /Only a part/],
  ['Ann Lee', 'Lee', 'ANN', 'LI', 'partial', /another one/],
  ['Ann Lee', 'Lee', 'BEN', 'LEE', 'partial', /given name is another/],
  ['Ann Lee', 'Lee', '', 'LEE', 'partial', /no given name/],
  ['Ann Lee', 'Lee', 'JOHN', 'SMITH', 'different'],
  ['Priya', 'Priya', '', 'PRIYA', 'same'],
];

describe('a name and the one in the register', () => {
  it.each(cases)('%s (%s) and %s %s', (own, family, given, registered, match, reason) => {
    const found = compare(own, family, given, registered);
    expect(found.match).toBe(match);
    if (reason) expect(found.reasons.join('; ')).toMatch(reason);
    if (match === 'same') expect(found.reasons).toEqual([]);
  });

  it('of before a marriage is close at best, and said to be another name', () => {
    const found = compare('Ann Shaw', 'Shaw', 'ANN', 'FERREIRA', [['SHAW', 'ANN']]);
    expect(found).toEqual({ match: 'close', reasons: ['The register has it as another name: ANN SHAW'] });
    expect(compare('Ann Shaw', 'Shaw', 'ANN', 'FERREIRA', [['SHAW', '']]).match).toBe('close');
    expect(compare('Ann Shaw', 'Shaw', 'ANN', 'SHAW', [['FERREIRA', 'ANN']]).match).toBe('same');
  });

  it('is the same whatever its case, accents, hyphens and spaces', () => {
    const word = fc.stringMatching(/^[a-z]{2,10}$/);
    fc.assert(
      fc.property(word, word, word, fc.constantFrom(' ', '-', '  ', ' - '), (given, one, two, between) => {
        const accented = (text: string) =>
          text.replaceAll('e', 'é').replaceAll('u', 'ü').replaceAll('n', 'ñ');
        const own = `${one}-${two}`;
        const found = compare(
          `${accented(given)} ${accented(own)}`,
          accented(own),
          given.toUpperCase(),
          `${one}${between}${two}`.toUpperCase(),
        );
        // A title is no name.
        fc.pre(!['dr', 'mr', 'mrs', 'ms', 'mx', 'miss', 'prof', 'sir', 'dame'].includes(given));
        expect(found.match).toBe('same');
      }),
    );
  });

  it('that shares nothing is never the same or close', () => {
    const of = (letters: string) => fc.stringMatching(new RegExp(`^[${letters}]{2,12}$`));
    fc.assert(
      fc.property(of('a-f'), of('a-f'), of('t-z'), of('t-z'), (given, family, otherGiven, otherFamily) => {
        expect(['partial', 'different']).toContain(
          compare(`${given} ${family}`, family, otherGiven, otherFamily).match,
        );
      }),
    );
  });
});
