import manifest from '../package.json' with { type: 'json' };

export const version: string = manifest.version;

/** The field manager of our writes and the product of our User-Agent. */
export const productName = 'weighbridge';
