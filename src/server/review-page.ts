import { html } from 'hono/html';
import type { ReviewAct } from '../actions/drafts/review-link.js';
import type { Draft } from '../domain/draft.js';
import { formatInstant } from '../domain/time.js';
import { draftEndsAt } from '../domain/window.js';

/** Path of the pages of links. */
export const REVIEW = '/review';

/** A page as Hono's template returns it, with every value escaped. */
type Html = ReturnType<typeof html>;

/** The page of a waiting draft: its message, its texts, and a button for each action of the link. */
export function draftPage(draft: Draft, may: readonly ReviewAct[], notice: string | null): Html {
  const { rule, event, texts } = draft;
  const name = event.contact.name ?? event.contact.username ?? event.contact.id;
  const ends = formatInstant(draftEndsAt(draft));
  return page(
    'A reply waits for approval',
    html`${notice === null ? '' : html`<p class="note" role="alert">${notice}</p>`}
      <p>
        <bdi>${name}</bdi> wrote to <bdi>${event.account ?? ''}</bdi> on ${event.platform}. Rule
        <bdi>${rule}</bdi> replies; the draft ends at ${ends}.
      </p>
      <blockquote dir="auto">${event.text}</blockquote>
      <form method="post">
        ${texts.map(
          ({ send }) =>
            html`<label for="text-${send.id}">${send.action.replaceAll('_', ' ')}</label>
              <textarea
                id="text-${send.id}"
                name="text-${send.id}"
                rows="5"
                dir="auto"
                ${may.includes('approve') ? '' : 'readonly'}
              >
${send.text}</textarea>`,
        )}
        <p>${may.map(buttonOf)}</p>
      </form>`,
  );
}

/** A page that only says something. */
export function messagePage(title: string, text: string): Html {
  return page(title, html`<p>${text}</p>`);
}

const LABELS: Readonly<Record<ReviewAct, string>> = { approve: 'Approve and send', drop: 'Drop' };

function buttonOf(act: ReviewAct): Html {
  return html`<button name="do" value="${act}">${LABELS[act]}</button> `;
}

function page(title: string, content: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="stylesheet" href="../style.css" />
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${content}
        </main>
      </body>
    </html>`;
}

export const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 40rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
blockquote { margin: 1rem 0; padding: .5rem 1rem; border-inline-start: .25rem solid; white-space: pre-wrap; }
label { display: block; margin-top: 1rem; font-weight: 600; }
textarea { box-sizing: border-box; width: 100%; font: inherit; padding: .5rem; }
button { font: inherit; padding: .6rem 1.2rem; min-height: 44px; }
.note { padding: .5rem 1rem; border: 2px solid; }
`;
