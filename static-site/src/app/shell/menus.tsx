import type { ReactNode } from 'react';
import { credentials } from '@/shared/api/credentials';
import { allEnvironments, environment } from '@/shared/api/environment';
import { Icon, type IconName } from '@/shared/ui/Icon';
import { Pop } from '@/shared/ui/Pop';
import { chooseTheme, THEMES, useTheme, type Theme } from '../theme';
import { EnvironmentDot, goToEnvironment } from './environments';
import { NAV_ITEM } from './places';

const THEME_LOOK: Record<Theme, { label: string; icon: IconName }> = {
  system: { label: 'System', icon: 'screen' },
  dark: { label: 'Dark', icon: 'moon' },
  light: { label: 'Light', icon: 'sun' },
};

const MENU_ITEM =
  'flex w-full items-center gap-2.5 rounded-sm px-2 py-1.5 text-left text-xs text-soft hover:bg-panel-3 hover:text-text';

interface MenuProps {
  label: string;
  /** Only the sign, without its word: for the bar of a narrow screen. */
  compact: boolean;
  sign: ReactNode;
  word: string;
  children: ReactNode;
}

function Menu({ label, compact, sign, word, children }: MenuProps) {
  return (
    <Pop
      label={label}
      place={compact ? 'below, to the end' : 'beside'}
      className="min-w-40 p-1.5"
      trigger={(opens) => (
        <button
          type="button"
          {...opens}
          aria-label={label}
          className={
            compact ? 'inline-flex size-9 items-center justify-center rounded-sm text-soft' : NAV_ITEM
          }
        >
          {sign}
          {!compact && <span className="truncate">{word}</span>}
        </button>
      )}
    >
      {children}
    </Pop>
  );
}

interface RadioProps {
  checked: boolean;
  choose: () => void;
  children: ReactNode;
}

const Radio = ({ checked, choose, children }: RadioProps) => (
  <button
    type="button"
    role="radio"
    aria-checked={checked}
    data-closes
    className={MENU_ITEM}
    onClick={choose}
  >
    {children}
    {checked && <Icon name="check" size={13} className="ml-auto" />}
  </button>
);

export function ThemeMenu({ compact = false }: { compact?: boolean }) {
  const theme = useTheme();
  const look = THEME_LOOK[theme];
  return (
    <Menu label={`Theme: ${look.label}`} compact={compact} sign={<Icon name={look.icon} />} word={look.label}>
      <div role="radiogroup" aria-label="Theme">
        {THEMES.map((one) => (
          <Radio key={one} checked={one === theme} choose={() => chooseTheme(one)}>
            <Icon name={THEME_LOOK[one].icon} size={14} />
            {THEME_LOOK[one].label}
          </Radio>
        ))}
      </div>
    </Menu>
  );
}

export function EnvironmentMenu({ compact = false }: { compact?: boolean }) {
  const current = environment();
  const all = allEnvironments();
  return (
    <Menu
      label={`Environment: ${current.name}`}
      compact={compact}
      sign={<EnvironmentDot environment={current} />}
      word={current.name}
    >
      {all.length > 1 && (
        <div role="radiogroup" aria-label="Environment" className="mb-1 border-b border-line pb-1">
          {all.map((one) => (
            <Radio
              key={one.name}
              checked={one.name === current.name}
              choose={() => goToEnvironment(one.name)}
            >
              <EnvironmentDot environment={one} />
              {one.name}
              {one.production && <span className="text-2xs text-faint">production</span>}
            </Radio>
          ))}
        </div>
      )}
      <button type="button" className={MENU_ITEM} onClick={() => credentials.signOut()}>
        <Icon name="leave" size={14} />
        Sign out
      </button>
    </Menu>
  );
}
