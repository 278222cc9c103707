/** What the settings of the editor say about the server, without anything of the editor. */

export interface Settings {
  /** The program; a bare name is looked for on `PATH`. */
  readonly path: string;
  /** Packs or policy files, later ones on top; none means the nearest `.imagelint.yaml`. */
  readonly policy: readonly string[];
  /** The commit whose policy holds; empty means that of the files. */
  readonly policyFrom: string;
}

export interface ServerCommand {
  readonly command: string;
  readonly args: string[];
}

/** What is read from the configuration; what has another type than declared is as if unset. */
export function readSettings(get: (key: string) => unknown): Settings {
  const path = get("path");
  const policy = get("policy");
  const policyFrom = get("policyFrom");
  return {
    path: typeof path === "string" && path.trim() !== "" ? path.trim() : "imagelint",
    policy: Array.isArray(policy) ? policy.filter((one) => typeof one === "string") : [],
    policyFrom: typeof policyFrom === "string" ? policyFrom.trim() : "",
  };
}

/** How the server is started: an argument list, never a line of a shell. */
export function serverCommand(settings: Settings): ServerCommand {
  const policies = settings.policy.map((one) => `--policy=${one}`);
  const commit = settings.policyFrom === "" ? [] : [`--policy-from=${settings.policyFrom}`];
  return { command: settings.path, args: ["lsp", ...policies, ...commit] };
}

/** What is examined: by language, and by name where editors know no language for it. */
export const DOCUMENTS = [
  { scheme: "file", language: "dockerfile" },
  { scheme: "file", language: "dockercompose" },
  { scheme: "file", language: "yaml" },
  { scheme: "file", language: "pip-requirements" },
  { scheme: "file", language: "ignore" },
  { scheme: "file", pattern: "**/docker-bake*.hcl" },
];

/** What to tell who has no server, or one that does not start. */
export function notStarted(settings: Settings, reason: string): string {
  return (
    `imagelint: ${settings.path} lsp does not start: ${reason}. ` +
    "Install it with `pip install 'imagelint[lsp]'`, or say where it is (imagelint.path)."
  );
}
