// Detection of the languages of examples, by script and by their most frequent words.

import { sumsOf } from '../../domain/group.js';
import type { Language } from '../../domain/meaning.js';

/** Scripts that only one of the supported languages uses. */
const SCRIPTS: readonly (readonly [RegExp, Language])[] = [
  [/\p{Script=Arabic}/u, 'ar'],
  [/\p{Script=Devanagari}/u, 'hi'],
  [/\p{Script=Cyrillic}/u, 'ru'],
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/u, 'ja'],
  [/\p{Script=Hangul}/u, 'ko'],
  [/\p{Script=Thai}/u, 'th'],
  [/\p{Script=Han}/u, 'zh'],
];

/** Frequent words, in folded form, of languages written with Latin letters. */
const FREQUENT = {
  de: 'der die das ein eine ist sind ich ihr wir und oder nicht mit fur auf von zu den dem wie was wann wo kann konnen habe hat haben wird auch noch mein meine bitte gibt es',
  en: 'the a an is are do does did i you my your we it this that of in on to for with and or not how what when where which can could have has will would there am be get please',
  es: 'el la los las un una es son de que y en con por para no mi tu su se como cuando donde cuanto cual puedo tienen hay esta estan hola me lo si quiero',
  fr: 'le la les un une des est sont de du et en avec pour pas mon ma votre vos je vous nous il que qui quand comment combien ou quel quelle puis pouvez avez y a ce cette sur',
  hi: 'kya hai hain ka ki ke ko se kab kaise kitna kitne kahan mera meri aap hum main mujhe nahi kar raha sakta aur bhi ho tha mein par',
  it: 'il lo la gli le un una e sono di del che con per non mio mia vostro come quando dove quanto quale posso avete si ci mi ho ha nel della',
  nl: 'de het een is zijn ik jullie je wij en of niet met voor op van te hoe wat wanneer waar kan kunnen heb heeft hebben wordt mijn ook er dit dat',
  pl: 'i w na z do jest sa nie to jak kiedy gdzie ile czy co moge mozna mam macie moj moja sie za od dla po ten ta prosze',
  pt: 'o os as um uma e sao de do da que em com por para nao meu minha seu voce voces como quando onde quanto qual posso tem ha esta me no na eu se',
  tr: 've bir bu icin ile mi ne zaman nasil nerede kac var yok degil ben siz cok da de mu ama olarak kadar daha ne nedir misiniz',
} as const satisfies Partial<Record<Language, string>>;

const WORDS_OF = Object.entries(FREQUENT).map(
  ([language, words]) => [language as Language, new Set(words.split(' '))] as const,
);

/** Minimum share of the texts of a set that must be in a language for the language to count. */
const LEAST_SHARE = 0.1;

/** The language of a folded text by its words; null if unknown or if two are equally likely. */
export function languageOf(folded: string, words: readonly string[]): Language | null {
  for (const [script, language] of SCRIPTS) if (script.test(folded)) return language;
  let best: Language | null = null;
  let most = 0;
  let isTied = false;
  for (const [language, frequent] of WORDS_OF) {
    const hits = words.reduce((sum, word) => sum + (frequent.has(word) ? 1 : 0), 0);
    if (hits > most) [best, most, isTied] = [language, hits, false];
    else if (hits === most && hits > 0) isTied = true;
  }
  return isTied ? null : best;
}

/** The languages of a set of folded texts, in alphabetical order. */
export function languagesOf(
  texts: readonly { readonly folded: string; readonly words: readonly string[] }[],
): readonly Language[] {
  const found = texts.map(({ folded, words }) => languageOf(folded, words));
  return frequentIn(found, LEAST_SHARE);
}

/** The languages of at least a share of texts, given that of each text, in alphabetical order. */
export function frequentIn(found: readonly (Language | null)[], share: number): readonly Language[] {
  const counts = sumsOf(found.flatMap((language) => (language === null ? [] : [[language, 1] as const])));
  const frequent = [...counts].filter(([, count]) => count >= share * found.length);
  return frequent.map(([language]) => language).sort();
}
