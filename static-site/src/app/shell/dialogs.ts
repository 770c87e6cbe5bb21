/** What the shell opens over a page: loaded when asked for, or when there is time, so that it is there without a server. */
export const dialogs = {
  help: () => import('./HelpDialog'),
  guard: () => import('./GuardQuestion'),
  palette: () => import('../palette/Palette'),
  toasts: () => import('@/shared/ui/Toasts'),
};
