import { Text as InkText, type TextProps as InkTextProps } from 'ink';
import { type Colour, type Painted, paintOf } from './palette.ts';
import { useLook } from './use-app-state.tsx';

export type TextProps = Omit<InkTextProps, 'color' | 'backgroundColor'> & {
  readonly color?: Colour | undefined;
  /** @default 'sign' */
  readonly painted?: Painted;
};

/** Ink's Text in the person's theme. Colour is for icons, bars and labels, never for a sentence: that must be easy to read. */
export function Text({ color, dimColor = false, painted = 'sign', ...others }: TextProps) {
  return <InkText {...others} {...paintOf(useLook(), color, dimColor, painted)} />;
}
