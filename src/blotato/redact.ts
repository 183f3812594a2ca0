/**
 * Returns a function that redacts the secret, also percent-encoded, JSON-escaped, without the `=` at its end,
 * or without surrounding space, which no header carries and so no server echoes.
 */
export function redactor(secret: string): (text: string) => string {
  const bare = secret.trim();
  const forms = [
    secret,
    bare,
    encodeURIComponent(bare),
    JSON.stringify(bare).slice(1, -1),
    bare.replace(/=+$/u, ''),
  ]
    .filter((form) => form !== '')
    // The longest first: a shorter form is part of a longer one and would leave its remainder visible.
    .sort((a, b) => b.length - a.length);
  return (text) => forms.reduce((rest, form) => rest.replaceAll(form, '[api key]'), text);
}
