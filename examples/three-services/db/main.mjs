import { join } from "node:path";
import { run, setting } from "../lib/http.mjs";
import { db } from "./db.mjs";
import { Journal } from "./journal.mjs";

run(db(new Journal(join(setting("DATA_DIR"), "values.jsonl"))));
