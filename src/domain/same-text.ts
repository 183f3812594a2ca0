/**
 * A link, with or without scheme: platforms add a missing scheme, and X replaces links with its own short
 * links.
 */
const LINK =
  /(?:https?:\/\/\S+?|(?:[\p{L}\p{N}][\p{L}\p{N}-]{0,62}\.)+\p{L}{2,}(?:[/?#]\S*?)?)(?=[.,;:!?)\]]*(?:\s|$))/giu;
/** Variation selectors, which choose text or emoji presentation of a character; platforms drop them. */
const VARIATION = /[\uFE0E\uFE0F]/gu;
const ENTITY = /&(?:(?<name>amp|lt|gt|quot|apos|nbsp)|#(?<code>\d{1,7})|#x(?<hex>[\da-f]{1,6}));/giu;
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

/**
 * True if the texts differ only by changes that platforms make: white space, composed accents, variation
 * selectors, characters as entities, and links.
 */
export function isSameText(a: string, b: string): boolean {
  return a === b || bare(a) === bare(b);
}

function bare(text: string): string {
  const signs = text.replace(ENTITY, decoded).normalize('NFC').replace(VARIATION, '');
  return signs.replace(LINK, 'link').replace(/\s+/gu, ' ').trim();
}

function decoded(entity: string, name?: string, code?: string, hex?: string): string {
  if (name !== undefined) return NAMED[name.toLowerCase()] ?? entity;
  const point = code === undefined ? Number.parseInt(hex ?? '', 16) : Number(code);
  return point <= 0x10ffff ? String.fromCodePoint(point) : entity;
}
