import { useEffect, useRef, useState } from 'preact/hooks';
import type uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

interface DaysProps {
  readonly label: string;
  /** One number for each day; the last one is for `today`. */
  readonly days: readonly number[];
  /** The start of the last day, in milliseconds, UTC. */
  readonly today: number;
}

const DAY = 86_400;
const HEIGHT = 140;
/** Steps of the axis of counts, which have no fractions. */
const WHOLE_STEPS = [1, 10, 100, 1_000, 10_000, 100_000].flatMap((unit) => [unit, 2 * unit, 5 * unit]);
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric', timeZone: 'UTC' });

/** Colour scheme: a chart is drawn in fixed colours, and does not follow the page. */
function useScheme(): boolean {
  const [dark] = useState(() => matchMedia('(prefers-color-scheme: dark)'));
  const [isDark, setDark] = useState(dark.matches);
  useEffect(() => {
    const change = () => setDark(dark.matches);
    dark.addEventListener('change', change);
    return () => dark.removeEventListener('change', change);
  }, [dark]);
  return isDark;
}

/** Drops the days before the first day with data, which precede the installation. */
function fromFirst(days: readonly number[]): readonly number[] {
  const first = days.findIndex((n) => n > 0);
  return first === -1 ? days : days.slice(first);
}

/** Bars, one per day, with a table of the numbers for screen readers. */
export function Days({ label, days: all, today }: DaysProps) {
  const box = useRef<HTMLDivElement>(null);
  const scheme = useScheme();
  const days = fromFirst(all);
  const text = days.map((n) => n.toLocaleString()).join(', ');
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    let end: (() => void) | null = () => undefined;
    // The chart library is loaded after the first content, which needs no chart.
    void import('uplot').then(({ default: plot }) => {
      if (end !== null) end = draw(plot, element, days, today);
    });
    return () => {
      end?.();
      end = null;
    };
  }, [text, today, scheme]);
  return (
    <figure class="chart">
      <figcaption>
        {label}
        <span class="unseen">, of {days.length} days, today last:</span>{' '}
        <span class={days.length > 7 ? 'unseen' : 'quiet'}>{text}</span>
      </figcaption>
      <div ref={box} class="plot" aria-hidden="true" />
    </figure>
  );
}

/** Draws the bars. Returns a function that removes them. */
function draw(Plot: typeof uPlot, element: HTMLElement, days: readonly number[], today: number): () => void {
  const style = getComputedStyle(element);
  const ink = style.getPropertyValue('--quiet');
  // Labels of the axis, as many as fit.
  const every = Math.ceil(days.length / Math.max(1, Math.min(7, element.clientWidth / 60)));
  const dayName = (at: number, index: number): string =>
    (days.length - 1 - index) % every === 0 ? weekday.format(at * 1_000) : '';
  const times = days.map((_, index) => today / 1_000 - (days.length - 1 - index) * DAY);
  const axis = {
    stroke: ink,
    grid: { stroke: style.getPropertyValue('--line'), width: 1 },
    ticks: { show: false },
  };
  const plot = new Plot(
    {
      width: element.clientWidth,
      height: HEIGHT,
      cursor: { show: false },
      legend: { show: false },
      scales: {
        x: { time: true, range: [(times[0] ?? 0) - DAY / 2, (times.at(-1) ?? 0) + DAY / 2] },
        y: { range: (_, __, most) => [0, Math.max(4, most)] },
      },
      axes: [
        { ...axis, size: 28, splits: () => times, values: (_, at) => at.map(dayName) },
        { ...axis, size: 44, incrs: WHOLE_STEPS },
      ],
      series: [
        {},
        {
          fill: style.getPropertyValue('--accent'),
          stroke: style.getPropertyValue('--accent'),
          ...(Plot.paths.bars ? { paths: Plot.paths.bars({ size: [0.6, 48] }) } : {}),
          points: { show: false },
        },
      ],
    },
    [times, [...days]],
    element,
  );
  const resized = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
  resized.observe(element);
  return () => {
    resized.disconnect();
    plot.destroy();
  };
}
