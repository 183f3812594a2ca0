// Templates of replies: allowed names, checks when rules load, and rendering.
import {
  AssignTag,
  Context,
  Liquid,
  LiquidError,
  type Template,
  Token,
  toValue,
  toValueSync,
  TypeGuards,
  UndefinedVariableError,
  Value,
} from 'liquidjs';
import { LIMITS } from '../../domain/limits.js';
import { type Instant } from '../../domain/time.js';
import { formatTime } from '../../engine/calendar/format-time.js';
import { argumentFaults } from './filter-arguments.js';
import { moneyIn, numberIn } from './intl-filters.js';
import { fixFor, nameFault, shapeOf, type TextKind } from './template-names.js';
import { printable } from './printable.js';
import { type Rendered, sameForAll } from './same-for-all.js';
import { BoundedCapture, BoundedOutput, childrenOf, countSteps, loopFaults, RENDER_MEMORY } from './work.js';
import { type TemplateRoots, scopeOf, instantIn, DATE_FORMAT } from './scope.js';

/** A problem in a template. `offset` counts characters from its start; null if the place is unknown. */
interface TemplateFault {
  readonly message: string;
  readonly fix: string | null;
  readonly offset: number | null;
}

/** Use of a template: the kind of its rule, and the names of the configured calendars. */
interface TemplateUse {
  readonly kind: TextKind;
  readonly calendars: readonly string[];
}

const ALLOWED_TAGS = 'assign break capture case comment continue echo for if liquid raw unless #'.split(' ');
/**
 * Existing Liquid tags that are forbidden. The first four read files, the others keep a counter between
 * replies or write HTML.
 */
const FORBIDDEN_TAGS = 'include render layout block cycle decrement increment tablerow'.split(' ');
/**
 * `_exp` filters evaluate a text as an expression, and the text may be a contact's; `sample` is random, so a
 * replay would differ; the `date_` filters only know the zone of the process; `raw` would bypass `printed`.
 */
