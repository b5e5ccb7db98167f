import { run, setting } from "../lib/http.mjs";
import { api } from "./api.mjs";

run(api(setting("DB_URL")));
