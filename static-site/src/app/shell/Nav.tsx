import { Link } from '@tanstack/react-router';
import { IconButton } from '@/shared/ui/Button';
import { Icon, Mark } from '@/shared/ui/Icon';
import { Pop } from '@/shared/ui/Pop';
import { Key } from '@/shared/ui/Tag';
import { isMac, PALETTE_KEYS } from '@/shared/ui/keys';
import { EnvironmentMenu, ThemeMenu } from './menus';
import { NAV_ITEM, PLACES, type Place } from './places';

const CURRENT = 'bg-panel-2 text-text shadow-[inset_0_0_0_1px_var(--line)]';
export function SideNav({ openHelp, openPalette }: { openHelp: () => void; openPalette: () => void }) {
  return (
    <nav
      aria-label="Main"
      className="sticky top-0 flex h-dvh flex-col gap-0.5 overflow-y-auto border-r border-line px-3 py-4 max-md:hidden"
    >
      <Brand />
      <button
        type="button"
        onClick={openPalette}
        aria-keyshortcuts={isMac ? 'Meta+K' : 'Control+K'}
        className="mb-3 flex min-h-8 w-full items-center gap-1.5 rounded-sm border border-line-2 bg-panel px-1.5 text-xs whitespace-nowrap text-soft transition duration-(--quick) hover:bg-panel-2 hover:text-text"
      >
        <Icon name="search" size={14} />
        Search or act
        <span className="ml-auto flex gap-0.5" aria-hidden="true">
          {PALETTE_KEYS.map((key) => (
            <Key key={key}>{key}</Key>
          ))}
        </span>
      </button>
      {PLACES.filter(({ foot }) => !foot).map((place) => (
        <PlaceLink key={place.to} place={place} />
      ))}
      <div className="mt-auto flex flex-col gap-0.5 pt-4">
        {PLACES.filter(({ foot }) => foot).map((place) => (
          <PlaceLink key={place.to} place={place} />
        ))}
        <button type="button" className={NAV_ITEM} onClick={openHelp}>
          <Icon name="help" />
          Keys
        </button>
        <ThemeMenu />
        <EnvironmentMenu />
      </div>
    </nav>
  );
}

const PlaceLink = ({ place: { to, label, icon } }: { place: Place }) => (
  <Link
    to={to}
    activeOptions={{ exact: to === '/', includeSearch: false }}
    className={NAV_ITEM}
    activeProps={{ className: CURRENT }}
  >
    <Icon name={icon} />
    {label}
  </Link>
);

const Brand = () => (
  <Link
    to="/"
    className="mb-3 flex items-center gap-2 rounded-sm px-2 py-1 text-base font-[650] tracking-[-0.02em]"
  >
    <Mark />
    Trajectory
  </Link>
);

/** On a narrow screen: brand and settings above, places below under the thumb. */
export function TopBar({ openPalette }: { openPalette: () => void }) {
  return (
    <header className="sticky top-0 z-30 flex h-13 items-center gap-1 border-b border-line bg-pop px-4 backdrop-blur-xl md:hidden">
      <Link to="/" className="mr-auto flex items-center gap-2 font-[650] tracking-[-0.02em]">
        <Mark size={20} />
        Trajectory
      </Link>
      <IconButton icon="search" label="Search or act" className="!size-9 !text-soft" onClick={openPalette} />
      <ThemeMenu compact />
      <EnvironmentMenu compact />
    </header>
  );
}

const THUMB =
  'flex h-14 flex-col items-center justify-center gap-1 text-2xs text-faint -outline-offset-2 aria-expanded:text-accent';

export function BottomBar() {
  return (
    <nav
      aria-label="Main"
      className="fixed inset-x-0 bottom-0 z-30 grid auto-cols-fr grid-flow-col border-t border-line bg-pop pb-[env(safe-area-inset-bottom)] backdrop-blur-xl md:hidden"
    >
      {PLACES.filter(({ near }) => near).map(({ to, label, icon }) => (
        <Link
          key={to}
          to={to}
          activeOptions={{ exact: to === '/', includeSearch: false }}
          className={THUMB}
          activeProps={{ className: '!text-accent' }}
        >
          <Icon name={icon} size={18} />
          {label}
        </Link>
      ))}
      <Pop
        label="More pages"
        place="above, to the end"
        className="min-w-44 p-1.5"
        trigger={(opens) => (
          <button type="button" {...opens} className={THUMB}>
            <Icon name="more" size={18} />
            More
          </button>
        )}
      >
        {PLACES.filter(({ near }) => !near).map(({ to, label, icon }) => (
          <Link
            key={to}
            to={to}
            data-closes
            activeOptions={{ includeSearch: false }}
            className={`${NAV_ITEM} min-h-10`}
            activeProps={{ className: CURRENT }}
          >
            <Icon name={icon} />
            {label}
          </Link>
        ))}
      </Pop>
    </nav>
  );
}
