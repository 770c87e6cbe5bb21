/** As high as eight slots of two workers are, whatever there is, so that nothing below moves when it arrives. */
export const LANES_PANEL_HEIGHT = 236;
