// Filters for numbers and money in a language.

/** The number of a value; null if it is no number. Saved fields are texts in plain decimal form. */
function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return typeof value === 'string' && /^-?\d+(?:\.\d+)?$/u.test(value.trim()) ? Number(value) : null;
}

/** A number with the separators of the language. Anything else stays, as with `date`. */
export function numberIn(locale: string, value: unknown): unknown {
  const number = numberOf(value);
  return number === null ? value : new Intl.NumberFormat(locale).format(Number(number.toPrecision(15)));
}

/** An amount with its currency; decimals only if it has some. */
export function moneyIn(locale: string, value: unknown, currency: string): unknown {
  const number = numberOf(value);
  if (number === null) return value;
  return new Intl.NumberFormat(locale, {
    ...{ style: 'currency', currency },
    trailingZeroDisplay: 'stripIfInteger',
  }).format(Number(number.toPrecision(15)));
}

export function isCurrency(text: string): boolean {
  return /^[A-Z]{3}$/u.test(text);
}
