/** The page's entry: check what it shows, once. */

import { scan } from "./scan.js";

void scan();
