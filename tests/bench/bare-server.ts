import { createHmac, timingSafeEqual } from "node:crypto";
import http from "node:http";

/** What any webhook endpoint must do and nothing more: read the body, check Shopify's signature, answer. */

const secret = process.env.SHOPIFY_API_SECRET ?? "";

const server = http.createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const expected = createHmac("sha256", secret).update(Buffer.concat(chunks)).digest();
    const given = Buffer.from(String(request.headers["x-shopify-hmac-sha256"] ?? ""), "base64");
    const good = given.length === expected.length && timingSafeEqual(given, expected);
    response.writeHead(good ? 200 : 401).end();
  });
});

server.listen(Number(process.env.PORT), "127.0.0.1", () => console.log("bare server ready"));
