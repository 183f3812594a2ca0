import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** A heading that every page has once the program has responded. */
export const READY = 'main .card, main .empty:not([role=status])';
const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** The axe rules about colours: only these can give another result in a dark page than in a light one. */
const COLOURS = ['color-contrast', 'link-in-text-block'];

/** Findings of axe against WCAG 2.2 AA. It is evaluated, not inserted into the page, whose policy forbids that. */
export async function faultsOf(page: Page, rules: readonly string[] = STANDARDS): Promise<string[]> {
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(AXE);
  const options = { runOnly: rules, resultTypes: ['violations'], selectors: false };
  return page.evaluate<string[]>(`axe.run(document, ${JSON.stringify(options)}).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))`);
}

/** Names of the pages in the bottom bar that are wider than their place, or outside the screen. */
async function cutLabels(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`[...document.querySelectorAll('.links a')].filter((link) => {
    const text = document.createRange();
    text.selectNode([...link.childNodes].find((node) => node.nodeType === Node.TEXT_NODE));
    const box = link.getBoundingClientRect();
    const { left, right } = text.getBoundingClientRect();
    return left < box.left - 1 || right > box.right + 1 || left < 0 || right > innerWidth;
  }).map((link) => link.textContent)`);
}

/** Checks a page in light, dark and right-to-left, and on a phone. */
export async function looksRight(page: Page, path: string): Promise<void> {
  for (const [colorScheme, rules] of [
    ['light', STANDARDS],
    ['dark', COLOURS],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    expect([path, colorScheme, await faultsOf(page, rules)]).toEqual([path, colorScheme, []]);
  }
  await page.setViewportSize({ width: 360, height: 740 });
  for (const direction of ['ltr', 'rtl']) {
    await page.evaluate(`document.documentElement.dir = '${direction}'`);
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    expect([path, direction, width]).toEqual([path, direction, 360]);
    expect([path, direction, await cutLabels(page)]).toEqual([path, direction, []]);
  }
  expect([path, 'rtl on a phone', await faultsOf(page)]).toEqual([path, 'rtl on a phone', []]);
}
