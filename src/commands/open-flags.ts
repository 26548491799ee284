import type { ClusterFlags } from '../kube/kubeconfig.ts';
import type { SamplingFlags } from './sampling-flags.ts';
import type { LooksFlags } from './terminal-looks.ts';

/** What the command line says of the screen. What it says of a place holds for the first one, not for those chosen later. */
export type OpenFlags = ClusterFlags &
  SamplingFlags &
  LooksFlags & {
    readonly virtualService?: string | undefined;
    readonly istioNamespace: string;
    readonly readOnly?: boolean | undefined;
    /** Owners that put weights back and are to be overridden, by name. */
    readonly overrideOwner?: readonly string[] | undefined;
    /** The file that the shifts of the session are written to. */
    readonly report?: string | undefined;
    /** The file that the session is recorded to. */
    readonly record?: string | undefined;
    readonly seed?: number | undefined;
    /** The demo's scenario, by name, and how many pods it has where it is a crowd. */
    readonly scenario?: string | undefined;
    readonly pods?: number | undefined;
    /** Whether the tutorial's panel is open at start. */
    readonly tutorial?: boolean | undefined;
    /** The embedded cluster instead of a kubeconfig's. */
    readonly demo: boolean;
  };

/** Why there is nothing to open. */
export type Problem = { readonly problem: string; readonly code: number };
