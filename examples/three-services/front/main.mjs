import { run, setting } from "../lib/http.mjs";
import { front } from "./front.mjs";

run(front(setting("API_URL")));
