import pc from 'picocolors';
import type { AttemptResult } from '../domain/attempt.js';
import type { Decision } from '../domain/decision.js';
import type { InboundEvent } from '../domain/event.js';
import { REASONS, type Reason } from '../domain/reason.js';
import type { Send } from '../domain/send.js';
import { plain } from '../domain/terminal.js';
import { formatDuration } from '../domain/time.js';
import type { Sandbox } from '../sandbox/server.js';
import { authorOf } from './author.js';
import { nearPath, print, printJson } from './output.js';
import { paintReason } from './trace-text.js';
import type { Observer } from '../domain/observer.js';
import type { Summary } from '../store/ports/owner.js';
import { shorten } from './shorten.js';

export interface DemoPrinterOptions {
  readonly json: boolean;
  readonly sandbox: Sandbox;
  readonly rules: number;
  /** Path of the folder of the rules. */
  readonly folder: string;
  /** Duration of the demo in milliseconds; null until Ctrl-C. */
  readonly length: number | null;
}

export interface DemoPrinter extends Required<Omit<Observer, 'onEnded'>> {
  /** Prints the introduction; `dashboard` is the address of the dashboard. */
  begin(dashboard: string): void;
  end(summary: Summary): void;
}

/** Prints the demo, a line or two per event. */
export function demoPrinter(options: DemoPrinterOptions): DemoPrinter {
  return options.json ? jsonPrinter(options) : textPrinter(options);
}

function textPrinter({ sandbox, rules, folder, length }: DemoPrinterOptions): DemoPrinter {
  // Our own sends come back in the lists; they were printed when sent.
  const ours = new Set<string>();
  // Texts that a decision showed: the others are those of a funnel that continues, or of `otherwise`.
  const shown = new Set<string>();
  const showText = (type: string, text: string): void =>
    print(`         ${pc.cyan(type)}  ${shorten(text, 110)}`);
  return {
    begin(dashboard) {
      print(
        pc.bold(
          'Lumen, a sample shop with four connected accounts and fake customers. Nothing leaves this machine.',
        ),
      );
      print(`${rules} rules from ${nearPath(folder)}/, the sandbox API on ${sandbox.url}.`);
      print(`Watch it in your browser: ${pc.bold(dashboard)}`);
      print('The shop closes within two minutes: watch the away message take effect.');
      print(
        `Write to it yourself, in the box on that page or by: npx autoresponder sandbox say --url ${sandbox.url} --to shop-ig --from Ana "how much?"`,
      );
      print(length === null ? 'Ctrl-C stops it.\n' : `It stops after ${formatDuration(length)}.\n`);
    },
    onDecision(event, decision) {
      if (ours.delete(event.sourceId)) return;
      print(eventLine(event));
      print(decisionLine(decision));
      for (const { type, text } of decision.actions) {
        showText(type, text);
        shown.add(`${event.id} ${text}`);
      }
    },
    onAttempt(send, { end }) {
      const what = `${send.action} of ${send.rule} to ${plain(send.contactId)}`;
      if (!shown.has(`${send.eventId} ${send.text}`)) showText(send.action, send.text);
      if (end.state === 'accepted') {
        ours.add(end.messageId);
        print(`         ${pc.green('✓')} ${pc.dim(`${what}: accepted by the API`)}`);
      } else
        print(
          `         ${pc.red('✗')} ${what}: ${end.state}${'detail' in end ? `, ${plain(end.detail)}` : ''}`,
        );
    },
    end(summary) {
      print(`\n${pc.bold('Messages and comments by reason')}`);
      const reasons = Object.entries(summary.reasons) as [Reason, number][];
      for (const [reason, n] of reasons.sort((a, b) => b[1] - a[1])) {
        print(
          `  ${String(n).padStart(5)}  ${paintReason(reason)}${' '.repeat(22 - reason.length)}${pc.dim(REASONS[reason])}`,
        );
      }
      print(`The sandbox counted ${sandbox.sends().length} sends.`);
      print(
        `Next: edit a rule in ${nearPath(folder)}/ and run the demo again, or \`npx autoresponder init\` in a new folder for your own accounts.`,
      );
    },
  };
}

/** Shows the time when the event was read; it was written up to some seconds earlier. */
function eventLine(event: InboundEvent): string {
  const { kind, platform, text } = event;
  const time = new Date().toTimeString().slice(0, 8);
  return `${pc.dim(time)} ${platform.padEnd(9)} ${kind === 'comment' ? 'comment by ' : ''}${pc.bold(shorten(authorOf(event), 40))}: ${shorten(text, 90)}`;
}

function decisionLine({ rule, reason, detail }: Decision): string {
  const by = rule === null ? '' : ` by rule ${pc.bold(rule)}`;
  return `         ${paintReason(reason)}${by}${detail === null ? '' : pc.dim(` (${plain(detail)})`)}`;
}

function jsonPrinter({ sandbox, rules }: DemoPrinterOptions): DemoPrinter {
  return {
    begin: (dashboard) => printJson({ type: 'started', api: sandbox.url, dashboard, rules }),
    onDecision: (event: InboundEvent, { trace, ...decision }: Decision) =>
      printJson({ type: 'decision', event, decision }),
    onAttempt: (send: Send, { end }: AttemptResult) =>
      printJson({ type: 'attempt', send: send.id, event: send.eventId, action: send.action, ...end }),
    end: ({ reasons }) => printJson({ type: 'ended', reasons, sends: sandbox.sends().length }),
  };
}
