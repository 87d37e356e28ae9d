import type { Random } from './random.ts';
import type { DemoPractitioner, Gender, Jurisdiction } from './types.ts';

interface Heritage {
  /** Spoken beside English. BCP 47; empty where there is none. */
  languages: string[];
  /** How common in England and in Texas. */
  weight: { england: number; texas: number };
  women: string[];
  men: string[];
  surnames: string[];
}

const words = (text: string) => text.trim().split(/\s*,\s*/);

const heritages: Heritage[] = [
  {
    languages: [],
    weight: { england: 34, texas: 22 },
    women: words(
      'Hannah, Charlotte, Imogen, Beatrice, Georgina, Rosalind, Philippa, Alice, Naomi, Harriet, Eleanor, Tess, Verity, Joanne, Claire, Lorna, Gemma, Kirsty, Felicity, Abigail, Bryony, Meredith, Dawn, Ruth',
    ),
    men: words(
      'Oliver, Daniel, Edward, Samuel, Toby, Julian, Marcus, Adrian, Howard, Benedict, Nathaniel, Robin, Simon, Giles, Kit, Martin, Elliot, Christopher, Dominic, Joel, Russell, Wesley, Grant, Neil',
    ),
    surnames: words(
      'Whitfield, Ashcroft, Thackeray, Pemberton, Holt, Bright, Lockwood, Hargreaves, Marlowe, Fenwick, Sedgwick, Barraclough, Winterbourne, Poole, Tranter, Ellery, Hathaway, Cobb, Lyle, Fairweather, Yardley, Ridley, Bell, Nightingale, Prior, Swann, Stott, Gray',
    ),
  },
  {
    languages: [],
    weight: { england: 7, texas: 4 },
    women: words('Aoife, Siobhán, Róisín, Gráinne, Niamh, Orla, Bríd, Caoimhe'),
    men: words('Cormac, Declan, Eoin, Fionn, Pádraig, Ciarán, Rory, Tadhg'),
    surnames: words(
      "O'Connell, O'Sullivan, O'Shaughnessy, Byrne, O'Dowd, Gallagher, MacNamara, Kinsella, Breathnach, Lynch",
    ),
  },
  {
    languages: ['cy'],
    weight: { england: 3, texas: 0 },
    women: words('Angharad, Cerys, Rhiannon, Eluned'),
    men: words('Gethin, Rhodri, Ieuan, Emyr'),
    surnames: words('Llewellyn, ap Rhys, Prydderch, Morgan-Hughes, Gwyn, Pugh'),
  },
  {
    languages: [],
    weight: { england: 4, texas: 3 },
    women: words('Catriona, Mhairi, Iona, Fiona, Morag'),
    men: words('Alasdair, Hamish, Struan, Callum, Fergus'),
    surnames: words('MacKinnon, Urquhart, Farquharson, Lorimer, Strachan, McAllister, Rae'),
  },
  {
    languages: ['hi', 'gu'],
    weight: { england: 8, texas: 6 },
    women: words('Priya, Anjali, Meera, Nandini, Kavita, Rupal, Devika, Shreya'),
    men: words('Arjun, Nikhil, Rohan, Vikram, Sanjay, Kiran, Anand, Hitesh'),
    surnames: words(
      "Patel, Raghunathan, Mehta, Chakraborty, Desai, Nair, Krishnamurthy, D'Souza, Joshi, Venkataraman, Rao",
    ),
  },
  {
    languages: ['ur', 'pa'],
    weight: { england: 7, texas: 3 },
    women: words('Ayesha, Zainab, Sana, Maryam, Hafsa, Noreen, Iqra'),
    men: words('Imran, Bilal, Tariq, Usman, Hamza, Faisal, Zubair'),
    surnames: words('Mahmood, Qureshi, Siddiqui, Chaudhry, Malik, Rehman, Mirza, Bukhari'),
  },
  {
    languages: ['pa'],
    weight: { england: 4, texas: 2 },
    women: words('Harpreet, Simran, Jasleen, Gurleen'),
    men: words('Gurpreet, Jaspal, Ranjit, Amardeep'),
    surnames: words('Bains, Gill, Dhaliwal, Sandhu, Grewal, Ahluwalia'),
  },
  {
    languages: ['yo', 'ig'],
    weight: { england: 7, texas: 6 },
    women: words('Adaeze, Folasade, Ngozi, Temitope, Ifeoma, Yewande, Chidinma'),
    men: words('Chukwuemeka, Olumide, Babatunde, Obinna, Tunde, Ikenna, Segun'),
    surnames: words('Okafor, Adeyemi, Nwachukwu, Oyelaran, Balogun, Eze, Ogunbanjo, Onwuatuegwu, Afolabi'),
  },
  {
    languages: [],
    weight: { england: 5, texas: 7 },
    women: words('Simone, Monique, Renée, Latoya, Camille, Danielle, Keisha, Althea'),
    men: words('Andre, Desmond, Terrence, Malachi, Winston, Jerome, Curtis, Darnell'),
    surnames: words(
      'Baptiste, Campbell-Reid, Boateng, Grant-Osei, Francis, Toussaint, Broussard, Freeman, Mensah, Gaines, Whitaker',
    ),
  },
  {
    languages: ['pl'],
    weight: { england: 5, texas: 1 },
    women: words('Agnieszka, Katarzyna, Małgorzata, Zuzanna, Ewa'),
    men: words('Tomasz, Paweł, Krzysztof, Michał, Łukasz'),
    surnames: words('Wróbel, Nowak, Szczepanik, Kołodziej, Zięba, Lis, Grzegorczyk'),
  },
  {
    languages: ['el'],
    weight: { england: 3, texas: 1 },
    women: words('Eleni, Despina, Anastasia, Theodora'),
    men: words('Stavros, Nikos, Alexandros, Yiannis'),
    surnames: words('Papadopoulos, Christodoulou, Economides, Vlahos, Kyriakou'),
  },
  {
    languages: ['it'],
    weight: { england: 4, texas: 2 },
    women: words('Chiara, Giulia, Alessandra, Francesca'),
    men: words('Matteo, Lorenzo, Nicolò, Raffaele'),
    surnames: words("D'Angelo, Ferrante, Castellani, De Luca, Bianchi, Dell'Acqua"),
  },
  {
    languages: ['es'],
    weight: { england: 3, texas: 30 },
    women: words(
      'Lucía, Marisol, Guadalupe, Xóchitl, Itzel, Beatriz, Alejandra, Inés, Rocío, Valentina, Esperanza, Yolanda',
    ),
    men: words(
      'Andrés, Rafael, Joaquín, Ramón, Héctor, Emiliano, Mateo, Jesús, Ángel, Benjamín, Ignacio, Saúl',
    ),
    surnames: words(
      'Cisneros, Villarreal, Ibáñez, Treviño, De la Garza, Quintanilla, Peña-Solís, Ybarra, Muñoz, Castañeda, Longoria, Zúñiga, Montemayor, Garza, Echeverría, Olivárez',
    ),
  },
  {
    languages: ['vi'],
    weight: { england: 1, texas: 7 },
    women: words('Thảo, Linh, Mai, Hương, Ngọc'),
    men: words('Minh, Quang, Bảo, Tuấn, Duy'),
    surnames: words('Nguyễn, Trần, Phạm, Lê, Vũ, Đặng'),
  },
  {
    languages: ['zh', 'yue'],
    weight: { england: 4, texas: 4 },
    women: words('Mei-Ling, Xiaowen, Jia, Hui Min, Yan'),
    men: words('Wei, Kwok-Wai, Jun, Zhiyuan, Ming'),
    surnames: words('Ng, Cheung, Ouyang, Li, Wu, Szeto, Xu'),
  },
  {
    languages: ['ko'],
    weight: { england: 1, texas: 4 },
    women: words('Ji-woo, Soo-jin, Hye-rin'),
    men: words('Min-jun, Sung-ho, Dae-hyun'),
    surnames: words('Pak, Choi, Yoon, Hwang, Seo'),
  },
  {
    languages: ['ar'],
    weight: { england: 4, texas: 3 },
    women: words('Layla, Rania, Dalia, Hanan'),
    men: words('Omar, Karim, Ziad, Samir'),
    surnames: words('Haddad, Al-Masri, Khoury, El-Sayed, Nasser, Abdelrahman'),
  },
  {
    languages: ['fa'],
    weight: { england: 3, texas: 3 },
    women: words('Shirin, Parisa, Golnaz'),
    men: words('Kaveh, Dariush, Babak'),
    surnames: words('Tehrani, Moradi, Ebrahimzadeh, Farahani, Soltani'),
  },
  {
    languages: ['tr'],
    weight: { england: 3, texas: 1 },
    women: words('Elif, Çiğdem, Özlem'),
    men: words('Barış, Emre, Tuğrul'),
    surnames: words('Yıldız, Öztürk, Karaca, Şahin'),
  },
  {
    languages: ['de'],
    weight: { england: 2, texas: 4 },
    women: words('Annelise, Greta, Ursula'),
    men: words('Jürgen, Matthias, Otto'),
    surnames: words('Schönfeld, Kröger, Altgelt, von Rosenberg, Fuchs, Braunfels'),
  },
  {
    languages: ['pt'],
    weight: { england: 3, texas: 2 },
    women: words('Joana, Catarina, Luíza'),
    men: words('João, Tiago, Caetano'),
    surnames: words('Conceição, Vasconcelos, Brandão, Magalhães'),
  },
  {
    languages: ['fr'],
    weight: { england: 3, texas: 2 },
    women: words('Aurélie, Océane, Hélène'),
    men: words('Étienne, Loïc, Benoît'),
    surnames: words("Lefèvre, N'Diaye, Desrosiers, Beauchêne, L'Herbier"),
  },
  {
    languages: ['sv'],
    weight: { england: 2, texas: 1 },
    women: words('Åsa, Linnéa, Ingrid'),
    men: words('Björn, Anders, Søren'),
    surnames: words('Lindqvist, Åkesson, Nyström, Østergaard'),
  },
  {
    languages: ['tl'],
    weight: { england: 3, texas: 4 },
    women: words('Maricel, Luzviminda, Jocelyn, Analyn'),
    men: words('Jericho, Rommel, Dennis'),
    surnames: words('Dela Cruz, Macaraeg, Bautista, Pangilinan, Santos'),
  },
  {
    languages: ['ro'],
    weight: { england: 3, texas: 0 },
    women: words('Ioana, Mădălina, Andreea'),
    men: words('Ștefan, Răzvan, Bogdan'),
    surnames: words('Țurcanu, Popescu, Ionescu, Dragomir'),
  },
  {
    languages: ['so', 'ar'],
    weight: { england: 2, texas: 1 },
    women: words('Hodan, Ifrah, Sahra'),
    men: words('Abdi, Liban, Guled'),
    surnames: words('Warsame, Farah, Jama, Yusuf'),
  },
];

