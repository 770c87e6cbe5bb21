import { useMemo } from 'react';
import { useNow } from '@/shared/format/clock';
import { viewOf, type Camera } from './camera';
import { runsIn, type PlacedRun, type Timeline } from './timeline';

/** The runs that are seen, renewed each second while now is followed. */
export function useSeen(timeline: Timeline, camera: Camera): PlacedRun[] {
  const now = useNow();
  const at = camera.follows ? now : 0;
  return useMemo(() => {
    const view = viewOf(camera, at);
    return runsIn(timeline, view.start, view.end);
  }, [timeline, camera, at]);
}
