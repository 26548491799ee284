/**
 * The version that an image's tag states: `1.30.3` of `docker.io/istio/pilot:1.30.3-distroless`. Empty where the tag is no
 * version, as with `latest` or a digest alone.
 */
export function imageVersion(image: string): string {
  const [withoutDigest = ''] = image.split('@');
  const tag = /:([^:/]+)$/.exec(withoutDigest)?.[1] ?? '';
  return /^v?(\d+\.\d+(?:\.\d+)?(?:-(?:alpha|beta|rc)\.\d+)?)/.exec(tag)?.[1] ?? '';
}
