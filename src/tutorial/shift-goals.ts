/** The splits on the way of the shift, v1 first: each is to be seen in the answers of the gateway, and not only to be applied. */
export const SHIFT_GOALS: readonly { readonly split: string; readonly words: string }[] = [
  { split: '50/50', words: 'half of the requests each' },
  { split: '90/10', words: 'v2 gets one request of ten' },
  { split: '0/100', words: 'v2 gets every request' },
];
