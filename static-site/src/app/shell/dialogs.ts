/** What the shell opens over a page: loaded when asked for, or when there is time. */
export const dialogs = {
  help: () => import('./HelpDialog'),
  palette: () => import('../palette/Palette'),
};
