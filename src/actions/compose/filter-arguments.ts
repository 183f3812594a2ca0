import { Token, TypeGuards, type Value } from 'liquidjs';
import { isLocale, LOCALE_FIX } from '../../domain/locale.js';
import { unknownDirectives } from '../../engine/calendar/format-time.js';
import { isCurrency } from './intl-filters.js';

interface ArgumentFault {
  readonly message: string;
  readonly fix: string;
  readonly offset: number;
}

type Filter = Value['filters'][number];

/** Wrong literal arguments of a filter: letters of `date`, the currency of `money`, and `locale`. */
export function argumentFaults(filter: Filter): ArgumentFault[] {
  return [...dateFaults(filter), ...moneyFaults(filter), ...localeFaults(filter)];
}

function dateFaults({ name, args }: Filter): ArgumentFault[] {
  const [format] = args;
  if (name !== 'date' || !(format instanceof Token) || !TypeGuards.isQuotedToken(format)) return [];
  return unknownDirectives(format.content).map((directive) => ({
    message: `unknown date letter \`${directive}\`: it would be sent unchanged`,
    fix: 'Known: %a %A %b %B %d %e %F %H %I %j %l %m %M %p %q %S %T %u %w %y %Y %z %Z.',
    offset: format.begin,
  }));
}

function moneyFaults(filter: Filter): ArgumentFault[] {
  if (filter.name !== 'money') return [];
  const [currency] = filter.args;
  const fix = "Write the code of a currency: {{ 20 | money: 'EUR' }}.";
  if (!(currency instanceof Token)) {
    // Private in LiquidJS, but only the token has the place of the filter.
    const token: unknown = Reflect.get(filter, 'token');
    const offset = token instanceof Token ? token.begin : 0;
    return [{ message: 'the filter `money` names no currency', fix, offset }];
  }
  if (!TypeGuards.isQuotedToken(currency) || isCurrency(currency.content)) return [];
  const message = `"${currency.content}" is not the code of a currency`;
  return [{ message, fix, offset: currency.begin }];
}

function localeFaults({ name, args }: Filter): ArgumentFault[] {
  if (!['date', 'number', 'money'].includes(name)) return [];
  return args.flatMap((each) => {
    if (!Array.isArray(each)) return [];
    const [key, value] = each;
    if (key !== 'locale' || !(value instanceof Token) || !TypeGuards.isQuotedToken(value)) return [];
    if (isLocale(value.content)) return [];
    const message = `"${value.content}" is not a language that is known here`;
    return [{ message, fix: LOCALE_FIX, offset: value.begin }];
  });
}
