import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

/** The demo's processes: started in order, ended in reverse, with their lines kept in a log file each. */
export class Children {
  private readonly running: { name: string; child: ChildProcess }[] = [];
  private stopping = false;

  constructor(
    private readonly root: string,
    private readonly logFolder: string,
    private readonly onUnexpectedEnd: (sentence: string) => void,
  ) {
    fs.mkdirSync(logFolder, { recursive: true });
  }

  /**
   * Starts `node <args>` and resolves when `ready` says so of a line it printed.
   * @throws one sentence with the process's last line if it ends before that.
   */
  start(name: string, args: string[], env: Record<string, string>, ready: (line: string) => boolean): Promise<void> {
    const logFile = path.join(this.logFolder, `${name}.log`);
    const log = fs.createWriteStream(logFile);
    const child = spawn(process.execPath, args, {
      cwd: this.root,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.running.push({ name, child });
    return new Promise((resolve, reject) => {
      let up = false;
      let last = "";
      const read = (chunk: Buffer) => {
        log.write(chunk);
        for (const line of chunk.toString().split("\n").filter(Boolean)) {
          last = plain(line);
          if (!up && ready(line)) {
            up = true;
            resolve();
          }
        }
      };
      child.stdout.on("data", read);
      child.stderr.on("data", read);
      child.on("error", reject);
      child.on("exit", (code) => {
        const sentence = `The ${name} stopped (${code ?? "killed"}): ${last || "it said nothing"}. Its log: ${path.relative(this.root, logFile)}`;
        if (!up) reject(new Error(sentence));
        else if (!this.stopping) this.onUnexpectedEnd(sentence);
      });
    });
  }

  async stop(): Promise<void> {
    this.stopping = true;
    for (const { child } of this.running.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      child.kill("SIGTERM");
      const hard = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
      await ended;
      clearTimeout(hard);
    }
  }
}

const STOP_TIMEOUT_MS = 12_000;

/** A JSON log line's message, or the line itself. */
function plain(line: string): string {
  try {
    const { msg, err } = JSON.parse(line) as { msg?: string; err?: { message?: string } };
    return [msg, err?.message].filter(Boolean).join(": ") || line;
  } catch {
    return line;
  }
}
