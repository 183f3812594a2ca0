import fc from 'fast-check';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { harmlessName, harmlessQuote } from '../../../src/actions/compose/harmless.js';
import { checkTemplate, render } from '../../../src/actions/compose/render.js';
import { LIMITS } from '../../../src/domain/limits.js';
import { HEAVY_TEMPLATES } from '../../vectors/heavy-templates.js';
import type { TemplateRoots } from '../../../src/actions/compose/scope.js';

interface Parts {
  readonly name?: string | null;
  readonly username?: string | null;
  readonly text?: string;
  readonly vars?: Record<string, unknown>;
  readonly groups?: Record<string, string>;
}

function rootsWith(parts: Parts = {}): TemplateRoots {
  const { name = 'Anna Berg', username = null, text = 'How much?', vars = {}, groups = {} } = parts;
  return {
    contact: { id: '77', name, username, tags: [], fields: { city: 'Lyon' } },
    message: { id: 'm1', text, at: new Date('2026-11-24T09:59:30Z') },
    account: {
      name: 'shop-ig',
      id: '98434',
      platform: 'instagram',
      vars: { brand: 'Lumen', site: 'https://lumen.example', ...vars },
    },
    match: { keyword: 'how much', groups },
    hours: { shop: { state: 'closed', next_open: new Date('2026-11-24T13:00:00Z'), next_close: null } },
    now: new Date('2026-11-24T12:00:00Z'),
  };
}

/** The text that is sent, or the error in angle brackets. */
function said(template: string, parts: Parts = {}): string {
  const rendered = render(template, rootsWith(parts), 'Europe/Paris');
  return rendered.ok ? rendered.text : `<${rendered.error}>`;
}

describe('a rendered reply', () => {
  it.each([
    ['greets by the first name', "Hi {{ contact.first_name | default: 'there' }}!", 'Hi Anna!'],
    [
      'contains the data of the contact',
      '{{ contact.name }}, {{ contact.id }}, {{ contact.fields.city }}',
      'Anna Berg, 77, Lyon',
    ],
    ['quotes the message', '{{ message.text }} ({{ message.id }})', 'How much? (m1)'],
    ['contains values of the account', '{{ account.vars.brand }} {{ account.platform }}', 'Lumen instagram'],
    ['contains the matched keyword', 'About {{ match.keyword }}', 'About how much'],
    [
      'shows times in the local time zone',
      "Back {{ hours.shop.next_open | date: '%A %H:%M' }}.",
      'Back Tuesday 14:00.',
    ],
    ['shows times in a default format', '{{ now }}, {{ message.at }}', '2026-11-24 13:00, 2026-11-24 10:59'],
    ['shows a time in another zone on request', "{{ now | date: '%H:%M', 'America/New_York' }}", '07:00'],
    ['shows names in another language', "{{ now | date: '%A', locale: 'fr' }}", 'mardi'],
    [
      'shows them in another zone too',
      "{{ now | date: '%A %H', 'Asia/Tokyo', locale: 'de' }}",
      'Dienstag 21',
    ],
    ['writes numbers', '{{ 1234.5 | number }}, {{ "1234.50" | number: locale: \'de\' }}', '1,234.5, 1.234,5'],
    ['writes money', "{{ 20 | money: 'EUR' }}, {{ 19.9 | times: 3 | money: 'USD' }}", '€20, $59.70'],
    ['writes money in a language', "{{ 19.9 | money: 'EUR', locale: 'de' }}", '19,90\u00a0€'],
    [
      'leaves a text that is not a number unchanged',
      "{{ 'soon' | number }} {{ 'much' | money: 'EUR' }}",
      'soon much',
    ],
    ["reads 'now' as the time of the decision", "{{ 'now' | date: '%F %T' }}", '2026-11-24 13:00:00'],
    ['formats a date given as text', "{{ '2026-12-24' | date: '%-d %B' }}", '24 December'],
    [
      'leaves a text that is not a date unchanged',
      "{{ hours.shop.next_close | default: 'soon' | date: '%H' }}",
      'soon',
    ],
    [
      'chooses with if, elsif and else',
      '{% if hours.shop.state == "open" %}Open{% elsif contact.username %}You{% else %}Shut{% endif %}',
      'Shut',
    ],
    [
      'chooses with case and when',
      '{% case hours.shop.state %}{% when "open" %}in{% when "closed" %}out{% endcase %}',
      'out',
    ],
    [
      'tests for a missing value without an error',
      '{% unless contact.username %}nobody{% endunless %}',
      'nobody',
    ],
    [
      'assigns a value to a name',
      "{% assign who = contact.username | default: 'you' %}Hi {{ who }}",
      'Hi you',
    ],
    [
      'repeats with for',
      '{% for n in (1..3) %}{{ n }}{% unless forloop.last %}, {% endunless %}{% endfor %}',
      '1, 2, 3',
    ],
    ['keeps line ends and trims white space', '\n  One\nTwo  \n', 'One\nTwo'],
    ['drops control characters', 'a\u0000b\u0007c\td\r\ne\u009Bf', 'abc d\nef'],
    ['drops half of a surrogate pair', 'a\uD83Db', 'ab'],
    ['keeps emoji', 'Sent! 👩‍👩‍👧 ❤️', 'Sent! 👩‍👩‍👧 ❤️'],
    ['does not escape HTML', '{{ "<b> & \'c\'" }}', "<b> & 'c'"],
  ])('%s', (_, template, expected) => {
    expect(said(template)).toBe(expected);
  });
});

