import { describe, expect, it } from 'vitest';
import { sameForAll } from '../../../src/actions/compose/same-for-all.js';
import { rootsIn, type TemplateRoots } from '../../../src/actions/compose/scope.js';

const OPTIONS = { timezone: 'UTC', locale: null };
const ROOTS: Omit<TemplateRoots, 'contact'> = {
  account: { name: 'shop', id: '1', platform: 'instagram', vars: { price: '20 EUR' } },
  match: { keyword: null, groups: {} },
  hours: { shop: { state: 'closed', next_open: new Date('2026-11-24T13:00:00Z'), next_close: null } },
  now: new Date('2026-11-24T12:00:00Z'),
};

/** The number of times that a template is rendered for two contacts. */
function renderings(template: string): number {
  let times = 0;
  for (const name of ['Ana', 'Ben']) {
    const roots = { ...ROOTS, contact: { id: name, name, username: null, fields: {}, tags: [] } };
    sameForAll(template, roots, OPTIONS, () => ({ ok: true, text: `${name} ${(times += 1)}` }));
  }
  return times;
}

describe('a rendering is shared between contacts', () => {
  it.each(['{{ hours.shop.next_open }}', '{{ account.vars.price }}', '{% if true %}a{% endif %}'])(
    'for %s',
    (template) => expect(renderings(template)).toBe(1),
  );

  // Taken from the roots that templates have, so that a new one is not shared either.
  it.each(rootsIn('[').filter((root) => root !== 'hours' && root !== 'account'))(
    'never for a template that names %s',
    (root) => {
      expect(renderings(`{{ ${root} }}`)).toBe(2);
      expect(renderings(`{{ hours }}{% if ${root} %}a{% endif %}`)).toBe(2);
      expect(renderings(`{{ hours | append: ${root}.name }}`)).toBe(2);
    },
  );

  it('never for one that may put a name together', () => {
    expect(renderings(`{% assign name = 'con' | append: 'tact' %}{{ [name] }}`)).toBe(2);
  });
});
