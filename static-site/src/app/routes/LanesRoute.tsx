import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useState } from 'react';
import { demoJobs } from '@/features/jobs/demo';
import { useSubmitBatch } from '@/features/jobs/api';
import type { Camera } from '@/features/lanes/camera';
import { LanesView, type Show } from '@/features/lanes/LanesView';
import { asProblem } from '@/shared/api/problem';
import { Button } from '@/shared/ui/Button';
import { toast } from '@/shared/ui/toasts';
import { Page } from '../shell/Page';
import type { LanesSearch } from './lanes.search';

const USUAL_MILLISECONDS = 300_000;
const DEMO_MILLISECONDS = 60_000;
const SETTLED_AFTER_MILLISECONDS = 400;

const cameraOf = ({ from, to }: LanesSearch): Camera =>
  from && to
    ? { follows: false, start: Date.parse(from), end: Date.parse(to) }
    : { follows: true, width: USUAL_MILLISECONDS };

const spanOf = (camera: Camera): Pick<LanesSearch, 'from' | 'to'> =>
  camera.follows
    ? { from: undefined, to: undefined }
    : { from: new Date(camera.start).toISOString(), to: new Date(camera.end).toISOString() };

export default function LanesRoute() {
  const search = useSearch({ from: '/shell/lanes' });
  const navigate = useNavigate({ from: '/lanes' });
  const [camera, move] = useState<Camera>(() => cameraOf(search));
  const submit = useSubmitBatch();
  // The address follows when the hand rests: it is for links and reloads, not for each step of the wheel.
  useEffect(() => {
    const timer = setTimeout(() => {
      const span = spanOf(camera);
      if (span.from === search.from && span.to === search.to) return;
      void navigate({ search: (held) => ({ ...held, ...span }), replace: true, resetScroll: false });
    }, SETTLED_AFTER_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [camera, navigate, search.from, search.to]);
  const open = useCallback(
    (jobId: string) => void navigate({ to: '/jobs/$jobId', params: { jobId } }),
    [navigate],
  );
  const choose = (show: Show) =>
    void navigate({
      search: (held) => ({ ...held, show: show === 'table' ? show : undefined }),
      replace: true,
    });
  const runDemo = () =>
    submit.mutate(demoJobs(), {
      onSuccess: () => move({ follows: true, width: DEMO_MILLISECONDS }),
      onError: (error) => toast.refused('The demo was not submitted', asProblem(error).message),
    });
  return (
    <Page
      title="Lanes"
      filled
      actions={
        <Button icon="play" busy={submit.isPending} onClick={runDemo}>
          Run the priority demo
        </Button>
      }
    >
      <LanesView camera={camera} move={move} show={search.show ?? 'timeline'} choose={choose} open={open} />
    </Page>
  );
}