describe('a missing value in a template', () => {
  it.each([
    'contact.fields.size',
    'match.groups.size',
    'account.vars.size',
    'contact.fields.first',
    'hours.size',
  ])('is also one if its name is a word of the template language: %s', (name) => {
    expect(said(`{{ ${name} }}`)).toBe(
      `<${name} has no value here; give it one: {{ ${name} | default: "..." }}>`,
    );
    expect(said(`{{ ${name} | default: 'none' }}`)).toBe('none');
  });

  it('does not hide a value of that name, nor the size of a list', () => {
    expect(said('{{ account.vars.size }} {{ contact.tags.size }}', { vars: { size: 'XL' } })).toBe('XL 0');
  });

  it.each([
    ['a name that is null', 'Hi {{ contact.name }}', 'contact.name'],
    ['the first word of a name that is null', 'Hi {{ contact.first_name }}', 'contact.first_name'],
    ['a group that did not match', '{{ match.groups.order }}', 'match.groups.order'],
    ['a variable of the account', '{{ account.vars.phone }}', 'account.vars.phone'],
    ['a variable that is null', '{{ account.vars.nothing }}', 'account.vars.nothing'],
    [
      'the next closing of a calendar that has none',
      "{{ hours.shop.next_close | date: '%H:%M' }}",
      'hours.shop.next_close',
    ],
    ['a missing name behind a filter', '{{ contact.name | upcase }}', 'contact.name'],
    [
      'a missing name whose default comes after a filter',
      "{{ contact.name | upcase | default: 'you' }}",
      'contact.name',
    ],
    ['a missing name assigned to a variable', '{% assign n = contact.name %}Hi {{ n }}', 'contact.name'],
    [
      'a missing name assigned through a filter',
      '{% assign n = contact.name | upcase %}Hi {{ n }}',
      'contact.name',
    ],
    [
      'a missing list in a loop',
      '{% for each in account.vars.list %}{{ each }}{% endfor %}',
      'account.vars.list',
    ],
    [
      'a missing value inside a loop',
      '{% for each in account.vars.people %}{{ each.phone }}{% endfor %}',
      'each.phone',
    ],
    ['a value of the other kind of rule', '{{ comment.text }}', 'comment.text'],
  ])('refuses the reply and is named in the error: %s', (_, template, name) => {
    const parts = { name: null, vars: { nothing: null, people: [{ name: 'Bo' }] } };
    expect(said(template, parts)).toBe(
      `<${name} has no value here; give it one: {{ ${name} | default: "..." }}>`,
    );
  });

  it.each([
    ['null', null],
    ['empty', ''],
    ['white space', ' \u00A0\n'],
    ['invisible', '\u200B\u3164\u2800'],
    ['symbols only', '✨ ★ ✨'],
    ['emoji only', '🌸'],
  ])('is replaced by its default when the name is %s', (_, name) => {
    expect(
      said("{{ contact.name | default: 'you' }}, {{ contact.first_name | default: 'there' }}", { name }),
    ).toBe('you, there');
    expect(said('{{ contact.first_name }}', { name })).toContain('contact.first_name has no value');
  });

  it('refuses a text that is empty after rendering', () => {
    expect(said(' {% if contact.username %}x{% endif %}\u0007 ')).toBe('<the text is empty>');
  });

  it('refuses an object where a text is expected', () => {
    expect(said('Hi {{ contact }}')).toBe('<this is a group of values, not a text, in {{ contact }}>');
    expect(said('Hi {{ account.vars.list | first }}', { vars: { list: [] } })).toBe(
      '<there is no value, in {{ account.vars.list | first }}>',
    );
  });
});

