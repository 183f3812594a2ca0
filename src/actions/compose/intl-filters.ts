// Filters for numbers and money in a language.

/** Converts a value to a number; null if it is not one. Saved fields are texts in plain decimal form. */
function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return typeof value === 'string' && /^-?\d+(?:\.\d+)?$/u.test(value.trim()) ? Number(value) : null;
}

/**
 * Formats a number with the separators of the language. Returns any other value unchanged, as `date` does.
 */
export function numberIn(locale: string, value: unknown): unknown {
  const number = numberOf(value);
  return number === null ? value : new Intl.NumberFormat(locale).format(Number(number.toPrecision(15)));
}

/** Formats an amount with its currency, with decimals only if the amount has any. */
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