const FORBIDDEN_FILTERS = [
  ...['find_exp', 'find_index_exp', 'group_by_exp', 'has_exp', 'reject_exp', 'where_exp', 'sample', 'raw'],
  ...['date_to_long_string', 'date_to_rfc822', 'date_to_string', 'date_to_xmlschema'],
];
const SETTINGS = 'render-settings';
/** Without any of these a template is its own output. */
const MARKUP = /\{[{%]/u;
const CACHED_TEMPLATES = 2_000;
type Settings = Readonly<{
  timezone: string;
  now: () => Instant;
  locale: string;
  /** Encodes each inserted value. @default unchanged */
  encode?: ((value: string) => string) | undefined;
}>;

/** Language for names, numbers and money if the account and the contact have none. */
const ENGLISH = 'en-US';

/** Like the library's tag, but a missing value is an error here too, unless `default` follows. */
class StrictAssign extends AssignTag {
  override *render(context: Context): Generator<unknown, void, unknown> {
    const [[value], [target]] = [[...this.arguments()], [...this.localScope()]];
    if (!(value instanceof Value) || !target) return;
    context.bottom()[target.content] = yield value.value(context, false);
  }
}

const strict = newLiquid(true);
/**
 * Parser for checks, which accepts unknown filters: `filterFaults` searches for them afterwards, so that all
 * are reported and not only the first.
 */
const lenient = newLiquid(false);
const compiled = new Map<string, Template[]>();

function newLiquid(strictFilters: boolean): Liquid {
  const liquid = new Liquid({
    strictFilters,
    strictVariables: true,
    lenientIf: true,
    ownPropertyOnly: true,
    // The output filter is left out for checks, where `filterFaults` would report it as an unknown filter.
    ...(strictFilters ? { outputEscape: inserted } : {}),
    templates: {},
    parseLimit: 10 * LIMITS.renderedText,
    memoryLimit: RENDER_MEMORY,
    locale: 'en-US', // Unused, but to look up the system's takes 7 ms.
  });
  for (const name of Object.keys(liquid.tags)) {
    if (!ALLOWED_TAGS.includes(name)) Reflect.deleteProperty(liquid.tags, name);
  }
  for (const name of FORBIDDEN_FILTERS) liquid.unregisterFilter(name);
  liquid.registerTag('assign', StrictAssign);
  liquid.registerTag('capture', BoundedCapture);
  liquid.registerFilter('date', function (value: unknown, ...args: unknown[]) {
    const settings = settingsOf(this.context, args);
    const [format, zone] = args.filter((each) => !Array.isArray(each));
    const place = typeof zone === 'string' ? zone : settings.timezone;
    const at = value === 'now' || value === 'today' ? settings.now() : instantIn(value, place);
    // Like Liquid, returns a value that is no date unchanged: `default: 'soon' | date: '%H:%M'` gives `soon`.
    if (at === null) return value;
    return formatTime(place, at, typeof format === 'string' ? format : DATE_FORMAT, settings.locale);
  });
  liquid.registerFilter('number', function (value: unknown, ...args: unknown[]) {
    return numberIn(settingsOf(this.context, args).locale, value);
  });
  liquid.registerFilter('money', function (value: unknown, currency: unknown, ...args: unknown[]) {
    return moneyIn(settingsOf(this.context, args).locale, value, String(currency));
  });
  return liquid;
}

/** Settings for rendering, with the `locale` argument of the filter if it has one. */
function settingsOf(context: Context, args: readonly unknown[]): Settings {
  const settings = context.getRegister<Settings>(SETTINGS);
  const named = args.find((each): each is unknown[] => Array.isArray(each) && each[0] === 'locale');
  return typeof named?.[1] === 'string' ? { ...settings, locale: named[1] } : settings;
}

/**
 * Renders a template. A missing value without a `default` is an error that names it, as are an empty text, one of more
 * than `LIMITS.renderedText` characters, and a template that needs too much work (see work.ts). Values are data: a
 * contact's text is never parsed as a template, mentions nobody and reverses no text. Times are formatted in `timezone`,
 * names and numbers in `locale`. Control characters except line ends are removed, and the result is trimmed.
 */
export function render(
  text: string,
  roots: TemplateRoots,
  timezone: string,
  locale: string | null = null,
): Rendered {
  const options = { timezone, locale };
  return sameForAll(text, roots, options, (onNow) => renderWith(text, roots, { timezone, locale, onNow }));
}

/**
 * Renders a text for a program instead of a person: it may be empty, and `encode` is applied to each value that
 * it inserts.
 */
export function renderForProgram(
  text: string,
  roots: TemplateRoots,
  options: Pick<RenderOptions, 'timezone' | 'locale' | 'encode'>,
): Rendered {
  return renderWith(text, roots, { ...options, mayBeEmpty: true });
}

interface RenderOptions extends Pick<Settings, 'timezone' | 'encode'> {
  readonly locale: string | null;
  readonly mayBeEmpty?: boolean;
  /** Called when a filter reads the time of the reply. */
  readonly onNow?: () => void;
}

function renderWith(
  text: string,
  roots: TemplateRoots,
  { timezone, locale, encode, mayBeEmpty = false, onNow }: RenderOptions,
): Rendered {
  if (!MARKUP.test(text)) return finished(text, mayBeEmpty);
  try {
    const scope = scopeOf(text, roots, timezone);
    const context = new Context(scope, strict.options, { sync: true }, { liquid: strict });
    const now = (): Instant => (onNow?.(), roots.now.getTime());
    const settings: Settings = { timezone, now, locale: locale ?? ENGLISH, encode };
    context.setRegister(SETTINGS, settings);
    countSteps(context);
    const output = new BoundedOutput();
    toValueSync(strict.renderer.renderTemplates(templatesOf(text), context, output));
    return finished(output.buffer, mayBeEmpty);
  } catch (error) {
    return { ok: false, error: explained(error) };
  }
}

/**
 * Finds all problems of a template before it is used: syntax, tags and filters that do not exist or are not
 * allowed, names that no event of this kind has, and loops with too many iterations. Of several syntax errors
 * only the first is reported.
 */
export function checkTemplate(text: string, use: TemplateUse): readonly TemplateFault[] {
  try {
    const templates = lenient.parse(text);
    const faults = [
      ...filterFaults(templates),
      ...variableFaults(text, templates, use),
      ...loopFaults(templates),
    ];
    return faults.sort((a, b) => (a.offset ?? 0) - (b.offset ?? 0));
  } catch (error) {
    return [syntaxFault(error)];
  }
}

function templatesOf(text: string): Template[] {
  const known = compiled.get(text);
  if (known) return known;
  const templates = strict.parse(text);
  if (compiled.size >= CACHED_TEMPLATES) compiled.clear();
  compiled.set(text, templates);
  return templates;
}

function finished(raw: string, mayBeEmpty: boolean): Rendered {
  const most = LIMITS.renderedText;
  const tooLong = (length: number) => `the text has ${length} characters, and at most ${most} can be sent`;
  const text = printable(raw);
  if (text.length > most) return { ok: false, error: tooLong(text.length) };
  return text === '' && !mayBeEmpty ? { ok: false, error: 'the text is empty' } : { ok: true, text };
}

/** The text that stands for a value in the output. */
function inserted(this: { readonly context: Context }, output: unknown): string {
  const text = printed(output);
  return this.context.getRegister<Settings>(SETTINGS).encode?.(text) ?? text;
}

/**
 * Converts a value for output. A missing value that was passed on by a variable or a filter is still an
 * error.
 */
function printed(output: unknown): string {
  const value: unknown = toValue(output);
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return `${Number.isInteger(value) ? value : Number(value.toPrecision(15))}`;
  if (typeof value === 'boolean') return `${value}`;
  if (value instanceof Date) return value.toString();
  if (Array.isArray(value)) return value.map(printed).join('');
  throw new Error(value ? 'this is a group of values, not a text' : 'there is no value');
}

function explained(error: unknown): string {
  if (error instanceof UndefinedVariableError) {
    const name = error.token.getText();
    return `${name} has no value here; give it one: {{ ${name} | default: "..." }}`;
  }
  if (!(error instanceof LiquidError)) return error instanceof Error ? error.message : String(error);
  const place = error.token.getText();
  return `${causeOf(error)}, in ${place.length > 60 ? `${place.slice(0, 60)}...` : place}`;
}

/** The library's own message, without the place that it appends. */
function causeOf(error: LiquidError): string {
  const [line, column] = error.token.getPosition();
  const place = `, line:${String(line)}, col:${String(column)}`;
  const message = error.originalError?.message ?? error.message;
  return message.endsWith(place) ? message.slice(0, -place.length) : message;
}

function variableFaults(text: string, templates: Template[], use: TemplateUse): TemplateFault[] {
  const shape = shapeOf(use.kind, use.calendars);
  const lines = text.split('\n');
  // `globals`: names that no loop or assign of the template itself defines.
  return Object.values(lenient.analyzeSync(templates, { partials: false }).globals).flatMap((variables) =>
    variables.flatMap((variable) => {
      const fault = nameFault(variable.segments, shape, use.kind);
      const { row, col } = variable.location;
      const before = lines.slice(0, row - 1).reduce((sum, line) => sum + line.length + 1, 0);
      return fault ? [{ ...fault, offset: before + col - 1 }] : [];
    }),
  );
}

function filterFaults(templates: readonly Template[]): TemplateFault[] {
  return templates.flatMap((template) => {
    const values = [...(template.arguments?.() ?? [])].filter((each) => each instanceof Value);
    const unknown = values.flatMap((value) => value.filters).filter(({ name }) => !(name in lenient.filters));
    return [
      ...unknown.map((filter) => {
        // Private in LiquidJS, but only the token has the place of the filter.
        const token: unknown = Reflect.get(filter, 'token');
        const offset = token instanceof Token ? token.begin : template.token.begin;
        const fix = fixFor(filter.name, Object.keys(lenient.filters), false);
        return { message: `unknown filter \`${filter.name}\``, fix, offset };
      }),
      ...values.flatMap((value) => value.filters).flatMap((filter) => argumentFaults(filter)),
      ...filterFaults(childrenOf(template)),
    ];
  });
}

function syntaxFault(error: unknown): TemplateFault {
  if (!(error instanceof LiquidError)) return { message: explained(error), fix: null, offset: null };
  const { token } = error;
  const fault = (message: string, fix: string | null = null) => ({ message, fix, offset: token.begin });
  if (!TypeGuards.isTagToken(token) || token.name in lenient.tags) return fault(causeOf(error));
  const { name } = token;
  if (FORBIDDEN_TAGS.includes(name)) return fault(`the tag \`${name}\` is not allowed in a reply`);
  if (/^(?:end.*|else|elsif|when)$/u.test(name)) return fault(`\`${name}\` has no tag that it belongs to`);
  return fault(`unknown tag \`${name}\``, fixFor(name, ALLOWED_TAGS));
}