describe('the text of a contact', () => {
  it.each([
    ['an output', '{{ account.vars.site }}'],
    ['a tag', '{% assign x = 1 %}{% include "secrets" %}'],
    ['an opened raw tag', '{% raw %}'],
    ['a closed raw tag', '{% endraw %}{{ account.id }}'],
    ['half an output', '{{ account.id'],
  ])('is not evaluated as a template: %s', (_, text) => {
    const template = '{{ message.text }}|{{ contact.name }}|{{ match.groups.g }}|{{ account.vars.brand }}';
    expect(said(template, { text, name: text, groups: { g: text } })).toBe(`${text}|${text}|${text}|Lumen`);
  });

  it('is not evaluated as a template when it comes through a filter or a variable', () => {
    const text = '{{ account.vars.site }}';
    const template =
      '{% capture a %}{{ message.text }}{% endcapture %}{% assign b = a | append: message.text %}{{ b }}';
    expect(said(template, { text })).toBe(text + text);
  });

  it('is not evaluated as an expression', () => {
    const template = '{{ account.vars.people | where_exp: "p", message.text | size }}';
    const parts = { text: 'account.vars.site', vars: { people: [{ name: 'Bo' }] } };
    expect(said(template, parts)).toContain('undefined filter: where_exp');
  });

  it('cannot reach JavaScript objects', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
      expect(said('{{ account.vars[message.text] }}', { text: name })).toContain('has no value');
      expect(said(`{{ ${name} }}`)).toContain('has no value');
      expect(said(`{{ contact.${name} }}`)).toContain('has no value');
    }
  });
});

