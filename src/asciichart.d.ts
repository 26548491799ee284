declare module 'asciichart' {
  type PlotConfig = {
    readonly min?: number;
    readonly max?: number;
    readonly height?: number;
    readonly offset?: number;
    readonly format?: (value: number) => string;
    readonly symbols?: string[];
  };
  const asciichart: { readonly plot: (series: number[], config: PlotConfig) => string };
  export = asciichart;
}
