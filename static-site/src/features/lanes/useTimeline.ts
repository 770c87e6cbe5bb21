/** The lanes for what a camera looks at: which span is asked for changes only when the held one does not serve. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { serverNow } from '@/shared/format/clock';
import { timelineQuery } from './api';
import { nextSpan, spanAround, viewOf, type Camera } from './camera';

const SETTLED_AFTER_MILLISECONDS = 200;
const LOOK_AGAIN_MILLISECONDS = 2_000;

export function useTimeline(camera: Camera) {
  const [span, setSpan] = useState(() => spanAround(viewOf(camera, serverNow()), serverNow()));
  const query = useQuery(timelineQuery(span));
  // What stands in while a new span is read says nothing about that span.
  const timeline = query.isPlaceholderData ? undefined : query.data;
  useEffect(() => {
    const look = () => setSpan((held) => nextSpan(held, timeline, camera, serverNow()));
    const settled = setTimeout(look, SETTLED_AFTER_MILLISECONDS);
    const again = setInterval(look, LOOK_AGAIN_MILLISECONDS);
    return () => {
      clearTimeout(settled);
      clearInterval(again);
    };
  }, [camera, timeline]);
  return query;
}