describe('a contact name in a reply', () => {
  it.each([
    ['stays as it is', 'Zoë O’Neil-Müller', 'Zoë O’Neil-Müller', 'Zoë'],
    ['may be in another script', '山田 太郎', '山田 太郎', '山田'],
    ['mentions nobody', '@everyone', 'everyone', 'everyone'],
    ['mentions nobody through other at signs', '＠here and ﹫\u200Ball', 'here and all', 'here'],
    ['mentions nobody through doubled at signs', 'x@@all @\u202Eall', 'xall all', 'xall'],
    ['is on one line', 'Anna\r\nBerg\u2028PS\tx', 'Anna Berg PS x', 'Anna'],
    ['does not reverse the text', 'Anna\u202E\u2066 grebneF\u2069', 'Anna grebneF', 'Anna'],
    ['has no hidden characters', 'A\u200Bn\u200Dn\uFEFFa\u00AD\u0000 \u{E0041}B', 'Anna B', 'Anna'],
    ['keeps an emoji whole', 'Anna ❤️', 'Anna ❤️', 'Anna'],
    ['has a first name that is a word, not a symbol', '✨ (Anna), Berlin', '✨ (Anna), Berlin', 'Anna'],
    ['keeps the dots of initials', 'J. R. Smith', 'J. R. Smith', 'J.'],
    ['has no half of a surrogate pair', 'Anna\uD83C', 'Anna', 'Anna'],
  ])('%s: %j', (_, name, whole, first) => {
    expect(harmlessName(name)).toBe(whole);
    expect(said('{{ contact.name }}|{{ contact.first_name }}', { name })).toBe(`${whole}|${first}`);
  });

  it('is cut to 80 characters, never inside a grapheme', () => {
    expect(Array.from(harmlessName('🌸'.repeat(500)))).toHaveLength(80);
    expect(harmlessName(`${'a'.repeat(79)} b`)).toBe('a'.repeat(79));
  });

  it('is sanitized for the username too, which may consist of symbols', () => {
    expect(said('{{ contact.username }}', { username: '@_anna_\u202E' })).toBe('_anna_');
    expect(said('{{ contact.username }}', { username: '___' })).toBe('___');
    expect(said('{{ contact.username | default: "-" }}', { username: '\u200B' })).toBe('-');
  });

  it('is the same when sanitized twice, and has no line end, @ or control character', () => {
    const unit = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('@', ' ', '\n', '\u200B', '\u202E', '\u0001', '\uD83D', 'all'),
    );
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 60 }), (units) => {
        const name = harmlessName(units.join(''));
        expect(harmlessName(name)).toBe(name);
        expect(name).not.toMatch(/[@\n\p{Cc}\p{Cs}\u200B-\u200F\u202A-\u202E\u2066-\u2069]/u);
        expect(Array.from(name).length).toBeLessThanOrEqual(80);
      }),
    );
  });
});

describe('quoted text of a contact', () => {
  it.each([
    ['mentions nobody', 'hey @everyone and @all!', 'hey everyone and all!'],
    ['mentions nobody at its start', '@here', 'here'],
    [
      'mentions nobody through other, doubled or hidden at signs',
      '＠here ﹫all @@channel @\u200B\u2060everyone',
      'here all channel everyone',
    ],
    ['mentions no third person either', 'send it to @victim_1', 'send it to victim_1'],
    ['mentions nobody in another script', '@все', 'все'],
    ['keeps an e-mail address', 'ana.l+shop@example.org', 'ana.l+shop@example.org'],
    ['keeps an at sign that is no mention', 'meet @ 5, or 5@', 'meet @ 5, or 5@'],
    ['does not reverse our text', 'a\u202Eb\u2066c\u2069', 'abc'],
    [
      'keeps line ends, emoji, joiners and direction marks',
      'One\nTwo 👩‍🚀 می\u200Cخواهم\u200F',
      'One\nTwo 👩‍🚀 می\u200Cخواهم\u200F',
    ],
  ])('%s: %j', (_, text, expected) => {
    expect(harmlessQuote(text)).toBe(expected);
    expect(said('>{{ message.text }}<{{ match.groups.g }}', { text, groups: { g: text } })).toBe(
      `>${expected}<${expected}`,
    );
  });

  it('is the same when sanitized twice', () => {
    const unit = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('@', 'a', ' ', '\u200B', '\u202E', '.', 'all', '\uFF20'),
    );
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 30 }), (units) => {
        const quote = harmlessQuote(units.join(''));
        expect(harmlessQuote(quote)).toBe(quote);
        expect(quote).not.toMatch(/(?:^|\s)[@\uFF20][\p{L}\p{N}_]/u);
      }),
    );
  });
});

