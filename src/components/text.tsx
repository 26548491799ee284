import { Text as InkText, type TextProps } from 'ink';
import { useTheme } from './use-app-state.tsx';

/** Ink's Text in the person's theme: `mono` leaves colours out, `high-contrast` dims nothing. */
export function Text({ color, backgroundColor, dimColor = false, ...others }: TextProps) {
  const theme = useTheme();
  const colours =
    theme === 'mono'
      ? {}
      : {
          ...(color === undefined ? {} : { color }),
          ...(backgroundColor === undefined ? {} : { backgroundColor }),
        };
  return <InkText {...others} {...colours} dimColor={dimColor && theme !== 'high-contrast'} />;
}
