// Light stemmers, which cut off the endings of inflection by tables per language. In English a full stemmer
// (snowball) gained less than a point over no stemmer, since words are compared by their characters as well.
import type { Language } from '../../domain/meaning.js';
import { fold } from '../text/normalise.js';

interface Endings {
  /** Minimum number of letters that must remain in front of an ending. */
  readonly keep: number;
  /** Prefixes to cut off, longest first. */
  readonly prefixes?: readonly string[];
  /** Endings; the longest one that fits is cut off. */
  readonly suffixes: ReadonlySet<string>;
  readonly longest: number;
}

function endings(keep: number, suffixes: string, prefixes = ''): Endings {
  const all = suffixes.split(' ').map((each) => fold(each));
  return {
    keep,
    suffixes: new Set(all),
    longest: Math.max(...all.map((each) => each.length)),
    ...(prefixes === '' ? {} : { prefixes: prefixes.split(' ').map((each) => fold(each)) }),
  };
}

const TABLE: Readonly<Partial<Record<Language, Endings>>> = {
  ar: endings(3, 'ها ان ات ون ين يه يه ه ي ك نا كم هم وا', 'وال بال كال فال لل ال و ب ل'),
  de: endings(3, 'e em en er es ern est et end n s st t te ten test tet ung ungen'),
  en: endings(3, "s es ed ing ings ies er ers ly 's ment ments"),
  es: endings(
    3,
    'a o e s as os es ar er ir an en ando iendo ado ada ados adas ido ida idos idas aron ieron amos emos imos aba ia aban ian mente cion ciones',
  ),
  fr: endings(
    3,
    'e s es ee er ez ent ons ais ait aient ant ante ants ees ir it is ra rai ras ront ement ements tion tions eur eurs euse',
  ),
  hi: endings(2, 'ा ी े ि ो ों ें ाएं ाओं ियां ियों ता ती ते ना नी ने कर गा गी गे'),
  it: endings(
    3,
    'a o e i are ere ire ato ata ati ate ito ita iti ite ando endo ano ono iamo ete zione zioni mente',
  ),
  nl: endings(3, 'e en s er ers t te ten d de den je jes ing ingen'),
  pl: endings(
    3,
    'a e i o u y ie ow om ami ach em ego emu ymi ych ej iej ac ec ic yc al ala ali il ila am asz esz',
  ),
  pt: endings(
    3,
    'a o e s as os es ar er ir am em ando endo indo ado ada ados adas ido ida idos idas ou eu iu aram eram amos emos cao coes mente',
  ),
  ru: endings(
    3,
    'а я о е и ы у ю ь ам ям ами ями ах ях ов ев ей ой ий ый ая яя ое ее ые ие ого его ому ему им ым ом ем ую юю ть ет ит ут ют ат ят ал ла ло ли ешь ишь',
  ),
  tr: endings(
    3,
    'lar ler lari leri larim lerim i u in un nin nun im um imiz a e ya ye da de ta te dan den tan ten yi yu si su iyor uyor iyorum yor dir dur mi mu acak ecek di du ti tu miz siniz',
  ),
};

/** A folded word without its ending; the word itself in a language without a table. */
export function stemOf(word: string, language: Language): string {
  const table = TABLE[language];
  if (!table) return word;
  const { keep, prefixes = [], suffixes, longest } = table;
  const prefix = prefixes.find((each) => word.startsWith(each) && word.length - each.length >= keep);
  const bare = prefix === undefined ? word : word.slice(prefix.length);
  for (let length = Math.min(longest, bare.length - keep); length > 0; length -= 1) {
    if (suffixes.has(bare.slice(-length))) return bare.slice(0, -length);
  }
  return bare;
}
