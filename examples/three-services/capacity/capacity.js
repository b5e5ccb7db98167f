// The capacity stage: k6 exits with 99 if a threshold is missed, and the release stops.
import { check } from "k6";
import http from "k6/http";

const url = __ENV.FRONT_URL || "http://127.0.0.1:8080/";

export const options = {
  scenarios: {
    read: {
      executor: "constant-arrival-rate",
      rate: 50,
      timeUnit: "1s",
      duration: __ENV.DURATION || "30s",
      preAllocatedVUs: 20,
      maxVUs: 100,
    },
  },
  thresholds: {
    http_req_failed: ["rate<0.001"],
    http_req_duration: ["p(95)<300", "p(99)<1000"],
    checks: ["rate>0.999"],
    dropped_iterations: ["count<5"],
  },
};

export default function () {
  const page = http.get(url, { timeout: "10s" });
  check(page, { "is the page": ({ status, body }) => status === 200 && body.includes("<h1>Notes</h1>") });
}