export interface Person extends Pick<
  DemoPractitioner,
  'displayName' | 'familyName' | 'registerName' | 'nativeName' | 'gender' | 'pronouns' | 'languages'
> {
  /** What friends and biographies say. */
  calledName: string;
}

/** Names that test a page: a single word, two letters, no Latin initial, very long, another script. */
const unusualPeople: Person[] = [
  unusual('Prabawati', 'woman', ['en', 'id']),
  unusual('Bo Li', 'man', ['en', 'zh']),
  unusual('Aino Ö', 'woman', ['en', 'fi']),
  unusual('Maximiliana-Konstantina Papathanasopoulou-Featherstonehaugh', 'woman', ['en', 'el']),
  unusual('Jean-Baptiste Emmanuel de Saint-Exupéry-Villeneuve', 'man', ['en', 'fr']),
  unusual('María del Rosario Fernández de Córdoba y Álvarez-Montenegro', 'woman', ['en', 'es']),
  unusual("Keahi Ka'ano'i", 'man', ['en', 'haw']),
  unusual('Sụnmisọ́lá Ọláńrewájú', 'woman', ['en', 'yo']),
  native(unusual('Liora Ben-Ami', 'woman', ['en', 'he']), 'ליאורה בן־עמי', 'he'),
  native(unusual('Yusuf al-Khatib', 'man', ['en', 'ar']), 'يوسف الخطيب', 'ar'),
  native(unusual('Maryam Jalilvand', 'woman', ['en', 'fa']), 'مریم جلیلوند', 'fa'),
  native(unusual('Sadaf Naqvi', 'woman', ['en', 'ur']), 'صدف نقوی', 'ur'),
  native(unusual('Kenji Watanabe', 'man', ['en', 'ja']), '渡辺 健二', 'ja', 'ltr'),
  native(unusual('Olha Shevchuk', 'woman', ['en', 'uk', 'pl']), 'Ольга Шевчук', 'uk', 'ltr'),
  { ...unusual('Ash Merriweather', 'non_binary', ['en', 'bfi']), registerName: 'Ashleigh Merriweather' },
  { ...unusual('Sky Ortega-Lund', 'non_binary', ['en', 'es']), registerName: 'Celeste Ortega-Lund' },
  { ...unusual('Robin Achterberg', 'non_binary', ['en', 'nl']) },
];