describe('limits of a template', () => {
  it('refuse a text that is too long, and accept the longest one allowed', () => {
    const most = LIMITS.renderedText;
    expect(said(`{{ message.text }}`, { text: 'a'.repeat(most) })).toHaveLength(most);
    expect(said(`{{ message.text }}`, { text: 'a'.repeat(most + 1) })).toBe(
      `<the text has ${most + 1} characters, and at most ${most} can be sent>`,
    );
  });

  const list = Array.from({ length: 50 }, (_each, index) => index);

  it.each(HEAVY_TEMPLATES)('stop $name, with the same error each time', ({ template, cause }) => {
    const first = said(template, { vars: { list } });
    expect(first).toMatch(/^<.*>$/su);
    expect(first).toContain(cause);
    expect(said(template, { vars: { list } })).toBe(first);
  });

  it('stop a template that is very long', () => {
    const template = `${'x'.repeat(10 * LIMITS.renderedText)}{{ contact.name }}`;
    expect(said(template)).toContain('parse length');
  });

  it.each(HEAVY_TEMPLATES)(
    'are reported by check with the place, where the text shows it: $name',
    (heavy) => {
      const faults = checkTemplate(heavy.template, { kind: 'message', calendars: [] });
      expect(faults.map(({ offset }) => offset)).toEqual(heavy.offset === null ? [] : [heavy.offset]);
      for (const { message, fix } of faults) {
        expect(message).toMatch(/^the loops? makes? \d+ iterations, which is too many for one text$/u);
        expect(fix).toBe('Write a shorter range.');
      }
    },
  );

  it.each([
    ['as many loop rounds as there are steps', `{% for i in (1..${LIMITS.renderSteps - 3}) %}{% endfor %}ok`],
    ['a loop that leaves early', '{% for i in (1..90000) %}{% break %}{% endfor %}ok'],
    ['loops of a few rounds', '{% for i in (1..50) %}{% for j in (1..50) %}{% endfor %}{% endfor %}ok'],
    ['a range that is empty', '{% for i in (9..1) %}{% for j in (1..50000) %}x{% endfor %}{% endfor %}ok'],
  ])('allow %s', (_, template) => {
    expect(checkTemplate(template, { kind: 'message', calendars: [] })).toEqual([]);
    expect(said(template)).toBe('ok');
  });

  it('count one step for each round and for each part of a template', () => {
    const rounds = (most: number) => said(`{% for i in (1..${most}) %}{% endfor %}ok`);
    expect(rounds(LIMITS.renderSteps - 3)).toContain('ok');
    expect(rounds(LIMITS.renderSteps - 2)).toContain('steps');
  });

  it('stop values that contain themselves', () => {
    const vars: Record<string, unknown> = { brand: 'Lumen' };
    vars['self'] = vars;
    expect(said('{{ account.vars.self.self.brand }}', { vars })).toBe('Lumen');
  });

  it('keep no state from one reply to the next', () => {
    const roots = rootsWith();
    const before = JSON.stringify(roots);
    expect(render('{% assign brand = "x" %}{{ brand }}', roots, 'UTC')).toEqual({ ok: true, text: 'x' });
    expect(render('{{ brand | default: "-" }}', roots, 'UTC')).toEqual({ ok: true, text: '-' });
    expect(JSON.stringify(roots)).toBe(before);
  });
});

describe('the time zone of the process', () => {
  const script = `
    import { render } from './src/actions/compose/render.js';
    const roots = JSON.parse(process.env.ROOTS);
    const text = '{{ now }} {{ now | date: "%A %B %H:%M %z" }} {{ "2026-03-29 02:30" | date: "%F %T" }} {{ now | append: "" }}';
    const at = (now) => render(text, { ...roots, now: new Date(now) }, 'Europe/Paris');
    console.log(JSON.stringify(JSON.parse(process.env.TIMES).map(at)));`;

  const read = '2026-03-29 03:00:00';
  /** Instants near a DST change of Paris and of New York. */
  const TEXTS = {
    '2026-03-29T01:30:00Z': `2026-03-29 03:30 Sunday March 03:30 +0200 ${read} 2026-03-29 03:30`,
    // The template library's own `date` is an hour off here when the process is in New York: its clock jumps between
    // the instant and the wall clock that is shown.
    '2026-03-08T02:30:00Z': `2026-03-08 03:30 Sunday March 03:30 +0100 ${read} 2026-03-08 03:30`,
  };

  it.each(['UTC', 'Europe/Paris', 'America/New_York'])(
    'does not affect rendered times, nor near a DST change: %s',
    async (zone) => {
      const env = {
        ...process.env,
        TZ: zone,
        LANG: 'de_DE.UTF-8',
        ROOTS: JSON.stringify(rootsWith()),
        TIMES: JSON.stringify(Object.keys(TEXTS)),
      };
      const args = ['--import', 'tsx', '--input-type=module', '-e', script];
      const { stdout } = await promisify(execFile)(process.execPath, args, { env });
      expect(JSON.parse(stdout)).toEqual(Object.values(TEXTS).map((text) => ({ ok: true, text })));
    },
  );
});

