/** The lanes as one panel among others: the last minutes, live. Loaded lazily. */
import { useState, type ReactNode } from 'react';
import { Button } from '@/shared/ui/Button';
import { Panel } from '@/shared/ui/Panel';
import type { Camera } from './camera';
import { LanesBoard } from './LanesBoard';
import { LanesRead, Note, Silence } from './LanesStates';
import { LANES_PANEL_HEIGHT } from './panelHeight';
import { useTimeline } from './useTimeline';

const USUAL: Camera = { follows: true, width: 300_000 };

interface LanesPanelProps {
  open: (jobId: string) => void;
  /** The way to all there is about lanes. */
  more: ReactNode;
}

export default function LanesPanel({ open, more }: LanesPanelProps) {
  const [camera, move] = useState<Camera>(USUAL);
  const { data, error, refetch } = useTimeline(camera);
  return (
    <Panel
      title="Lanes"
      note={data && <Note timeline={data} camera={camera} />}
      actions={
        <>
          {!camera.follows && (
            <Button kind="quiet" icon="follow" className="!min-h-6 !py-0" onClick={() => move(USUAL)}>
              Follow now
            </Button>
          )}
          {more}
        </>
      }
    >
      <div className="relative flex flex-col overflow-hidden" style={{ height: LANES_PANEL_HEIGHT }}>
        <LanesRead error={error} data={data} refetch={() => void refetch()} compact>
          {(timeline) => (
            <>
              <LanesBoard timeline={timeline} camera={camera} move={move} open={open} density="dense" />
              <Silence timeline={timeline} camera={camera} />
            </>
          )}
        </LanesRead>
      </div>
    </Panel>
  );
}