function unusual(displayName: string, gender: Gender, languages: string[]): Person {
  const [calledName = displayName, ...familyNames] = displayName.split(' ');
  return {
    displayName,
    familyName: familyNames.join(' ') || displayName,
    registerName: displayName,
    calledName,
    nativeName: null,
    gender,
    pronouns: gender === 'non_binary' ? 'they/them' : null,
    languages,
  };
}

function native(person: Person, text: string, language: string, direction: 'rtl' | 'ltr' = 'rtl'): Person {
  return { ...person, nativeName: { text, language, direction } };
}

/** Invents people one after another, never two of the same name. */
export function inventor(
  random: Random,
  { unusual: withUnusual }: { unusual: boolean },
): (jurisdiction: Jurisdiction) => Person {
  const taken = new Set(unusualPeople.map(({ displayName }) => displayName));
  const unusualsLeft = withUnusual ? random.shuffled(unusualPeople) : [];

  return function invent(jurisdiction) {
    if (random.chance(0.06)) {
      const waiting = unusualsLeft.pop();
      if (waiting) return waiting;
    }
    for (;;) {
      const person = ordinaryPerson(random, jurisdiction);
      if (taken.has(person.displayName)) continue;
      taken.add(person.displayName);
      return person;
    }
  };
}

function ordinaryPerson(random: Random, jurisdiction: Jurisdiction): Person {
  const someHeritage = () =>
    random.weighted(heritages.map((heritage) => [heritage, heritage.weight[jurisdiction]] as const));
  const own = someHeritage();
  const gender = random.chance(0.64) ? 'woman' : 'man';
  const given = random.pick(gender === 'woman' ? own.women : own.men);
  const birthSurname = random.pick(own.surnames);

  let surname = birthSurname;
  let registerSurname = birthSurname;
  const otherSurname = random.pick(someHeritage().surnames);
  if (random.chance(0.08)) surname = registerSurname = otherSurname;
  else if (isSingleWord(birthSurname) && isSingleWord(otherSurname) && random.chance(0.06)) {
    surname = `${birthSurname}-${otherSurname}`;
    if (random.chance(0.4)) registerSurname = birthSurname;
    else registerSurname = surname;
  }

  const displayName = `${given} ${surname}`;
  return {
    displayName,
    familyName: surname,
    registerName: `${given} ${registerSurname}`,
    calledName: given,
    nativeName: null,
    gender: random.chance(0.05) ? null : gender,
    pronouns: random.chance(0.3) ? (gender === 'woman' ? 'she/her' : 'he/him') : null,
    languages: spokenLanguages(random, own, jurisdiction),
  };
}

function isSingleWord(surname: string): boolean {
  return /^\p{L}+$/u.test(surname);
}

function spokenLanguages(random: Random, { languages }: Heritage, jurisdiction: Jurisdiction): string[] {
  const spoken = ['en', ...languages.filter(() => random.chance(0.75))];
  const learnt = jurisdiction === 'texas' ? 'es' : random.pick(['fr', 'es', 'de', 'bfi', 'it']);
  if (!spoken.includes(learnt) && random.chance(jurisdiction === 'texas' ? 0.35 : 0.12)) spoken.push(learnt);
  return spoken;
}
