/** The page's entry: check what it shows, once. */

import { scan } from "./scan.js";

// early.js has looked at the engine, and tells of what is thrown.
if (!window.cannotCheck) {
  scan().catch((error) => {
    setTimeout(() => {
      throw error;
    });
  });
}
