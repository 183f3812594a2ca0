// Generates docs/rule-reference.md from the JSON Schema of rules: a section for each block of keys, a row for
// each key.

const TITLES = {
  '': 'A file',
  'rules[]': 'A rule',
  'rules[].keywords': 'Keywords',
  'rules[].reply': 'A reply',
  'rules[].comment_reply': 'A public reply',
  'rules[].once_per': 'The cooldown of a rule',
  condition: 'A condition',
  step: 'A step of a funnel',
  'tests[]': 'A test',
  'tests[].event': 'An event of a test',
  'tests[].event.contact': 'The contact of an event',
  'tests[].expect': 'What a test expects',
  'tests[].expect.reply': 'An expected text',
};

/** Blocks that contain themselves, and what a row calls one. */
const SHARED = { condition: 'a condition', step: 'a step' };

const INTRODUCTION = `# Every key of a rule file

Generated from the definitions that check rule files, by \`npm run generate\`: do not edit. What the keys mean together,
with examples: [the rule language](rules.md). Whole rules to copy: [the cookbook](cookbook/README.md).

Each key is optional unless its row says otherwise. A key that is not listed is an error.
`;

/** Writes the page. Equal blocks, such as those of the three kinds of reply, share a section. */
export function ruleReference(schema) {
  const { id, answers, ...defaults } = schema.properties.rules.items.properties;
  const sections = new Map();
  // Register the block of `defaults` as part of `rules[]`: otherwise the traversal would find it first under
  // `defaults`.
  const known = new Map([[JSON.stringify(defaults), 'rules[]']]);
  const queue = [['', schema]];
  for (let next = queue.shift(); next; next = queue.shift()) {
    const [path, block] = next;
    const rows = Object.entries(merged(block.properties)).map(([key, value]) => {
      const place = path === '' ? key : `${path}.${key}`;
      const needed = (block.required ?? []).includes(key) ? ' **Required.**' : '';
      return `| \`${key}\` | ${typeOf(value, place, { queue, known })} | ${cell(value.description ?? '')}${needed} |`;
    });
    sections.set(path, ['| key | value | meaning |', '| --- | --- | --- |', ...rows].join('\n'));
    const shared = Object.keys(SHARED).find((name) => !sections.has(name));
    if (queue.length === 0 && shared) queue.push([shared, schema.definitions[shared]]);
  }
  const order = [...Object.keys(TITLES), ...[...sections.keys()].filter((path) => !(path in TITLES))];
  const shown = order.filter((path) => sections.has(path));
  return [INTRODUCTION, ...shown.map((path) => `## ${titleOf(path)}\n\n${sections.get(path)}\n`)].join('\n');
}

/** The keys, those of the languages as one: their values are the same. */
function merged(properties) {
  const languages = Object.keys(properties).filter(
    (key) => /^[a-z]{2}$/u.test(key) && key !== 'in' && key !== 'on',
  );
  if (languages.length < 2) return properties;
  const [first] = languages;
  const rest = Object.entries(properties).filter(([key]) => !languages.includes(key));
  const description = 'The text for contacts who write in this language.';
  return { ...Object.fromEntries(rest), [languages.join('`, `')]: { ...properties[first], description } };
}

/** Describes the type of a value for people. Blocks are added to the queue, and linked. */
function typeOf(value, path, found) {
  const shared = (value.$ref ?? value.allOf?.[0].$ref)?.replace(/^.*\//u, '');
  if (shared === 'text_in_language') return 'a text, or `{ one_of: […] }`';
  if (shared !== undefined) return link(shared, SHARED[shared]);
  if (value.anyOf) return alternatives(value.anyOf, path, found);
  if (value.const !== undefined) return `\`${value.const}\``;
  if (value.enum) return value.enum.map((each) => `\`${each}\``).join(', ');
  if (value.type === 'array')
    return `a list${bounds(value.minItems, value.maxItems)}: ${typeOf(value.items, `${path}[]`, found)}`;
  if (value.type === 'object') return blockOf(value, path, found);
  if (value.type === 'boolean') return '`true`, `false`';
  if (value.type === 'integer') return `a whole number${bounds(value.minimum, value.maximum)}`;
  if (value.type === 'string') return `a text${bounds(value.minLength, value.maxLength, ' characters')}`;
  return 'any value';
}

function alternatives(all, path, found) {
  return [...new Set(all.map((each) => typeOf(each, path, found)))].join(', or ');
}

function blockOf(value, path, { queue, known }) {
  if (!value.properties) return 'a block';
  if (Object.keys(value.properties).join() === 'group') return '`{ group: NAME }`';
  const shape = JSON.stringify(value.properties);
  if (!known.has(shape)) {
    known.set(shape, path);
    queue.push([path, value]);
  }
  return link(known.get(shape), 'a block');
}

function bounds(least, most, unit = '') {
  if (most === undefined) return '';
  return least === undefined
    ? `, at most ${number(most)}${unit}`
    : `, ${number(least)} to ${number(most)}${unit}`;
}

function number(value) {
  return value.toLocaleString('en');
}

function titleOf(path) {
  return TITLES[path] ?? `\`${path.replace(/^.*[.\]]/u, '')}\``;
}

function link(path, text) {
  const anchor = titleOf(path)
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
  return `[${text}](#${anchor})`;
}

function cell(text) {
  return text.replaceAll('|', '\\|');
}
