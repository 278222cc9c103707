/** The real server, started as the extension starts it, over standard input and output. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node";
import { readSettings, serverCommand } from "../src/settings.ts";

interface Published {
  uri: string;
  diagnostics: { code: string; severity: number; codeDescription?: { href: string } }[];
}

const program = process.env.IMAGELINT ?? "imagelint";

async function diagnosticsOf(text: string, policy: string[]): Promise<Published> {
  const folder = mkdtempSync(join(tmpdir(), "imagelint-"));
  const uri = pathToFileURL(join(folder, "Dockerfile")).href;
  writeFileSync(join(folder, "Dockerfile"), "");
  const settings = readSettings((key) => ({ path: program, policy })[key]);
  const { command, args } = serverCommand(settings);
  const server = spawn(command, args, { cwd: folder, stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise((resolve) => server.once("exit", resolve));
  const connection = createMessageConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  try {
    const published = new Promise<Published>((resolve) => {
      connection.onNotification("textDocument/publishDiagnostics", resolve);
    });
    connection.listen();
    await connection.sendRequest("initialize", {
      processId: process.pid,
      rootUri: pathToFileURL(folder).href,
      workspaceFolders: [{ uri: pathToFileURL(folder).href, name: "project" }],
      capabilities: {},
    });
    await connection.sendNotification("initialized", {});
    await connection.sendNotification("textDocument/didOpen", {
      textDocument: { uri, languageId: "dockerfile", version: 1, text },
    });
    const first = await published;
    await connection.sendRequest("shutdown");
    await connection.sendNotification("exit");
    assert.equal(await ended, 0);
    return first;
  } finally {
    connection.dispose();
    server.kill();
    rmSync(folder, { recursive: true });
  }
}

test("findings of a Dockerfile lead to the pages of their rules", async () => {
  const { diagnostics } = await diagnosticsOf("FROM alpine\n", []);
  const found = diagnostics.find(({ code }) => code === "unpinned-image");
  assert.equal(found?.codeDescription?.href, "https://imagelint.dev/rules/unpinned-image");
});

test("the policy of the settings is the one that holds", async () => {
  const { diagnostics } = await diagnosticsOf("FROM alpine:3.20\nUSER root\n", ["pss-baseline"]);
  assert.deepEqual(diagnostics, []);
});
