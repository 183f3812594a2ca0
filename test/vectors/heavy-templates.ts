/** A template that would take more work than allowed, and where that is detected. */
export interface HeavyTemplate {
  readonly name: string;
  readonly template: string;
  /** Part of the error when it is rendered. */
  readonly cause: string;
  /** Offset of the error in the check; null if only rendering can detect it. */
  readonly offset: number | null;
}

const nested = (times: number, loop: string, body = 'x') =>
  `${loop.repeat(times)}${body}${'{% endfor %}'.repeat(times)}`;

/** `account.vars.list` has 50 items. */
export const HEAVY_TEMPLATES: readonly HeavyTemplate[] = [
  {
    name: 'a loop of many rounds',
    template: '{% for i in (1..1000000000) %}x{% endfor %}',
    cause: 'memory',
    offset: 0,
  },
  {
    name: 'a loop of many rounds that would leave at once',
    template: 'Hi {% for i in (1..1000000000) %}{% break %}{% endfor %}',
    cause: 'memory',
    offset: 3,
  },
  {
    name: 'a loop of many rounds that is limited to one',
    template: '{% for i in (1..1000000000) limit: 1 %}x{% endfor %}',
    cause: 'memory',
    offset: 0,
  },
  {
    name: 'a loop of many rounds in a branch',
    template: '{% if account.name %}{% for i in (1..1000000000) %}x{% endfor %}{% endif %}',
    cause: 'memory',
    offset: 21,
  },
  {
    name: 'an empty loop within an empty loop',
    template: nested(2, '{% for i in (1..1000) %}', ''),
    cause: 'steps',
    offset: 24,
  },
  {
    name: 'loops within loops over ranges',
    template: nested(6, '{% for i in (1..20) %}'),
    cause: 'steps',
    offset: 66,
  },
  {
    name: 'loops within a liquid tag',
    template: '{% liquid\n for i in (1..500)\n for j in (1..500)\n echo j\n endfor\n endfor\n%}',
    cause: 'steps',
    offset: 30,
  },
  {
    name: 'loops within loops over a list',
    template: nested(8, '{% for a in account.vars.list %}'),
    cause: 'steps',
    offset: null,
  },
  {
    name: 'a loop within loops that mostly continues',
    template: nested(4, '{% for a in account.vars.list %}', '{% continue %}'),
    cause: 'steps',
    offset: null,
  },
  {
    name: 'a range as long as a value says',
    template: '{% assign n = 999999999 %}{% for i in (1..n) %}x{% endfor %}',
    cause: 'memory',
    offset: null,
  },
  {
    name: 'a text that grows by a filter',
    template: `{% assign a = "xxxxxxxxxx" %}${'{% assign a = a | append: a %}'.repeat(30)}{{ a }}`,
    cause: 'memory',
    offset: null,
  },
  {
    name: 'a text that captures itself twice',
    template: `{% assign a = "xxxxxxxxxx" %}${'{% capture a %}{{ a }}{{ a }}{% endcapture %}'.repeat(40)}ok`,
    cause: 'memory',
    offset: null,
  },
  {
    name: 'few rounds of a long text',
    template: `{% for i in (1..1000) %}${'x'.repeat(1000)}{% endfor %}`,
    cause: 'characters',
    offset: null,
  },
  {
    name: 'many rounds of a short text',
    template: '{% for i in (1..10500) %}0123456789{% endfor %}',
    cause: 'characters',
    offset: null,
  },
];
