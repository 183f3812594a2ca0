#!/usr/bin/env bash
# dependency-cruiser 17.4.3, 2026-11-29
#
# A rule with `scope: folder` and `circular: true` finds two folders beside each other that import each other. A folder and
# its own subfolder that do the same are no circle to it: the files of the subfolder count as part of the folder.
#
# Output seen:
#   beside each other: 2
#   with its own subfolder: 0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund dependency-cruiser@17.4.3 >/dev/null
mkdir -p beside/a beside/b own/a/b
echo "import '../b/two.mjs';" >beside/a/one.mjs
echo "import '../a/four.mjs';" >beside/b/three.mjs
echo 'export {};' | tee beside/b/two.mjs >beside/a/four.mjs
echo "import './b/two.mjs';" >own/a/one.mjs
echo "import '../four.mjs';" >own/a/b/three.mjs
echo 'export {};' | tee own/a/b/two.mjs >own/a/four.mjs
cat >rules.cjs <<'JS'
module.exports = {
  forbidden: [{ name: 'circle', severity: 'error', scope: 'folder', from: {}, to: { circular: true } }],
  options: { metrics: true },
};
JS
count() {
  npx depcruise --config rules.cjs --metrics --output-type json "$1" 2>/dev/null |
    node -e "let t='';process.stdin.on('data',(d)=>(t+=d)).on('end',()=>console.log(JSON.parse(t).summary.violations.length))"
}
seen="beside each other: $(count beside || true)
with its own subfolder: $(count own || true)"
printf '%s\n' "$seen"
[[ "$seen" == $'beside each other: 2\nwith its own subfolder: 0' ]] || { echo 'it has changed' >&2; exit 1; }
