/** What goes back to the client. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** GitHub says no. Thrown anywhere while a request is handled. */
export class Refusal extends Error {
  readonly status: number;
  readonly errors: readonly object[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, errors?: readonly object[], headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.errors = errors;
    this.headers = headers;
  }
}

export const notFound = (): Refusal => new Refusal(404, 'Not Found');

/** The form of most refusals of issues and pull requests. */
export const validationFailed = (...errors: readonly object[]): Refusal => new Refusal(422, 'Validation Failed', errors);

export function refusalAnswer({ status, message, errors, headers }: Refusal): Answer {
  const body = {
    message,
    ...(errors === undefined ? {} : { errors }),
    documentation_url: 'https://docs.github.com/rest',
    status: String(status),
  };
  return { status, body, headers };
}
