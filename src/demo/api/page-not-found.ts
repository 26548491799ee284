import type { ApiResponse } from './request.ts';

/** What is said of a path that nothing serves. */
export const PAGE_NOT_FOUND: ApiResponse = { type: 'text', code: 404, text: '404 page not found\n' };
