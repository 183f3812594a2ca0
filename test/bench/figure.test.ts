import { describe, expect, it } from 'vitest';
import { changeOf, merged } from '../../bench/suite/baseline.js';
import { type Figure, figureOf, median, meets, type Pair } from '../../bench/suite/figure.js';
import { tableOf } from '../../bench/suite/table.js';

const CHECK = { part: 'commands', size: 'usual', name: 'check, CPU', unit: 'ms' } as const;

function aFigure(figure: Partial<Figure> = {}): Figure {
  const portable = { value: 6, unit: 'nodes' } as const;
  return { ...CHECK, value: 300, isCost: true, portable, vs: null, asked: [], ...figure };
}

describe('a figure', () => {
  it('has the median of its pairs, and the median of their ratios', () => {
    // The machine was twice as slow in the second pair, and disturbed in the third.
    const pairs: Pair<number>[] = [
      { own: 100, other: 200, bare: 50 },
      { own: 200, other: 400, bare: 100 },
      { own: 300, other: 300, bare: 50 },
    ];
    expect(figureOf(pairs, { ...CHECK, of: (run) => run, portable: 'cpu' })).toMatchObject({
      value: 200,
      portable: { value: 2, unit: 'nodes' },
      vs: { value: 300, ratio: 0.5 },
    });
  });

  it('is compared with no build that was not measured', () => {
    const pairs = [{ own: 100, other: null, bare: 50 }];
    expect(figureOf(pairs, { ...CHECK, of: (run) => run })).toMatchObject({ vs: null, portable: null });
  });

  it('is compared with no build that lacks it', () => {
    const pairs = [{ own: { cpu: 1 }, other: {}, bare: 50 }] as Pair<{ cpu?: number }>[];
    expect(figureOf(pairs, { ...CHECK, of: ({ cpu }) => cpu ?? NaN }).vs).toBeNull();
  });

  it('meets a target of its value or of its ratio', () => {
    const vs = { value: 900, ratio: 1 / 3 };
    const figure = { value: 300, vs };
    expect(meets(figure, { of: 'value', is: 'at most', limit: 300 })).toBe(true);
    expect(meets(figure, { of: 'value', is: 'at least', limit: 301 })).toBe(false);
    expect(meets(figure, { of: 'ratio', is: 'at most', limit: 0.3 })).toBe(false);
    expect(meets({ value: 300, vs: null }, { of: 'ratio', is: 'at most', limit: 0.3 })).toBeNull();
  });

  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
    [[7], 7],
  ])('has a median: %j', (values, expected) => {
    expect(median(values)).toBe(expected);
  });
});

describe('the baseline', () => {
  const baseline = { usual: { commands: { 'check, CPU': 5 } }, quick: { commands: { 'check, CPU': 1 } } };

  it.each([
    [5.7, true, null],
    [5.8, true, 'worse'],
    [4.2, true, 'better'],
    [5.8, false, 'better'],
    [4.2, false, 'worse'],
  ])('%d is no more than noise, better or worse (cost: %s): %s', (value, isCost, verdict) => {
    const figure = aFigure({ portable: { value, unit: 'nodes' }, isCost });
    expect(changeOf(figure, baseline)).toMatchObject({ stored: 5, verdict });
  });

  it('is not compared with figures of this machine, and not with other sizes', () => {
    expect(changeOf(aFigure({ portable: null }), baseline)).toBeNull();
    expect(changeOf(aFigure({ size: 'full' }), baseline)).toBeNull();
  });

  it('keeps the parts and sizes that were not measured, and no figure that a part no longer has', () => {
    const before = {
      usual: { commands: { 'check, CPU': 5, 'gone, CPU': 9 }, idle: { memory: 180 } },
      quick: { commands: { 'check, CPU': 1 } },
    };
    expect(merged(before, [aFigure({ portable: { value: 6.789, unit: 'nodes' } })])).toEqual({
      usual: { commands: { 'check, CPU': 6.79 }, idle: { memory: 180 } },
      quick: { commands: { 'check, CPU': 1 } },
    });
  });
});

describe('the table', () => {
  const figures = [
    aFigure({
      vs: { value: 900, ratio: 1 / 3 },
      asked: [{ of: 'ratio', is: 'at most', limit: 0.5 }],
    }),
    aFigure({ part: 'idle', name: 'memory', value: 188.4, unit: 'MB', portable: null }),
  ];
  const baseline = { usual: { commands: { 'check, CPU': 5 } } };
  const cells = (text: string): string[][] =>
    text
      .split('\n')
      .filter((line) => line.startsWith('│'))
      .map((line) =>
        line
          .split('│')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );

  it('shows this version, the other one, the baseline and the targets', () => {
    expect(cells(tableOf(figures, baseline, '8e9c2d6'))).toEqual([
      ['figure', 'this version', '8e9c2d6', 'ratio', 'baseline', 'change', 'asked'],
      ['commands:'],
      [
        'check, CPU',
        '300 ms = 6 nodes',
        '900 ms',
        '0.333',
        '5 nodes',
        '+20 % worse',
        'ratio at most 0.5, met',
      ],
      ['idle:'],
      ['memory', '188 MB', '', '', '', '', ''],
    ]);
  });

  it('has no ratio of two counts of 0', () => {
    const figure = aFigure({
      ...{ part: 'fleet', name: 'with two replies', value: 0, unit: 'workspaces', portable: null },
      vs: { value: 0, ratio: NaN },
    });
    const [, , row] = cells(tableOf([figure], {}, '8e9c2d6'));
    expect(row).toEqual(['with two replies', '0 workspaces', '0 workspaces', '', '', '', '']);
  });

  it('has no columns for another build without one', () => {
    const [head, , row] = cells(tableOf([aFigure()], baseline, null));
    expect(head).toEqual(['figure', 'this version', 'baseline', 'change', 'asked']);
    expect(row).toEqual(['check, CPU', '300 ms = 6 nodes', '5 nodes', '+20 % worse', '']);
  });
});