describe('the check of a template', () => {
  const all = 'known here: contact, message, account, match, hours, now';

  it.each([
    [
      'a name that does not exist',
      '{{ contcat.name }}',
      3,
      'unknown name `contcat`',
      'did you mean `contact`?',
    ],
    ['a name that resembles no known one', 'Hi {{ wibble }}', 6, 'unknown name `wibble`', all],
    [
      'a member without its root',
      '{{ first_name }}',
      3,
      'unknown name `first_name`',
      'did you mean `contact.first_name`?',
    ],
    [
      'a member that does not exist',
      '{{ contact.nmae }}',
      3,
      '`contact` has no `nmae`',
      'did you mean `name`?',
    ],
    [
      'a member that resembles no known one',
      '{{ match.wibble }}',
      3,
      '`match` has no `wibble`',
      'known here: keyword, groups',
    ],
    [
      'an unknown member in brackets',
      '{{ contact["nmae"] }}',
      3,
      '`contact` has no `nmae`',
      'did you mean `name`?',
    ],
    [
      'a member of a single value',
      '{{ now.year }}',
      3,
      '`now` is a single value and has no `year`',
      'write `now`',
    ],
    [
      'comment in a message rule',
      '{{ comment.text }}',
      3,
      'a message rule has no `comment`',
      'write `message`',
    ],
    [
      'a calendar that does not exist',
      '{{ hours.shpo.state }}',
      3,
      'there is no calendar `shpo`',
      'did you mean `shop`?',
    ],
    [
      'an unknown member of a calendar',
      '{{ hours.shop.opens }}',
      3,
      '`hours.shop` has no `opens`',
      'known here: state, next_open, next_close',
    ],
    [
      'an unknown name in a condition',
      'a\nb{% if contcat.name %}x{% endif %}',
      9,
      'unknown name `contcat`',
      'did you mean `contact`?',
    ],
    ['an unknown name in an argument', '{{ contact.name | default: nmae }}', 27, 'unknown name `nmae`', all],
    [
      'an unknown name in an index',
      '{{ account.vars[contact.oops] }}',
      16,
      '`contact` has no `oops`',
      'known here: name, first_name, username, id, fields, tags',
    ],
    [
      'a loop variable after the loop',
      '{% for p in account.vars.list %}{{ p }}{% endfor %}{{ p }}',
      54,
      'unknown name `p`',
      all,
    ],
    [
      'an unknown filter',
      '{{ contact.name | defualt: "x" }}',
      18,
      'unknown filter `defualt`',
      'did you mean `default`?',
    ],
    [
      'a filter that resembles no known one',
      '{{ contact.name | wibble }}',
      18,
      'unknown filter `wibble`',
      null,
    ],
    [
      'an unknown filter in a condition',
      '{% if contact.name %}{% assign a = "b" | upcas %}{% endif %}',
      41,
      'unknown filter `upcas`',
      'did you mean `upcase`?',
    ],
    [
      'a filter with a random result',
      '{{ account.vars.list | sample }}',
      23,
      'unknown filter `sample`',
      null,
    ],
    [
      'a filter that evaluates expressions',
      '{{ account.vars.list | where_exp: "a", "b" }}',
      23,
      'unknown filter `where_exp`',
      null,
    ],
    [
      'an unknown tag',
      'Hi {% iff contact.name %}x{% endiff %}',
      3,
      'unknown tag `iff`',
      'did you mean `if`?',
    ],
    ['an end tag without its start tag', 'Hi {% endif %}', 3, '`endif` has no tag that it belongs to', null],
    ['an include', '{% include "x" %}', 0, 'the tag `include` is not allowed in a reply', null],
    ['a render', '{% render "x" %}', 0, 'the tag `render` is not allowed in a reply', null],
    ['a layout', '{% layout "x" %}', 0, 'the tag `layout` is not allowed in a reply', null],
    ['a block', '{% block x %}{% endblock %}', 0, 'the tag `block` is not allowed in a reply', null],
    [
      'an include within a liquid tag',
      '{% liquid\n include "x"\n%}',
      11,
      'the tag `include` is not allowed in a reply',
      null,
    ],
    ['an output that is not closed', 'Hi {{ contact.name', 3, 'output "{{ contact.name" not closed', null],
    [
      'a tag that is not closed',
      'Hi {% if contact.name %}x',
      3,
      'tag {% if contact.name %} not closed',
      null,
    ],
    ['an empty output', '{{ }}', 3, 'invalid value expression: ""', null],
    [
      'a filter without its colon',
      '{{ contact.name | default "x" }}',
      26,
      'expected ":" after filter name',
      null,
    ],
  ])('finds %s', (_, text, offset, ...[message, fix]) => {
    expect(checkTemplate(text, { kind: 'message', calendars: ['shop'] })).toEqual([{ message, fix, offset }]);
  });

  it('reports all errors at once, in the order of the text', () => {
    const faults = checkTemplate('{{ a | upcas }}{{ contact.b | default: c }}', {
      kind: 'comment',
      calendars: [],
    });
    expect(faults.map(({ message, offset }) => [offset, message])).toEqual([
      [3, 'unknown name `a`'],
      [7, 'unknown filter `upcas`'],
      [18, '`contact` has no `b`'],
      [39, 'unknown name `c`'],
    ]);
  });

  it('reports message in a comment rule, and hours without calendars', () => {
    expect(checkTemplate('{{ message.text }}', { kind: 'comment', calendars: [] })).toEqual([
      { message: 'a comment rule has no `message`', fix: 'write `comment`', offset: 3 },
    ]);
    expect(checkTemplate('{{ hours.shop.state }}', { kind: 'comment', calendars: [] })).toEqual([
      { message: 'there is no calendar `shop`', fix: 'configure one under `calendars`', offset: 3 },
    ]);
  });

  it.each([
    ['no template at all', 'It starts at 20 EUR. { "a": 1 } 100 %'],
    [
      'every documented name',
      '{{ contact.name }}{{ contact.first_name }}{{ contact.username }}{{ contact.id }}{{ contact.fields.any.thing }}{{ comment.id }}{{ comment.text }}{{ comment.at }}{{ comment.post }}{{ account.name }}{{ account.id }}{{ account.platform }}{{ account.vars.any[0] }}{{ match.keyword }}{{ match.groups.any }}{{ hours.my-bar.state }}{{ hours.shop.next_open }}{{ hours.shop.next_close }}{{ now }}',
    ],
    [
      'names that the template defines',
      '{% assign a = "x" %}{% capture b %}y{% endcapture %}{% for c in account.vars.list %}{{ a }}{{ b }}{{ c.any }}{{ forloop.index }}{% break %}{% endfor %}',
    ],
    [
      'conditions and cases',
      '{% if contact.name and now > comment.at %}a{% elsif contact.name == blank %}b{% else %}c{% endif %}{% unless true %}{% endunless %}{% case match.keyword %}{% when "a", "b" %}{% else %}{% endcase %}',
    ],
    [
      'raw text and comments',
      '{% raw %}{{ nothing }}{% endraw %}{% comment %}{{ nothing }}{% include "x" %}{% endcomment %}{% # a note %}',
    ],
    ['the length of a text', '{{ comment.text.size }}'],
    [
      'filters',
      '{{ contact.name | default: "you" | upcase | truncate: 10 }}{{ now | date: "%H:%M" }}{{ 1 | plus: 2 }}',
    ],
  ])('accepts %s', (_, text) => {
    expect(checkTemplate(text, { kind: 'comment', calendars: ['shop', 'my-bar'] })).toEqual([]);
  });

  it('never throws, whatever the text', () => {
    const piece = fc.constantFrom(
      '{{',
      '}}',
      '{%',
      '%}',
      ' ',
      'if',
      'endif',
      'contact',
      '.',
      'name',
      '|',
      'default',
      ':',
      '"',
      "'",
      '[',
      ']',
      'for',
      'in',
      '(1..3)',
      '-',
      'raw',
      'liquid',
      '\n',
      '=',
      '__proto__',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        const text = pieces.join(' ');
        const faults = checkTemplate(text, { kind: 'message', calendars: [] });
        for (const { offset, message } of faults) {
          expect(message).not.toBe('');
          expect(offset === null || (offset >= 0 && offset <= text.length)).toBe(true);
        }
        expect(() => render(text, rootsWith(), 'UTC')).not.toThrow();
      }),
      { numRuns: 300 },
    );
  });
});

