import { describe, expect, it } from 'vitest';
import type { Jurisdiction } from '#lib/server/domain/policy/codes.ts';
import { evaluatePolicy } from '#lib/server/domain/policy/evaluate.ts';
import { POLICY_ROWS } from '#lib/server/domain/policy/rows.ts';
import { findBannedTerms, strictestOf, type PublicWording } from '#lib/server/domain/policy/terms.ts';

const policyOf = (jurisdiction: Jurisdiction) =>
  evaluatePolicy(POLICY_ROWS, jurisdiction, Temporal.PlainDate.from('2026-12-01'));
const england = policyOf('england');
const texas = policyOf('texas');
const shared = strictestOf([england, texas]);

const wordsOf = (text: string, wording: PublicWording) =>
  findBannedTerms(text, wording).map((match) => match.text);
const banning = (...terms: string[]): PublicWording => ({
  banned_terms: terms,
  public_product_names: true,
  licensed_products: [],
});

describe('English public text', () => {
  it.each<[string, string]>([
    ['Botox from £99', 'Botox'],
    ['BOTOX® in Leeds', 'BOTOX'],
    ['two botoxes', 'botoxes'],
    ['B0t0x', 'B0t0x'],
    ['8otox', '8otox'],
    ['bötôx', 'bötôx'],
    ['ｂｏｔｏｘ', 'ｂｏｔｏｘ'],
    ['вотох', 'вотох'],
    ['bo\u00adto\u200bx', 'bo\u00adto\u200bx'],
    ['bo-tox', 'bo-tox'],
    ['b.o.t.o.x', 'b.o.t.o.x'],
    ['B O T O X', 'B O T O X'],
    ['#botoxleeds', 'botoxleeds'],
    ['/practitioners/botox-clinic', 'botox'],
    ['a Beautox facial', 'Beautox'],
    ['botulinum toxin type A', 'botulinum'],
    ['a neurotoxin', 'toxin'],
    ['tox parties', 'tox'],
    ['BoNTA', 'BoNTA'],
    ['Azzalure', 'Azzalure'],
    ['we use @lluzience', '@lluzience'],
    ['Bocouture', 'Bocouture'],
    ['Nuceiva', 'Nuceiva'],
    ['Letybo', 'Letybo'],
    ['Relfydess', 'Relfydess'],
    ['Vistabel', 'Vistabel'],
    ['Dysport', 'Dysport'],
    ['Xeomin', 'Xeomin'],
    ['Jeuveau', 'Jeuveau'],
    ['Daxxify', 'Daxxify'],
    ['anti-wrinkle', 'anti-wrinkle'],
    ['Anti Wrinkle', 'Anti Wrinkle'],
    ['antiwrinkle', 'antiwrinkle'],
    ['anti–wrinkle', 'anti–wrinkle'],
    ['anti\u00a0wrinkles', 'anti\u00a0wrinkles'],
    ['wrinkle-relaxing', 'wrinkle-relaxing'],
    ['wrinkle relaxers', 'wrinkle relaxers'],
    ['Wrinkle reduction', 'Wrinkle reduction'],
    ['muscle relaxant', 'muscle relaxant'],
    ['line-softening', 'line-softening'],
    ['injection', 'injection'],
    ['an Injector', 'Injector'],
    ['injectables', 'injectables'],
    ['1njecti0n', '1njecti0n'],
    ['needles', 'needles'],
    ['the needle’s tip', 'needle’s'],
    ["the needle's tip", "needle's"],
    ['a syringe', 'syringe'],
    ['jabs', 'jabs'],
    ['vials', 'vials'],
    ['price per unit', 'per unit'],
    ['1 unit', '1 unit'],
    ['twelve-unit', 'twelve-unit'],
    ['3 areas', '3 areas'],
    ['Three areas for two', 'Three areas'],
    ['treatment areas', 'treatment areas'],
    ['completely harmless', 'harmless'],
    ['risk-free', 'risk-free'],
    ['years younger', 'years younger'],
    ['Guaranteed results', 'Guaranteed results'],
    ['Botulax', 'Botulax'],
    ['Innotox', 'Innotox'],
  ])('may not say “%s”', (text, words) => {
    expect(wordsOf(text, england)).toContain(words);
  });

  it.each([
    'Talk face to face with a checked medical professional about lines and facial expression.',
    'A consultation for lines and wrinkles.',
    'You may decide on nothing, and that is a good outcome too.',
    'She works in the community',
    'Unit 4, Riverside Business Park, Leeds LS1 4AP',
    'Unit5, Mill Lane',
    'Clinical lead of the burns unit for nine years',
    'The United Kingdom, unity, opportunity, municipal, reunited',
    'Intoxicating views; an expert in toxicology and toxicity',
    'Jabari Toxley, Jabeen Vialli and Needham Market',
    'Reply within 70x the usual speed, 170x at night',
    'Subjective, objective, projector, rejection, adjective',
    'How to x-ray a jaw',
    'Botany, bottle, botched, Bontang',
    'The area around Leeds; I cover a wide area',
    'Antique and writing lines; deadlines soften',
    'Forehead lines, frown lines, crow’s feet, neck bands',
    'Younger patients are welcome from 18',
    'Doctor, dentist, nurse prescriber, registered nurse, esthetician',
    'Checked with the General Medical Council on 1 December 2026',
  ])('may say “%s”', (text) => {
    expect(findBannedTerms(text, england)).toEqual([]);
    expect(findBannedTerms(text, shared)).toEqual([]);
  });
});

