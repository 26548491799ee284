/** How much of the past the chart shows. */
export const CHART_WINDOW_MS = 120_000;
