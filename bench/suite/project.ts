/** A configuration whose API is an address where nothing listens. `store` is the address of a store. */
export function configOf(rules: string, store = 'sqlite:./bench.db', accounts = 1): string {
  const list = Array.from(
    { length: accounts },
    (_, n) => `  - { name: account-${n}, id: "${n + 1}", platform: instagram }\n`,
  );
  return `version: 1
blotato: { base_url: "http://127.0.0.1:9", api_key: bench }
store: ${store}
rules: ${rules}
accounts:
${list.join('')}`;
}

/** A rule with keywords of its own, as a line of YAML. `edit` is the number of a change. */
export function ruleLine(n: number, edit?: number): string {
  const added = edit === undefined ? '' : `, edit${edit}`;
  return `  - { id: rule-${n}, keywords: ["word${n} more${n % 700}", other${n}${added}], reply: "Hello {{ contact.first_name | default: 'you' }}, number ${n}" }`;
}
