/** The timeline itself: the canvas, the card beside the bar that is pointed out, and the keys. */
import { Link } from '@tanstack/react-router';
import { useCallback, useEffect, useRef, useState, type KeyboardEvent, type RefObject } from 'react';
import { serverNow, useNow } from '@/shared/format/clock';
import { OutcomeBadge, PriorityLabel } from '@/shared/ui/labels';
import { panned, revealing, viewOf, zoomed, type Camera } from './camera';
import { attachGestures, CLOSER, STRIDE } from './gestures';
import { placeOf, stepFrom, type Density, type Place, type Step } from './layout';
import { contentHeight, Stage, type Anchor } from './stage';
import type { Timeline } from './timeline';
import { preciseTime, ran, spoken, waited } from './words';

interface BoardProps {
  timeline: Timeline;
  camera: Camera;
  move: (change: (camera: Camera) => Camera) => void;
  open: (jobId: string) => void;
  density?: Density;
}

const STEPS: Record<string, Step> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
  Home: 'first',
  End: 'last',
};
const LINGER_MILLISECONDS = 220;
const CARD_WIDTH = 248;

export function LanesBoard({ timeline, camera, move, open, density = 'roomy' }: BoardProps) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const card = useRef<HTMLDivElement>(null);
  const stage = useRef<Stage | null>(null);
  const [hovered, hover, hold] = useLingering();
  const [selected, select] = useState<string | null>(null);
  const [brush, setBrush] = useState<[number, number] | null>(null);

  useEffect(() => {
    if (!box.current || !canvas.current) return;
    const made = new Stage(box.current, canvas.current, (anchor) => put(card, anchor), density);
    stage.current = made;
    const element = card.current;
    const letGoLater = (): void => hover(null);
    // Not by React, whose entering comes before the leaving of the canvas.
    element?.addEventListener('pointerenter', hold);
    element?.addEventListener('pointerleave', letGoLater);
    const letGo = attachGestures(
      made,
      {
        move,
        brush: setBrush,
        hover: (place) => hover(place?.run.key ?? null),
        select: (place) => select(place?.run.key ?? null),
        open: (place) => open(place.run.jobId),
      },
      density === 'dense' ? 'scrolls the page' : 'zooms',
    );
    return () => {
      letGo();
      element?.removeEventListener('pointerenter', hold);
      element?.removeEventListener('pointerleave', letGoLater);
      made.dispose();
      stage.current = null;
    };
  }, [move, open, hover, hold, density]);

  useEffect(() => {
    stage.current?.show({ timeline, camera, hovered, selected, brush });
  }, [timeline, camera, hovered, selected, brush]);

  const chosen = placeOf(timeline, selected);
  const shown = placeOf(timeline, hovered) ?? chosen;

  const press = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (act(event.key)) event.preventDefault();
  };

  const act = (key: string): boolean => {
    const now = serverNow();
    const step = STEPS[key];
    if (step) {
      const place = stepFrom(timeline, chosen, step, viewOf(camera, now));
      if (!place) return true;
      select(place.run.key);
      stage.current?.reveal(place.lane.key);
      move((held) => revealing(held, now, place.run.start, place.run.end ?? now));
      return true;
    }
    switch (key) {
      case '+':
      case '=':
        move((held) => zoomed(held, now, CLOSER, chosen?.run.start));
        return true;
      case '-':
        move((held) => zoomed(held, now, 1 / CLOSER, chosen?.run.start));
        return true;
      case 'PageUp':
        move((held) => panned(held, now, -STRIDE));
        return true;
      case 'PageDown':
        move((held) => panned(held, now, STRIDE));
        return true;
      case 'Enter':
        if (chosen) open(chosen.run.jobId);
        return true;
      case 'Escape':
        select(null);
        return true;
      default:
        return false;
    }
  };

  return (
    <div className="relative flex min-h-0 flex-col">
      {/* Not a widget of a kind that there is a role for: it has keys of its own, and says what they lead to. */}
      <div
        ref={box}
        role="application"
        aria-label="Timeline of slots"
        aria-describedby="lanes-keys"
        tabIndex={0}
        onKeyDown={press}
        className="relative min-h-0 overflow-x-hidden overflow-y-auto rounded-b-lg -outline-offset-2"
        style={{ height: contentHeight(timeline, density) }}
      >
        <div style={{ height: contentHeight(timeline, density) }}>
          <canvas
            ref={canvas}
            className="sticky top-0 block cursor-crosshair touch-pan-y select-none"
            aria-hidden="true"
          />
        </div>
      </div>
      <p id="lanes-keys" className="sr-only">
        Arrow keys move between runs, Home and End to the first and last of a slot, Enter opens the job, plus
        and minus zoom, Page Up and Page Down move in time. The table shows the same as text.
      </p>
      <p aria-live="polite" className="sr-only">
        {chosen && spoken(chosen.lane, chosen.run, chosen.run.end ?? chosen.run.start)}
      </p>
      <div
        ref={card}
        className="popover absolute top-0 left-0 z-20 p-3 text-xs"
        style={{ width: CARD_WIDTH, visibility: 'hidden' }}
      >
        {shown && <RunCard place={shown} />}
      </div>
    </div>
  );
}

/** A hovered run is let go a moment late, so that the pointer can reach the card. */
function useLingering(): [string | null, (key: string | null) => void, () => void] {
  const [key, setKey] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const change = useCallback((next: string | null) => {
    clearTimeout(timer.current);
    if (next === null) timer.current = setTimeout(() => setKey(null), LINGER_MILLISECONDS);
    else setKey(next);
  }, []);
  const hold = useCallback(() => clearTimeout(timer.current), []);
  return [key, change, hold];
}

/** Puts the card under its bar, or above it where there is no room; by hand, because the bar may move each frame. */
function put(card: RefObject<HTMLDivElement | null>, anchor: Anchor | null): void {
  const element = card.current;
  if (!element) return;
  if (!anchor) {
    element.style.visibility = 'hidden';
    return;
  }
  const middle = (anchor.left + anchor.right) / 2;
  const left = Math.max(8, Math.min(anchor.width - CARD_WIDTH - 8, middle - CARD_WIDTH / 2));
  const { offsetHeight: height, parentElement: parent } = element;
  const room = innerHeight - (parent?.getBoundingClientRect().top ?? 0);
  const top = anchor.bottom + 4 + height < room ? anchor.bottom + 4 : anchor.top - 4 - height;
  element.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  element.style.visibility = 'visible';
}

function RunCard({ place: { lane, run } }: { place: Place }) {
  const now = useNow();
  const facts: [string, string][] = [
    ['Slot', `${lane.worker} · ${lane.slot}`],
    ['Started', preciseTime(run.start)],
    ['Waited', waited(run)],
    [run.end === null ? 'Runs for' : 'Ran', ran(run, Math.max(now, run.start))],
  ];
  return (
    <>
      <div className="flex items-center gap-2">
        <span className="truncate font-semibold">{run.task}</span>
        <Link
          to="/jobs/$jobId"
          params={{ jobId: run.jobId }}
          className="ml-auto rounded-sm whitespace-nowrap text-accent hover:underline"
        >
          Open job
        </Link>
      </div>
      <div className="mt-1.5 flex items-center gap-3">
        <PriorityLabel priority={run.priority} />
        <OutcomeBadge outcome={run.outcome} />
        {run.attempt > 1 && <span className="text-faint">attempt {run.attempt}</span>}
      </div>
      <dl className="num mt-2 grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-faint">{name}</dt>
            <dd className="truncate text-right" title={value}>
              {value}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
