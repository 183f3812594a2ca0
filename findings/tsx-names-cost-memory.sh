#!/usr/bin/env bash
# tsx 4.23.15 on Node 20 and later, 2026-11-29
#
# A function without a name of its own, such as a method of an object that a function returns, takes much more memory
# under tsx than as plain JavaScript: tsx has esbuild keep names, which defines the property `name` of each function
# at each creation, so that each has a table of properties. A benchmark of memory that runs under tsx measures that.
#
# Output seen:
#   a function under tsx takes at least twice the memory
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund tsx@4.23.15 >/dev/null
cat >show.mts <<'TS'
const create = (n: number) => ({ read: () => n });
const before = (globalThis.gc?.(), process.memoryUsage().heapUsed);
const kept = Array.from({ length: 200_000 }, (_, n) => create(n));
globalThis.gc?.();
console.log(Math.round((process.memoryUsage().heapUsed - before) / kept.length));
TS
sed 's/: number//' show.mts >show.mjs
plain=$(node --expose-gc show.mjs)
tsx=$(node --expose-gc --import tsx show.mts)
echo "bytes: $plain as JavaScript, $tsx under tsx" >&2
seen=$( ((tsx >= 2 * plain)) && echo 'a function under tsx takes at least twice the memory' || echo 'the memory is similar')
printf '%s\n' "$seen"
[[ "$seen" == 'a function under tsx takes at least twice the memory' ]] || { echo 'it has changed' >&2; exit 1; }
