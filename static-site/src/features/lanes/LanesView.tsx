/** What each slot ran when: the timeline or the table, and what steers them. */
import { useCallback, useState } from 'react';
import { serverNow } from '@/shared/format/clock';
import { Button, IconButton, Spinner } from '@/shared/ui/Button';
import { Choice } from '@/shared/ui/Choice';
import { Panel } from '@/shared/ui/Panel';
import { panned, stopped, viewOf, zoomed, type Camera } from './camera';
import { CLOSER, STRIDE } from './gestures';
import { LanesBoard } from './LanesBoard';
import { LanesRead, Note, Silence } from './LanesStates';
import { LanesTable } from './LanesTable';
import { Legend } from './Legend';
import { useSeen } from './seen';
import type { Timeline } from './timeline';
import { traceName, traceOf } from './trace';
import { useTimeline } from './useTimeline';

const WIDTHS = [
  { value: '60000', label: '1 min' },
  { value: '300000', label: '5 min' },
  { value: '3600000', label: '1 h' },
];
const SHOWS = [
  { value: 'timeline', label: 'Timeline', icon: 'lanes' },
  { value: 'table', label: 'Table', icon: 'table' },
] as const;

export type Show = (typeof SHOWS)[number]['value'];

interface LanesViewProps {
  camera: Camera;
  move: (change: (camera: Camera) => Camera) => void;
  show: Show;
  choose: (show: Show) => void;
  open: (jobId: string) => void;
}

export function LanesView({ camera, move, show, choose, open }: LanesViewProps) {
  const { data, error, refetch, isFetching, isPlaceholderData } = useTimeline(camera);
  const [width, setWidth] = useState<number>(camera.follows ? camera.width : 300_000);
  const follow = (wanted = width): void => {
    setWidth(wanted);
    move(() => ({ follows: true, width: wanted }));
  };
  const by = (share: number) => () => move((held) => panned(held, serverNow(), share));
  const closer = (factor: number) => () => move((held) => zoomed(held, serverNow(), factor));
  const download = useCallback(() => {
    if (!data) return;
    const view = viewOf(camera, serverNow());
    save(traceName(view), JSON.stringify(traceOf(data, view, serverNow())));
  }, [data, camera]);
  return (
    <Panel
      title="Slots"
      note={data && <Note timeline={data} camera={camera} />}
      className="max-h-full min-h-0"
      bodyClassName="flex flex-col"
      actions={
        <span className="flex flex-wrap items-center gap-2">
          {isFetching && isPlaceholderData && (
            <span className="flex text-faint" role="status" aria-label="Loading">
              <Spinner />
            </span>
          )}
          <Choice label="Shown as" options={SHOWS} value={show} onChange={choose} />
          <Button icon="download" onClick={download} disabled={!data}>
            Export trace
          </Button>
        </span>
      }
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-4 py-2">
        <Button
          icon="follow"
          aria-pressed={camera.follows}
          className={camera.follows ? '!border-accent !text-accent' : ''}
          onClick={() => (camera.follows ? move((held) => stopped(held, serverNow())) : follow())}
        >
          Follow now
        </Button>
        <Choice
          label="Minutes that are followed"
          options={WIDTHS}
          value={camera.follows ? String(camera.width) : ''}
          onChange={(value) => follow(Number(value))}
        />
        <span className="flex items-center" role="group" aria-label="Move in time">
          <IconButton icon="back" label="Earlier" onClick={by(-STRIDE)} />
          <IconButton icon="chevron" label="Later" onClick={by(STRIDE)} />
          <IconButton icon="plus" label="Zoom in" onClick={closer(CLOSER)} />
          <IconButton icon="minus" label="Zoom out" onClick={closer(1 / CLOSER)} />
        </span>
        <Legend />
      </div>
      <LanesRead error={error} data={data} refetch={() => void refetch()}>
        {(timeline) =>
          show === 'table' ? (
            <TableOf timeline={timeline} camera={camera} />
          ) : (
            <div className="relative flex min-h-0 flex-col">
              <LanesBoard timeline={timeline} camera={camera} move={move} open={open} />
              <Silence timeline={timeline} camera={camera} />
            </div>
          )
        }
      </LanesRead>
    </Panel>
  );
}

const TableOf = ({ timeline, camera }: { timeline: Timeline; camera: Camera }) => (
  <LanesTable runs={useSeen(timeline, camera)} />
);

function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
