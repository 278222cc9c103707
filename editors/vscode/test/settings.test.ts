import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { DOCUMENTS, notStarted, readSettings, serverCommand } from "../src/settings.ts";

const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const declared = manifest.contributes.configuration.properties;
const none = readSettings(() => undefined);

test("without settings the program of PATH is started", () => {
  assert.deepEqual(serverCommand(none), { command: "imagelint", args: ["lsp"] });
});

test("the defaults that are declared are those that are read", () => {
  const read = readSettings((key) => declared[`imagelint.${key}`].default);
  assert.deepEqual(read, none);
});

test("policies are arguments of their own, in their order", () => {
  const settings = readSettings(
    (key) => ({ policy: ["strict", "a b.yaml"], policyFrom: "origin/main" })[key],
  );
  assert.deepEqual(serverCommand(settings).args, [
    "lsp",
    "--policy=strict",
    "--policy=a b.yaml",
    "--policy-from=origin/main",
  ]);
});

test("what begins like an option stays a value", () => {
  const settings = readSettings((key) => (key === "policyFrom" ? "--help" : undefined));
  assert.deepEqual(serverCommand(settings).args, ["lsp", "--policy-from=--help"]);
});

test("a value of another type is as if unset", () => {
  assert.deepEqual(
    readSettings(() => 1),
    none,
  );
  assert.deepEqual(
    readSettings((key) => (key === "path" ? "  " : undefined)),
    none,
  );
  assert.deepEqual(readSettings((key) => (key === "policy" ? ["strict", 1] : "")).policy, [
    "strict",
  ]);
});

test("no workspace says which program runs, and an untrusted one no policy", () => {
  assert.equal(declared["imagelint.path"].scope, "machine");
  const { supported, restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
  assert.equal(supported, "limited");
  assert.ok(restrictedConfigurations.includes("imagelint.policy"));
});

test("whatever is examined activates the extension", () => {
  for (const { language } of DOCUMENTS) {
    if (language) assert.ok(manifest.activationEvents.includes(`onLanguage:${language}`), language);
  }
});

test("who has no server is told how to get one", () => {
  assert.match(notStarted(none, "ENOENT"), /pip install 'imagelint\[lsp\]'/);
});