describe('Texan public text', () => {
  it.each([
    'Botox Cosmetic, 20 units, from $240',
    'Injections of Dysport, Xeomin, Jeuveau, Daxxify or Letybo',
    'onabotulinumtoxinA for frown lines',
    'anti-wrinkle treatment with fine needles',
  ])('may say “%s”, which a shared page may not', (text) => {
    expect(findBannedTerms(text, texas)).toEqual([]);
    expect(findBannedTerms(text, england)).not.toEqual([]);
    expect(findBannedTerms(text, shared)).not.toEqual([]);
  });

  it.each([
    ['Azzalure', 'Azzalure'],
    ['Bocouture', 'Bocouture'],
    ['Host a Botox party', 'Botox party'],
    ['cheap botox', 'cheap botox'],
    ['harmless', 'harmless'],
    ['reNTox', 'reNTox'],
  ])('may not say “%s”', (text, words) => {
    expect(wordsOf(text, texas)).toEqual([words]);
  });
});

describe('findBannedTerms', () => {
  it('gives term, words and place, in the order of the text, the longest first', () => {
    expect(
      findBannedTerms('A jab? Two jäbs of cheap botox!', banning('*botox*', 'cheap botox', 'jab')),
    ).toEqual([
      { term: 'jab', text: 'jab', index: 2 },
      { term: 'jab', text: 'jäbs', index: 11 },
      { term: 'cheap botox', text: 'cheap botox', index: 19 },
      { term: '*botox*', text: 'botox', index: 25 },
    ]);
  });

  it('gives the longer of two that begin alike first, whichever was stated first', () => {
    for (const terms of [
      ['cheap', 'cheap botox'],
      ['cheap botox', 'cheap'],
    ])
      expect(wordsOf('So cheap botox', banning(...terms))).toEqual(['cheap botox', 'cheap']);
  });

  it('keeps places right behind characters of more than one unit, or of none', () => {
    const text = '👩‍⚕️ ﬁne İs ½ e\u0301 botox';
    expect(findBannedTerms(text, banning('botox'))).toEqual([
      { term: 'botox', text: 'botox', index: text.indexOf('botox') },
    ]);
  });

  it('reaches the very end of a text, invisible characters included', () => {
    expect(findBannedTerms('no jab\u00ad', banning('jab'))).toEqual([
      { term: 'jab', text: 'jab\u00ad', index: 3 },
    ]);
  });

  it('finds the same again on a second look', () => {
    const wording = banning('jab');
    expect([wordsOf('a jab', wording), wordsOf('a jab', wording)]).toEqual([['jab'], ['jab']]);
  });

  it('finds nothing in nothing', () => {
    expect(findBannedTerms('', england)).toEqual([]);
    expect(findBannedTerms('botox', banning())).toEqual([]);
  });

  it.each<[string, string, string[]]>([
    ['inject*', 'injector reinjected', ['injector']],
    ['*inject', 'reinject injector injects', ['inject', 'injects']],
    ['*inject*', 'reinjected', ['injected']],
    ['inject', 'injector reinject inject', ['inject']],
    ['jab', 'jabs jabes jab’s jabss xjab', ['jabs', 'jabes', 'jab’s']],
    ['jab', '2jab3', ['jab']],
    ['jab', 'j4b j.a.b j a b', []],
    ['jabs', 'j4bs j.a.b.s j a b s', []],
    ['jabby', 'j4bby j.a.b_b*y j-a-b-b-y j a b b y', ['j4bby', 'j.a.b_b*y', 'j-a-b-b-y', 'j a b b y']],
    ['jabby', 'ja  bby ja bby j..abby', []],
    ['units', 'un1ts un!ts un|ts uni7s uni+s unit5 unit$', ['un1ts', 'un!ts', 'un|ts', 'uni7s', 'uni+s']],
    [
      'scale',
      '5cale $cale sc@le sc4le sca1e sca|e scal3',
      ['5cale', '$cale', 'sc@le', 'sc4le', 'sca1e', 'sca|e'],
    ],
    ['bezoar', '8ezoar b3zoar be2oar bez0ar', ['8ezoar', 'b3zoar', 'be2oar', 'bez0ar']],
    [
      'per unit',
      'per unit, per-unit per_unit per.unit per/unit per*unit perunit',
      ['per unit', 'per-unit', 'per_unit', 'per.unit', 'per/unit', 'per*unit', 'perunit'],
    ],
    ['per unit', 'per - unit', ['per - unit']],
    ['per unit', 'per\n\n\n\nunit', []],
    ['per-unit', 'per unit', ['per unit']],
    ['per  unit', 'per unit', ['per unit']],
    ['per  unit', 'per    unit', []],
    ['per - unit', 'per    unit', []],
    ['# unit', '20 units 5unit ten-unit 0 unit', ['20 units', '5unit', 'ten-unit', '0 unit']],
    ['# unit', 'x20 unit Unit 4 some unit often unit', []],
    [
      '# unit',
      'one unit two unit three unit four unit five unit six unit',
      ['one unit', 'two unit', 'three unit', 'four unit', 'five unit', 'six unit'],
    ],
    [
      '# unit',
      'seven unit eight unit nine unit twelve unit twenty unit',
      ['seven unit', 'eight unit', 'nine unit', 'twelve unit', 'twenty unit'],
    ],
    [
      '# unit',
      'thirty unit forty unit fifty unit sixty unit hundred unit',
      ['thirty unit', 'forty unit', 'fifty unit', 'sixty unit', 'hundred unit'],
    ],
  ])('reads the term “%s” in “%s”', (term, text, words) => {
    expect(wordsOf(text, banning(term))).toEqual(words);
  });

  it.each<[string, string]>([
    ['авеіјкмнорсѕтух', 'abeijkmhopcstyx'],
    ['αβεικνορτυχ', 'abeikvoptux'],
    ['ıøłđŧ', 'ioldt'],
  ])('sees through the look-alikes %s', (disguise, plain) => {
    expect([...disguise].map((letter) => wordsOf(letter, banning(...plain)))).toEqual(
      [...disguise].map((letter) => [letter]),
    );
    expect(wordsOf(disguise, banning(plain))).toEqual([disguise]);
  });

  it('bans the names of licensed products where none may be named', () => {
    const wording: PublicWording = {
      banned_terms: [],
      public_product_names: false,
      licensed_products: texas.licensed_products.filter(({ code }) => code === 'botox_cosmetic'),
    };
    expect(findBannedTerms('botox-cosmetic (onabotulinumtoxinA)', wording)).toEqual([
      { term: 'botox cosmetic', text: 'botox-cosmetic', index: 0 },
      { term: 'onabotulinumtoxina', text: 'onabotulinumtoxinA', index: 16 },
    ]);
    expect(findBannedTerms('botox-cosmetic', { ...wording, public_product_names: true })).toEqual([]);
  });

  it('states each match once, also when a banned term is a product’s name', () => {
    const wording: PublicWording = { ...england, banned_terms: ['azzalure', 'azzalure'] };
    expect(findBannedTerms('Azzalure', wording)).toEqual([{ term: 'azzalure', text: 'Azzalure', index: 0 }]);
  });

  it('takes no longer than a page may take on a hostile text', () => {
    for (const hostile of [
      'e'.repeat(50_000),
      'b-'.repeat(25_000),
      '1 '.repeat(25_000),
      'wrinkle '.repeat(6_000),
    ]) {
      expect(findBannedTerms(hostile, shared)).toEqual([]);
    }
  }, 10_000);
});

describe('strictestOf', () => {
  it('forbids on a shared page what one jurisdiction forbids', () => {
    expect(strictestOf([banning('jab', 'vial'), banning('vial', 'tox')])).toEqual(
      banning('jab', 'vial', 'tox'),
    );
    expect(shared.public_product_names).toBe(false);
    expect(strictestOf([texas]).public_product_names).toBe(true);
    expect(shared.licensed_products).toEqual([...england.licensed_products, ...texas.licensed_products]);
    expect(shared.banned_terms).toEqual([...new Set([...england.banned_terms, ...texas.banned_terms])]);
    expect(new Set(shared.banned_terms).size).toBe(shared.banned_terms.length);
  });

  it('names no product of another jurisdiction either', () => {
    const quiet = { ...england, banned_terms: [] };
    expect(wordsOf('Jeuveau', quiet)).toEqual([]);
    expect(wordsOf('Jeuveau', strictestOf([quiet, { ...texas, banned_terms: [] }]))).toEqual(['Jeuveau']);
  });
});
