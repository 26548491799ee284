/**
 * Why no browser of the person can be opened from here; undefined where one may be.
 *
 * @param env of the terminal that the screen is in.
 */
export function whyNoBrowser(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string | undefined {
  if (env.SSH_CONNECTION || env.SSH_TTY) return 'this terminal is on another computer than your browser';
  const hasDisplay = Boolean(env.DISPLAY || env.WAYLAND_DISPLAY || env.WSL_DISTRO_NAME);
  return platform === 'linux' && !hasDisplay ? 'there is no display' : undefined;
}

/** Opens addresses in the person's browser. Yields what came of it, in words. Never rejects. */
export async function openInBrowser(
  urls: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ readonly isOpened: boolean; readonly words: string }> {
  const all = urls.join(' and ');
  const reason = whyNoBrowser(env, process.platform);
  if (reason !== undefined) return { isOpened: false, words: `${reason}: the address is ${all}` };
  // Only when asked: most sessions open none.
  const { default: open } = await import('open');
  try {
    for (const url of urls) await open(url);
    return { isOpened: true, words: `opened ${all}` };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { isOpened: false, words: `no browser can be opened (${message}): the address is ${all}` };
  }
}
