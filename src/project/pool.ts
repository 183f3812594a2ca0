/**
 * Creates a function that replaces equal plain objects and lists within the values given to it by one of them, so
 * that they take space once. The values must not be changed afterwards.
 */
export function createPool(): <T>(value: T) => T {
  const known = new Map<string, { readonly name: string; readonly value: object }>();
  let others = 0;
  const visit = (value: unknown): { readonly name: string; readonly value: unknown } => {
    if (typeof value !== 'object' || value === null) return { name: nameOf(value), value };
    if (!isPlain(value)) return { name: `other ${(others += 1)}`, value };
    const parts = Object.entries(value).map(([key, part]) => [key, visit(part)] as const);
    const content = parts.map(([key, { name }]) => `${key.length}:${key}=${name}`).join();
    const signature = `${Array.isArray(value) ? `list ${value.length}` : 'record'} ${content}`;
    const same = known.get(signature);
    if (same) return same;
    const entries = parts.map(([key, part]) => [key, part.value] as const);
    const fresh = Array.isArray(value) ? parts.map(([, part]) => part.value) : Object.fromEntries(entries);
    const made = { name: `#${known.size}`, value: fresh };
    known.set(signature, made);
    return made;
  };
  return <T>(value: T) => visit(value).value as T;
}

function nameOf(value: unknown): string {
  return typeof value === 'string'
    ? `${value.length}"${value}`
    : `${typeof value} ${Object.is(value, -0) ? '-0' : String(value)}`;
}

function isPlain(value: object): boolean {
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}
