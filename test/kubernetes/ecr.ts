import { createHash, createHmac } from "node:crypto";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";

/**
 * Stands in for the API of ECR on port 9090. Returns logins for twelve hours to the one known user, whose requests must
 * be signed (AWS signature version 4). Records the requests in a file. If a second file exists, it rejects them.
 */
const [log = "", refusal = ""] = process.argv.slice(2);
const secrets: Record<string, string> = { AKIAEXAMPLE: "secret" };
let count = 0;

createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  const answer = (status: number, value: object) => {
    appendFileSync(log, `${status} ${request.headers["x-amz-target"]}\n`);
    response.writeHead(status, { "Content-Type": "application/x-amz-json-1.1" }).end(JSON.stringify(value));
  };
  if (existsSync(refusal))
    return answer(400, { __type: "AccessDeniedException", message: readFileSync(refusal, "utf8") });
  const [, key = "", date = "", region = "", names = "", signature = ""] =
    /^AWS4-HMAC-SHA256 Credential=(\w+)\/(\d{8})\/([\w-]+)\/ecr\/aws4_request, SignedHeaders=([\w;-]+), Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? "",
    ) ?? [];
  const hash = (text: string) => createHash("sha256").update(text).digest("hex");
  const canonical = `POST\n${request.url}\n\n${names
    .split(";")
    .map((name) => `${name}:${String(request.headers[name])}\n`)
    .join("")}\n${names}\n${hash(body)}`;
  const time = String(request.headers["x-amz-date"]);
  const text = `AWS4-HMAC-SHA256\n${time}\n${date}/${region}/ecr/aws4_request\n${hash(canonical)}`;
  let signing: Buffer = Buffer.from(`AWS4${secrets[key] ?? "nobody"}`);
  for (const part of [date, region, "ecr", "aws4_request", text])
    signing = createHmac("sha256", signing).update(part).digest();
  const late =
    Math.abs(Date.now() - Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"))) >
    300_000;
  const all = ["content-type", "host", "x-amz-date", "x-amz-target"].every((name) => names.split(";").includes(name));
  if (signing.toString("hex") !== signature || late || !all)
    return answer(400, {
      __type: "InvalidSignatureException",
      message: "The request signature we calculated does not match",
    });
  count += 1;
  const authorizationToken = Buffer.from(`AWS:login-${count}`).toString("base64");
  answer(200, {
    authorizationData: [
      {
        authorizationToken,
        expiresAt: Date.now() / 1000 + 12 * 3600,
        proxyEndpoint: `https://123456789012.dkr.ecr.${region}.amazonaws.com`,
      },
    ],
  });
}).listen(9090, "127.0.0.1");
