/** The extension: starts `imagelint lsp` and hands everything to it. */

import * as vscode from "vscode";
import { LanguageClient, type LanguageClientOptions } from "vscode-languageclient/node";
import { DOCUMENTS, notStarted, readSettings, serverCommand } from "./settings.ts";

let client: LanguageClient | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  context.subscriptions.push(
    vscode.commands.registerCommand("imagelint.restart", restart),
    vscode.workspace.onDidChangeConfiguration(async (event) => {
      const ours = ["path", "policy", "policyFrom"].map((key) => `imagelint.${key}`);
      if (ours.some((key) => event.affectsConfiguration(key))) await restart();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  await client?.stop();
  client = undefined;
}

async function restart(): Promise<void> {
  await deactivate();
  await start();
}

async function start(): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const configuration = vscode.workspace.getConfiguration("imagelint", folder ?? null);
  const settings = readSettings((key) => configuration.get(key));
  const { command, args } = serverCommand(settings);
  const options: LanguageClientOptions = { documentSelector: DOCUMENTS };
  const server = { command, args, ...(folder && { options: { cwd: folder.fsPath } }) };
  client = new LanguageClient("imagelint", "imagelint", server, options);
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    const reason = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(notStarted(settings, reason));
  }
}
