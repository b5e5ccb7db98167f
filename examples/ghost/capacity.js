// The capacity stage: k6 exits with 99 if a threshold is missed, and the release stops.
import { check } from "k6";
import http from "k6/http";

export const options = {
  scenarios: {
    read: {
      executor: "constant-arrival-rate",
      rate: 20,
      timeUnit: "1s",
      duration: "60s",
      preAllocatedVUs: 20,
      maxVUs: 100,
    },
  },
  thresholds: { http_req_failed: ["rate<0.001"], http_req_duration: ["p(95)<500"], checks: ["rate>0.999"] },
};

export default function () {
  check(http.get(__ENV.GHOST_URL), { "is a page": ({ status, body }) => status === 200 && body.includes("<html") });
}
