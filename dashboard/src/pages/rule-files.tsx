import type { Mode } from '../../../src/domain/mode.js';
import type { RuleFilesView } from '../../../src/server/edit-views.js';
import { Action, Card } from '../parts.js';
import { post } from '../server.js';

interface SwitchProps {
  readonly id: string;
  readonly file: string;
  readonly mode: Mode | 'off';
  readonly again: () => void;
}

const MODES = { live: 'Live', approve: 'Approve', shadow: 'Shadow', off: 'Off' } as const;
const MEANS = {
  live: 'Its replies will be sent. Switch it to live?',
  approve: 'Its replies will wait until you approve them. Switch it to approve?',
  shadow: 'It will be decided and journalled, and nothing sent. Switch it to shadow?',
  off: 'It will no longer apply. Switch it off?',
} as const;

/** Switches a rule by its file, and opens the file. */
export function Switch({ id, file, mode, again }: SwitchProps) {
  const others = (['live', 'approve', 'shadow', 'off'] as const).filter((each) => each !== mode);
  return (
    <div class="row">
      {others.map((to) => (
        <Action
          key={to}
          label={MODES[to]}
          about={id}
          confirm={MEANS[to]}
          act={() => post('/api/rule-files/switch', { id, file, to }).finally(again)}
        />
      ))}
      <EditLink file={file} />
    </div>
  );
}

function EditLink({ file }: { readonly file: string }) {
  return (
    <a class="button" href={`/rules/${encodeURIComponent(file)}`}>
      Edit <span class="unseen">{file}</span>
    </a>
  );
}

/** The rule files, and the rules in them that are switched off. */
export function Files({ view, again }: { readonly view: RuleFilesView; readonly again: () => void }) {
  const { closed, files, off } = view;
  if (closed !== null) return null;
  return (
    <Card title="Rule files" aside={<span class="quiet">former versions are kept in .old</span>}>
      <ul class="plain">
        {files.map((file) => (
          <li key={file} class="row">
            <code>{file}</code> <EditLink file={file} />
          </li>
        ))}
        {off.map(({ id, file }) => (
          <li key={id} class="row">
            <code>{id}</code> <span class="chip quiet">off</span>
            <Switch id={id} file={file} mode="off" again={again} />
          </li>
        ))}
      </ul>
    </Card>
  );
}
