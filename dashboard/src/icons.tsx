// Icons drawn for this dashboard: simple shapes in one colour, of the size of the text beside them.
import type { JSX } from 'preact';

const SHAPES = {
  today: <path d="M4 12l8-7 8 7v7a1 1 0 0 1-1 1h-4v-6H9v6H5a1 1 0 0 1-1-1z" />,
  attention: <path d="M6 16V11a6 6 0 0 1 12 0v5l2 2H4zM10 21h4" />,
  drafts: <path d="M5 4h10l4 4v12H5zM8 13l3 3 5-6" />,
  people: <path d="M4 5h16v11h-9l-4 4v-4H4zM8 9h8M8 12h5" />,
  leads: <path d="M12 3l2.6 5.6 6 .7-4.4 4.1 1.2 6-5.4-3-5.4 3 1.2-6L3.4 9.300l6-.7z" />,
  funnels: <path d="M4 5h16l-6 8v6l-4-2v-4z" />,
  rules: <path d="M5 7h9M18 7h1M5 12h2M11 12h8M5 17h7M16 17h3M16 5v4M9 10v4M14 15v4" />,
  unanswered: (
    <path d="M9 9a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.2-1.5 2.400M12 17.500v.01M3 12a9 9 0 1 0 18 0 9 9 0 0 0-18 0" />
  ),
  instagram: (
    <>
      <rect x="4" y="4" width="16" height="16" rx="5" />
      <circle cx="12" cy="12" r="3.5" />
      <path d="M16.5 7.500v.01" />
    </>
  ),
  facebook: (
    <path d="M14 21v-8h3l.5-3H14V8.500c0-1 .5-1.5 1.5-1.500H17.500V4.100C17 4 16 4 15 4c-2.5 0-4 1.5-4 4v2H8v3h3v8" />
  ),
  twitter: <path d="M5 4l14 16M19 4L5 20" />,
  bluesky: (
    <path d="M12 11C10.5 8 7 4.5 5 4.500S3.5 8 4 10s2 3.5 4 3.500c-2 .5-3 1.5-2 3s4 3 6-1.500c2 4.5 5 3 6 1.500s0-2.5-2-3c2 0 3.5-1.5 4-3.500s1-5.5-1-5.500S13.5 8 12 11z" />
  ),
  comment: <path d="M12 4c5 0 8 3 8 7s-3 7-8 7l-5 3v-4c-2-1-3-3-3-6 0-4 3-7 8-7z" />,
  search: <path d="M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M15.5 15.500L20 20" />,
} as const satisfies Record<string, JSX.Element>;

export type IconName = keyof typeof SHAPES;

/** An icon: decorative beside a text, or with an accessible `label` where there is no text. */
export function Icon({ name, label }: { readonly name: IconName; readonly label?: string }) {
  return (
    <svg
      class={`icon ${name}`}
      viewBox="0 0 24 24"
      {...(label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
    >
      {SHAPES[name]}
    </svg>
  );
}

/** The logo: a speech bubble with a tick. */
export function Mark() {
  return (
    <svg class="mark-logo" viewBox="0 0 32 32" aria-hidden="true">
      <path
        class="bubble-shape"
        d="M9 4h14a7 7 0 0 1 7 7v6a7 7 0 0 1-7 7h-8l-7 5v-5.200A7 7 0 0 1 2 17v-6a7 7 0 0 1 7-7z"
      />
      <path class="tick-shape" d="M10 14.500l4 4 8-8.5" />
    </svg>
  );
}

const TINTS = 6;

/** The initials of a name, on a background colour chosen by the name. */
export function Avatar({ name }: { readonly name: string }) {
  const letters = initialsOf(name);
  let sum = 0;
  for (const char of name) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 9_973;
  return (
    <span class={`avatar tint${sum % TINTS}`} aria-hidden="true">
      {letters}
    </span>
  );
}

function initialsOf(name: string): string {
  const parts = name.match(/[\p{L}\p{N}]+/gu) ?? [];
  const [first = '?', last = ''] = parts.length > 1 ? [parts[0], parts.at(-1)] : [parts[0]];
  return `${letterOf(first)}${letterOf(last)}`.toLocaleUpperCase();
}

function letterOf(word: string): string {
  const code = word.codePointAt(0);
  return code === undefined ? '' : String.fromCodePoint(code);
}