describe('contact.first_name', () => {
  it.each([
    ['Dr. Anna Müller', 'Anna'],
    ['Mr. John Smith', 'John'],
    ['Prof. Dr. med. Eva Lang', 'Eva'],
    ['Frau Anna Müller', 'Anna'],
    ['Mme Claire Petit', 'Claire'],
    ['Sra. María López', 'María'],
    ['Sig.ra Anna Rossi', 'Anna'],
    ['J. R. Smith', 'J.'],
    ['Drew Barry', 'Drew'],
    ['Dr. Müller', 'there'],
    ['Mrs Smith', 'there'],
    ['Dr.', 'there'],
    ['Ma Li', 'Ma'],
  ])('of %s is %s', (name, first) => {
    expect(said("{{ contact.first_name | default: 'there' }}", { name })).toBe(first);
  });
});

it.each([
  ['{{ 19.9 | times: 3 }}', '59.7'],
  ['{{ 0.1 | plus: 0.2 }}', '0.3'],
  ['{{ 1.1 | minus: 1 }}', '0.1'],
  ['{{ 10 | divided_by: 4.0 }}', '2.5'],
  ['{{ 9007199254740991 }}', '9007199254740991'],
])('formats %s as %s', (template, text) => expect(said(template)).toBe(text));

it.each(['%V', '%C', '%U', '%W', '%N', '%x', '%X', '%c', '%G', '%g', '%v', '%-V'])(
  'refuses %s, which would be sent unformatted',
  (directive) => {
    const use = { kind: 'message', calendars: ['shop'] } as const;
    expect(checkTemplate(`It is {{ now | date: 'week ${directive} of %Y' }}`, use)).toEqual([
      expect.objectContaining({
        message: expect.stringContaining(`unknown date letter \`${directive}\``) as string,
      }),
    ]);
  },
);

