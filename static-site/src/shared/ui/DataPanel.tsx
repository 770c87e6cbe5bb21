import { CopyButton } from './CopyButton';
import { JsonView } from './JsonView';
import { Panel } from './Panel';

/** A value as JSON, to be read and copied. */
export function DataPanel({ title, value, empty }: { title: string; value: unknown; empty: string }) {
  const none =
    value === null || value === undefined || (typeof value === 'object' && Object.keys(value).length === 0);
  return (
    <Panel
      title={title}
      actions={
        !none && <CopyButton text={JSON.stringify(value, null, 2)} label={`Copy ${title.toLowerCase()}`} />
      }
    >
      {none ? (
        <p className="px-4 py-3 text-xs text-faint">{empty}</p>
      ) : (
        <JsonView value={value} label={title} />
      )}
    </Panel>
  );
}
