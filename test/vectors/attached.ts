/**
 * Keyword, text, and whether the text contains the keyword, for Arabic words with attached prefixes. The
 * first two pairs come from a report (issue 22); the others were written for this table and have no source.
 */
export const ATTACHED: readonly (readonly [string, string, boolean])[] = [
  ['سعر', 'كم السعر', true],
  ['سعر', 'بسعر', true],
  ['سعر', 'بالسعر؟', true],
  ['سعر', 'كالسعر', true],
  ['سعر', 'للسعر', true],
  ['سعر', 'لسعر', true],
  ['سعر', 'وسعر', true],
  ['سعر', 'والسعر كم', true],
  ['سعر', 'فبسعر', true],
  ['سعر', 'وبالسعر', true],
  ['سعر', 'بِالسِّعْرِ', true],
  ['سعر التوصيل', 'وسعر التوصيل', true],
  ['السعر', 'بالسعر', true],
  ['أسعار', 'الاسعار', true],
  // A different word that only has the same ending.
  ['سعر', 'مسعر', false],
  ['سعر', 'xالسعر', false],
  ['سعر', 'ابسعر', false],
  // Not supported: suffixes, plurals, and stems of two letters.
  ['سعر', 'سعره', false],
  ['سعر', 'اسعار', false],
  ['لم', 'كلم', false],
  // A known false match: the text is another word, cream, but reads like prefix and keyword. `attached:
  // false` prevents it.
  ['ريم', 'كريم', true],
];
