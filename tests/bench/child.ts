import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

export interface Child {
  /** Seconds of processor time that it has used so far; null where /proc does not tell. */
  cpuSeconds(): number | null;
  /** Resolves when the process has ended. */
  end(signal: "SIGTERM" | "SIGKILL"): Promise<void>;
}

/**
 * Starts `node <args>` with its lines in a log file.
 * @param ready said of each of its lines: whether the process is up
 * @throws with its last line if it ends before that
 */
export async function startChild(
  logFile: string,
  args: string[],
  env: Record<string, string>,
  ready: (line: string) => boolean,
): Promise<Child> {
  fs.mkdirSync(path.dirname(logFile), { recursive: true });
  const log = fs.createWriteStream(logFile, { flags: "a" });
  const child = spawn(process.execPath, args, {
    cwd: path.resolve(import.meta.dirname, "../.."),
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  // A bench that is broken off leaves nothing behind.
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  void ended.then(() => process.off("exit", kill));
  await new Promise<void>((resolve, reject) => {
    let last = "it said nothing";
    const read = (chunk: Buffer) => {
      log.write(chunk);
      for (const line of chunk.toString().split("\n").filter(Boolean)) {
        last = line;
        if (ready(line)) resolve();
      }
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${args.at(-1)} ended (${code ?? "killed"}): ${last}`)));
  });
  return {
    cpuSeconds: () => cpuSeconds(child.pid ?? 0),
    end: async (signal) => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await ended;
    },
  };
}

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

/** Linux counts in hundredths of a second. */
const TICKS_PER_SECOND = 100;

function cpuSeconds(pid: number): number | null {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    // After the name in brackets, which may hold spaces: fields 14 and 15 are user and system time.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return null;
  }
}
