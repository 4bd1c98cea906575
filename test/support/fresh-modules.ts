// Vitest's setup of test files that share a process. Each file gets its own modules, and so its own random numbers.
import { vi } from "vitest";

vi.resetModules();