describe('a template without data of the contact', () => {
  const opens = "Back {{ hours.shop.next_open | date: '%H:%M' }}, {{ account.vars.brand }}";
  const later = { state: 'closed', next_open: new Date('2026-11-25T07:30:00Z'), next_close: null } as const;
  const account = { name: 'a', id: '1', platform: 'facebook', vars: { brand: 'Lux' } } as const;

  it.each<[what: string, template: string, change: Partial<TemplateRoots> & { zone?: string }, text: string]>(
    [
      ['the opening hours', opens, { hours: { shop: later } }, 'Back 08:30, Lumen'],
      ['the time zone', opens, { zone: 'UTC' }, 'Back 13:00, Lumen'],
      ['the values of the account', opens, { account }, 'Back 14:00, Lux'],
      ['the account', 'At {{ account.name }}', { account }, 'At a'],
      ['the day', "{{ 'NOW' | downcase | date: '%d' }}", { now: new Date('2026-12-03T12:00:00Z') }, '03'],
    ],
  )(
    'is rendered again after a change of %s',
    (_what, template, { zone = 'Europe/Paris', ...change }, text) => {
      const roots = rootsWith();
      const again = () => render(template, { ...roots, ...change }, zone);
      render(template, roots, 'Europe/Paris');
      expect([again(), again()]).toEqual(Array(2).fill({ ok: true, text }));
    },
  );
});
