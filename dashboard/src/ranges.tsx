/** Ranges in days that the server offers. */
export const RANGES = [7, 30, 90] as const;

/** Buttons that choose a range of days. */
export function Ranges({
  range,
  choose,
}: {
  readonly range: number;
  readonly choose: (days: number) => void;
}) {
  return (
    <div class="segments" role="group" aria-label="Range">
      {RANGES.map((days) => (
        <button key={days} type="button" aria-pressed={days === range} onClick={() => choose(days)}>
          {days} days
        </button>
      ))}
    </div>
  );
}
