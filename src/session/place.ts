import type { ContextChoice } from '../kube/kubeconfig.ts';
import type { RememberedPlace } from './remembered.ts';

/** Where the screen can be: a context of the kubeconfig or the embedded cluster. Without a namespace, in the place's own. */
export type Place =
  | { readonly kind: 'context'; readonly context: string; readonly namespace: string | undefined }
  | { readonly kind: 'demo'; readonly namespace: string | undefined };

/** Where the tutorial begins on a computer that knows no cluster. */
export type Nowhere = { readonly kind: 'none'; readonly namespace: string | undefined };

/** `leaving`: weights still asked for are sent first. `entering`: the old session has ended, the new one has not begun. */
export type Move =
  | { readonly kind: 'staying' }
  | { readonly kind: 'leaving'; readonly to: Place; readonly sinceMs: number }
  | { readonly kind: 'entering'; readonly to: Place };

export type PlacesState = {
  readonly move: Move;
  /** When a weight key was pressed last, whatever became of it. */
  readonly weightKeyAtMs: number;
  /** Whether such a key was pressed before the move to this place, and was not let go since as far as is known. */
  readonly isKeyHeld: boolean;
  /** Contexts of the kubeconfig, read when one was to be chosen last. */
  readonly contexts: readonly ContextChoice[];
  readonly namespaces: NamespaceNames;
  /** Whether the cluster says that there is no namespace of the connection's name. */
  readonly isNamespaceMissing: boolean;
  /** What was chosen in this context before, the newest first. */
  readonly remembered: readonly RememberedPlace[];
};

/** The namespaces of the cluster, read when one was to be chosen last; or why they cannot be read. */
export type NamespaceNames =
  | { readonly kind: 'reading' }
  | { readonly kind: 'read'; readonly names: readonly string[] }
  | { readonly kind: 'refused'; readonly reason: string };

export const startingPlaces: PlacesState = {
  move: { kind: 'staying' },
  weightKeyAtMs: 0,
  isKeyHeld: false,
  contexts: [],
  namespaces: { kind: 'reading' },
  isNamespaceMissing: false,
  remembered: [],
};
