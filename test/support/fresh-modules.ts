// Vitest's setup of test files that share a process: each has modules of its own all the same, and with them its own dice.
import { vi } from "vitest";

vi.resetModules();
