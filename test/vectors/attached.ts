/**
 * Keyword, text, and whether the keyword is in the text, for words with what Arabic writes at their front. The first two
 * pairs come from a report (issue 22); the others were made up for this table and have no source.
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
  // A word of its own, which only ends alike.
  ['سعر', 'مسعر', false],
  ['سعر', 'xالسعر', false],
  ['سعر', 'ابسعر', false],
  // Endings, plurals and stems of two letters: the limits.
  ['سعر', 'سعره', false],
  ['سعر', 'اسعار', false],
  ['لم', 'كلم', false],
  // Found although it is another word, cream: the price of it. `attached: false` is for such.
  ['ريم', 'كريم', true],
];
