/**
 * Why no request can be sent at all: the credentials cannot be obtained, or a proxy does not let us through. Thrown on the
 * way to the API server and explained where requests are.
 */
export class ConnectionFailure extends Error {
  override readonly name = 'ConnectionFailure';
  readonly kind: 'unauthorized' | 'unreachable';
  /** What to do, as a sentence. */
  readonly nextStep: string;

  /** @param message the cause in lower case and without a full stop, safe to draw and free of secrets. */
  constructor(kind: 'unauthorized' | 'unreachable', message: string, nextStep: string) {
    super(message);
    this.kind = kind;
    this.nextStep = nextStep;
  }
}
