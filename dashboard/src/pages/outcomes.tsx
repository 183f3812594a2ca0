import type { TestsView } from '../../../src/server/views.js';
import { count } from '../format.js';
import { Empty } from '../parts.js';

/** Results of the tests of rules. */
export function Outcomes({ tests }: TestsView) {
  if (tests === null) return <p class="fault">The files have errors, so their tests cannot run.</p>;
  if (tests.length === 0) return <Empty>The rule files have no tests. Write some under `tests:`.</Empty>;
  const failed = tests.filter(({ failures }) => failures.length > 0).length;
  return (
    <>
      <p role="status">
        {count(tests.length - failed, 'test')} passed, {failed} failed
      </p>
      <ul class="plain">
        {tests.map(({ name, place, failures }) => (
          <li key={`${place} ${name}`}>
            <span class={`chip ${failures.length > 0 ? 'bad' : 'good'}`}>
              {failures.length > 0 ? 'failed' : 'passed'}
            </span>{' '}
            {name} <span class="quiet">{place}</span>
            {failures.length > 0 && <pre>{failures.join('\n')}</pre>}
          </li>
        ))}
      </ul>
    </>
  );
}
