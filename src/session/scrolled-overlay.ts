import type { Overlay } from './ui-state.ts';

type ScrolledOverlay = Extract<Overlay, { kind: 'help' | 'ways' | 'shift' | 'plan' | 'details' }>;

/** Whether an overlay has lines to read and none to choose. */
export function isScrolled(overlay: Overlay): overlay is ScrolledOverlay {
  return ['help', 'ways', 'shift', 'plan', 'details'].includes(overlay.kind);
}

/** The overlay scrolled by lines. How many it has only its drawing knows: below the last it begins again. */
export function scrolled(overlay: ScrolledOverlay, by: number): ScrolledOverlay {
  return { ...overlay, index: overlay.index + by };
}
