// The statements of `src/store/sql` use SQL common to SQLite and PostgreSQL, with few exceptions, which are
// translated here.

/** A statement for PostgreSQL, and the mapping of values to its parameters. */
export interface Translated {
  readonly text: string;
  readonly bind: (values: readonly unknown[]) => readonly unknown[];
}

/**
 * Numbers the parameters, and replaces SQLite-specific syntax:
 * - `json_each` of a list of texts, or (`as f`) of an object;
 * - rows to insert from a list of objects, whose fields get the types of the table's columns;
 * - `rowid`, for deleting a row without a key;
 * - `+account`, `+at` and `+started_at`, which keep SQLite from using an index;
 * - the target of `on conflict`, since every key begins with the workspace.
 */
export function translate(sql: string): Translated {
  const names: string[] = [];
  let count = 0;
  const numbered = outsideOfTexts(sql, (part) =>
    part.replaceAll(/@(\w+)|\?/gu, (_, name: string | undefined) => {
      if (name === undefined) return `$${(count += 1)}`;
      if (!names.includes(name)) names.push(name);
      return `$${names.indexOf(name) + 1}`;
    }),
  );
  if (count > 0 && names.length > 0) throw new Error(`a statement has named and unnamed parameters: ${sql}`);
  return {
    text: inItsWords(numbered),
    bind:
      names.length > 0
        ? ([values]) => names.map((name) => parameter((values as Record<string, unknown>)[name]))
        : (values) => values.map(parameter),
  };
}

function inItsWords(sql: string): string {
  return sql
    .replaceAll(
      /select value from json_each\(([^()]+)\)/gu,
      'select value from jsonb_array_elements_text(cast(cast($1 as text) as jsonb)) as listed (value)',
    )
    .replaceAll(/json_each\(([^()]+)\) as (\w+)/gu, 'jsonb_each_text(cast($1 as jsonb)) as $2')
    .replaceAll(
      /insert into (\w+) \(([^()]+)\) select value ->> .*? from json_each\(([^()]+)\)/gu,
      'insert into $1 ($2) select $2 from json_populate_recordset(null::$1, cast($3 as json))',
    )
    .replaceAll(/\browid\b/gu, 'ctid')
    .replaceAll(/ \+((?:\w\.)?(?:account|at|started_at))\b/gu, ' $1')
    .replaceAll(/on conflict \(/gu, 'on conflict (workspace_id, ');
}

/** Applies a change to a statement, except within string literals. */
function outsideOfTexts(sql: string, change: (part: string) => string): string {
  return sql
    .split(/('(?:[^']|'')*')/u)
    .map((part) => (part.startsWith("'") ? part : change(part)))
    .join('');
}

/** PostgreSQL texts cannot contain the character 0. */
function parameter(value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll('\u0000', '\uFFFD') : (value ?? null);
}
