import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import * as z from "zod";
import { makePrivateFile, makePrivateFolder } from "../../private-files.ts";
import { Definition } from "./requests.ts";

/** A schedule and its next firing. Instants in epoch ms. */
export interface Schedule {
  readonly group: string;
  readonly name: string;
  readonly definition: Definition;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly firing: Firing | undefined;
}

/** The next firing. A disabled or completed schedule has none. */
export interface Firing {
  /** The time by the expression. */
  readonly scheduledAt: number;
  /** The time of the next attempt: `scheduledAt` plus the lateness, or plus the wait after a failed attempt. */
  readonly tryAt: number;
  /** Attempts that failed. */
  readonly failures: number;
}

/** A stored schedule. `revision` changes with each change through the API. */
export type Stored = Schedule & { readonly revision: number };

export interface Group {
  readonly name: string;
  readonly createdAt: number;
}

/** Which schedules to list. */
export interface ScheduleQuery {
  readonly after: readonly [group: string, name: string];
  readonly group?: string | undefined;
  readonly prefix?: string | undefined;
  readonly state?: string | undefined;
  readonly limit: number;
}

// NORMAL: nothing is lost if the process is killed, and no write waits for the disk. A power cut may lose the last moments;
// the sweeper repairs that.
const TABLES = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS groups (name TEXT PRIMARY KEY, createdAt INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS schedules (
    revision INTEGER PRIMARY KEY AUTOINCREMENT,
    groupName TEXT NOT NULL, name TEXT NOT NULL, definition TEXT NOT NULL, state TEXT NOT NULL,
    createdAt INTEGER NOT NULL, modifiedAt INTEGER NOT NULL,
    scheduledAt INTEGER, tryAt INTEGER, failures INTEGER,
    UNIQUE (groupName, name)
  );
  CREATE INDEX IF NOT EXISTS firings ON schedules (tryAt) WHERE tryAt IS NOT NULL;
  CREATE TABLE IF NOT EXISTS tokens (
    token TEXT PRIMARY KEY, request TEXT NOT NULL, answer TEXT NOT NULL, takenAt INTEGER NOT NULL
  );`;

const Row = z
  .object({
    revision: z.int(),
    groupName: z.string(),
    name: z.string(),
    definition: z.string(),
    createdAt: z.int(),
    modifiedAt: z.int(),
    scheduledAt: z.int().nullable(),
    tryAt: z.int().nullable(),
    failures: z.int().nullable(),
  })
  .transform(({ groupName, definition, scheduledAt, tryAt, failures, ...row }): Stored => {
    const firing = scheduledAt === null || tryAt === null ? undefined : { scheduledAt, tryAt, failures: failures ?? 0 };
    return { ...row, group: groupName, definition: Definition.parse(JSON.parse(definition)), firing };
  });
const GroupRow = z.object({ name: z.string(), createdAt: z.int() });
const NameRow = z.object({ name: z.string() });
const TokenRow = z.object({ request: z.string(), answer: z.string() });
const Earliest = z.object({ tryAt: z.int().nullable() });

export type ScheduleStore = ReturnType<typeof openScheduleStore>;

/** @param folder where the database is stored; without it, data is in memory */
export function openScheduleStore(folder?: string) {
  const path = folder === undefined ? ":memory:" : join(folder, "scheduler.sqlite");
  if (folder !== undefined) {
    makePrivateFolder(folder);
    makePrivateFile(path);
  }
  const db = new DatabaseSync(path);
  db.exec(TABLES);
  db.prepare("INSERT OR IGNORE INTO groups VALUES ('default', ?)").run(Date.now());

  return {
    close: () => db.close(),

    /** Runs `work` in a transaction that is rolled back if it throws. */
    atomically<T>(work: () => T): T {
      db.exec("BEGIN IMMEDIATE");
      try {
        const result = work();
        db.exec("COMMIT");
        return result;
      } catch (error) {
        db.exec("ROLLBACK");
        throw error;
      }
    },

    find(group: string, name: string): Stored | undefined {
      const row = db.prepare("SELECT * FROM schedules WHERE groupName = ? AND name = ?").get(group, name);
      return row && Row.parse(row);
    },

    /** Replaces a schedule of the same name by a new revision: `settle` of the old revision then has no effect. */
    put({ group, name, definition, createdAt, modifiedAt, firing }: Schedule): void {
      db.prepare(
        `INSERT OR REPLACE INTO schedules
         (groupName, name, definition, state, createdAt, modifiedAt, scheduledAt, tryAt, failures)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ).run(
        group,
        name,
        JSON.stringify(definition),
        definition.State,
        createdAt,
        modifiedAt,
        firing?.scheduledAt ?? null,
        firing?.tryAt ?? null,
        firing?.failures ?? null,
      );
    },

    /** Stores the next firing, unless the schedule was changed since it was read. */
    settle(revision: number, firing: Firing | undefined): void {
      db.prepare("UPDATE schedules SET scheduledAt = ?, tryAt = ?, failures = ? WHERE revision = ?").run(
        firing?.scheduledAt ?? null,
        firing?.tryAt ?? null,
        firing?.failures ?? null,
        revision,
      );
    },

    remove(revision: number): void {
      db.prepare("DELETE FROM schedules WHERE revision = ?").run(revision);
    },

    list({ after, group, prefix = "", state, limit }: ScheduleQuery): Stored[] {
      return db
        .prepare(
          `SELECT * FROM schedules
           WHERE (groupName, name) > (?, ?) AND groupName = coalesce(?, groupName)
             AND substr(name, 1, length(?)) = ? AND state = coalesce(?, state)
           ORDER BY groupName, name LIMIT ?`,
        )
        .all(...after, group ?? null, prefix, prefix, state ?? null, limit)
        .map((row) => Row.parse(row));
    },

    due(now: number, limit: number): Stored[] {
      return db
        .prepare("SELECT * FROM schedules WHERE tryAt <= ? ORDER BY tryAt LIMIT ?")
        .all(now, limit)
        .map((row) => Row.parse(row));
    },

    /** Names of all schedules that have not fired yet. */
    pendingNames(): string[] {
      return db
        .prepare("SELECT name FROM schedules WHERE tryAt IS NOT NULL")
        .all()
        .map((row) => NameRow.parse(row).name);
    },

    earliest(): number | undefined {
      return Earliest.parse(db.prepare("SELECT min(tryAt) AS tryAt FROM schedules").get()).tryAt ?? undefined;
    },

    findGroup(name: string): Group | undefined {
      const row = db.prepare("SELECT * FROM groups WHERE name = ?").get(name);
      return row && GroupRow.parse(row);
    },

    addGroup({ name, createdAt }: Group): void {
      db.prepare("INSERT INTO groups VALUES (?, ?)").run(name, createdAt);
    },

    removeGroup(name: string): void {
      db.prepare("DELETE FROM schedules WHERE groupName = ?").run(name);
      db.prepare("DELETE FROM groups WHERE name = ?").run(name);
    },

    listGroups(after: string, prefix: string, limit: number): Group[] {
      return db
        .prepare("SELECT * FROM groups WHERE name > ? AND substr(name, 1, length(?)) = ? ORDER BY name LIMIT ?")
        .all(after, prefix, prefix, limit)
        .map((row) => GroupRow.parse(row));
    },

    findToken(token: string): z.infer<typeof TokenRow> | undefined {
      const row = db.prepare("SELECT request, answer FROM tokens WHERE token = ?").get(token);
      return row && TokenRow.parse(row);
    },

    /** @param forgetBefore tokens taken before this instant are dropped */
    addToken(token: string, request: string, answer: string, takenAt: number, forgetBefore: number): void {
      db.prepare("DELETE FROM tokens WHERE takenAt < ?").run(forgetBefore);
      db.prepare("INSERT INTO tokens VALUES (?, ?, ?, ?)").run(token, request, answer, takenAt);
    },
  };
}
