import { Outlet } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { feed } from '@/features/feed/feed';
import { question } from '@/shared/ui/guard';
import { toasts } from '@/shared/ui/toasts';
import { bringIn, mendWhenBack } from '../live';
import { dialogs } from './dialogs';
import { BottomBar, SideNav, TopBar } from './Nav';
import { NotRefreshed } from './NotRefreshed';
import { useShortcuts } from './useShortcuts';

const HelpDialog = lazy(dialogs.help);
const Palette = lazy(dialogs.palette);
const GuardQuestion = lazy(dialogs.guard);
const Toasts = lazy(dialogs.toasts);

/** What stands around every page of a signed-in reader; while it stands, the feed runs. */
export function Shell() {
  const client = useQueryClient();
  const [opened, setOpened] = useState<'help' | 'palette' | null>(null);
  const openHelp = useCallback(() => setOpened('help'), []);
  const openPalette = useCallback(() => setOpened('palette'), []);
  const close = () => setOpened(null);
  const said = useSyncExternalStore(toasts.subscribe, toasts.read);
  const asked = useSyncExternalStore(question.subscribe, question.read);
  useShortcuts({ help: openHelp, palette: openPalette, open: opened !== null });
  useEffect(() => {
    const leave = feed.onBatch(bringIn(client));
    const mend = mendWhenBack(client);
    const forget = feed.onStatus(() => mend(feed.status()));
    feed.start();
    return () => {
      leave();
      forget();
      feed.stop();
    };
  }, [client]);
  return (
    <div className="grid min-h-dvh grid-cols-[208px_minmax(0,1fr)] max-md:grid-cols-[minmax(0,1fr)] max-md:grid-rows-[auto_1fr]">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-sm focus:bg-accent focus:px-3 focus:py-2 focus:text-accent-ink"
      >
        Skip to content
      </a>
      <SideNav openHelp={openHelp} openPalette={openPalette} />
      <TopBar openPalette={openPalette} />
      <Outlet />
      <BottomBar />
      <NotRefreshed />
      <Suspense>
        {opened === 'help' && <HelpDialog close={close} />}
        {opened === 'palette' && <Palette close={close} openHelp={openHelp} />}
        {asked && <GuardQuestion asked={asked} />}
      </Suspense>
      <Suspense>{said.length > 0 && <Toasts />}</Suspense>
    </div>
  );
}
