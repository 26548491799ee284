import type { Plugin } from 'esbuild';

export declare const dependencies: Plugin;
